"""URLs on their way out: taken apart for one request, and redacted for logs and errors."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ada_url

from pipeline.errors import UnsafeUrlError
from pipeline.urls import MAX_URL_CHARS

_USERINFO = re.compile(r"//[^/?#\\]*@")
_PARAMETER = re.compile(r"([?&#;])([^=&#;?]*)=([^&#;]*)")
_SECRET_NAME = re.compile(r"key|token|secret|passw|pwd|auth|sig|session|sid\b|credential|jwt|otp", re.IGNORECASE)
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


def redact(url: str) -> str:
    """The URL (or any text with URLs in it) without its secrets: credentials, and values of parameters named like keys, become ***."""
    return _PARAMETER.sub(_without_secret, _USERINFO.sub("//***@", url))


def _without_secret(match: re.Match[str]) -> str:
    mark, name, value = match.groups()
    return f"{mark}{name}={'***' if _SECRET_NAME.search(name) else value}"
