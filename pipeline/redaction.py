"""URLs as logs, errors and tables may show them: without their secrets."""

from __future__ import annotations

import re

_USERINFO = re.compile(r"//[^/?#\\]*@")
_PARAMETER = re.compile(r"([?&#;])([^=&#;?]*)=([^&#;]*)")
_SECRET_NAME = re.compile(r"key|token|secret|passw|pwd|auth|sig|session|sid\b|credential|jwt|otp", re.IGNORECASE)


def redact(url: str) -> str:
    """The URL (or any text with URLs in it) without its secrets: credentials, and values of parameters named like keys, become ***."""
    return _PARAMETER.sub(_without_secret, _USERINFO.sub("//***@", url))


def _without_secret(match: re.Match[str]) -> str:
    mark, name, value = match.groups()
    return f"{mark}{name}={'***' if _SECRET_NAME.search(name) else value}"
