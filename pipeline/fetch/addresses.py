"""Which IP addresses a news fetcher may connect to. `ipaddress.is_global` alone lets tunnels and multicast pass (FAULTS, finding 3)."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Refused by name, most telling first: IANA's special-purpose registries, and every form that carries an IPv4 address inside.
_REFUSED = tuple(
    (ipaddress.ip_network(network), name)
    for network, name in (
        ("127.0.0.0/8", "loopback"),
        ("10.0.0.0/8", "private"),
        ("172.16.0.0/12", "private"),
        ("192.168.0.0/16", "private"),
        ("169.254.0.0/16", "link-local, where clouds keep their metadata"),
        ("100.64.0.0/10", "shared address space of carriers"),
        ("0.0.0.0/8", "this network"),
        ("192.0.0.0/24", "IETF protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("198.18.0.0/15", "benchmarking"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "IETF protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("2002::/16", "6to4"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # RFC 4291, 2.4: the only IPv6 space that is routed publicly


def address_verdict(address: str, *, allow_loopback: bool = False) -> str | None:
    """Why an address (text form, as a resolver gives it) may not be dialled, in a few words; None when it may.

    `allow_loopback` lets 127.0.0.0/8 and ::1 pass, and nothing else.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "not an IP address"
    name = next((name for network, name in _REFUSED if parsed in network), None)
    if name == "loopback" and allow_loopback:
        return None
    return name or _verdict_on_the_rest(parsed)


def _verdict_on_the_rest(address: Address) -> str | None:
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return "not global unicast"
    return None if address.is_global else "not public"
