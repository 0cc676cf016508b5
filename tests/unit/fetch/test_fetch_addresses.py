"""Which addresses may be dialled."""

from __future__ import annotations

import pytest

from pipeline.fetch.addresses import address_verdict

PUBLIC = (
    "93.184.216.34",
    "8.8.8.8",
    "1.1.1.1",
    "192.0.1.1",
    "100.63.255.255",
    "172.32.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2001:4860:4860::8888",
)
NAMED = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "::1": "loopback",
    "10.1.2.3": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "fd00::1": "private",
    "169.254.169.254": "link-local, where clouds keep their metadata",
    "fe80::1%eth0": "link-local",
    "100.64.0.1": "shared address space of carriers",
    "0.0.0.0": "this network",
    "192.0.0.8": "IETF protocol assignments",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "255.255.255.255": "reserved",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b:1::a00:1": "NAT64",
    "2002:7f00:1::": "6to4",
    "192.88.99.1": "6to4 relay",
    "2001:0:4136:e378::1": "Teredo",
    "::ffff:127.0.0.1": "IPv4-mapped",
    "::ffff:8.8.8.8": "IPv4-mapped",
    "::127.0.0.1": "not global unicast",
    "::": "not global unicast",
    "2001:db8::1": "documentation",
    "fec0::1": "not global unicast",
    "not an address": "not an IP address",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_dialled(address: str) -> None:
    assert address_verdict(address) is None


@pytest.mark.parametrize(("address", "name"), NAMED.items())
def test_others_are_refused_by_name(address: str, name: str) -> None:
    assert address_verdict(address) == name


def test_the_allowance_for_loopback_opens_nothing_else() -> None:
    opened = {address for address in NAMED if address_verdict(address, allow_loopback=True) is None}
    assert opened == {"127.0.0.1", "127.255.255.254", "::1"}
