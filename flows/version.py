"""Which Dateline this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def code_version() -> str:
    """The installed version; "unknown" where the code runs without having been installed."""
    try:
        return version("dateline")
    except PackageNotFoundError:
        return "unknown"
