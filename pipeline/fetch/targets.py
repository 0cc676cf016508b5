"""URLs on their way out: taken apart for one request."""

from __future__ import annotations

from dataclasses import dataclass

import ada_url

from pipeline.errors import UnsafeUrlError
from pipeline.urls import MAX_URL_CHARS

_STANDARD_PORTS = {"http:": 80, "https:": 443}


@dataclass(frozen=True, kw_only=True)
class Target:
    """An http(s) URL as a request line and a connection need it."""

    url: str  # as WHATWG writes it, without fragment
    host: str  # ASCII; an IPv6 address without brackets
    port: int
    path_and_query: str  # ASCII, sent as it is


def parse_target(url: str) -> Target:
    """Take a URL apart. Raises UnsafeUrlError when it is not http(s), holds credentials, is too long, or can't be parsed."""
    if len(url) > MAX_URL_CHARS:
        raise UnsafeUrlError(f"{len(url)} characters")
    try:
        parsed = ada_url.URL(url)
    except ValueError:  # UnicodeEncodeError is one: lone surrogates
        raise UnsafeUrlError("it can't be parsed") from None
    if parsed.protocol not in _STANDARD_PORTS:
        raise UnsafeUrlError(f"{parsed.protocol[:20]!r} is not http or https")
    if parsed.username or parsed.password:
        raise UnsafeUrlError("it holds credentials")
    return Target(
        url=parsed.href.partition("#")[0],
        host=parsed.hostname.strip("[]"),
        port=int(parsed.port or _STANDARD_PORTS[parsed.protocol]),
        path_and_query=parsed.pathname + parsed.search,
    )
