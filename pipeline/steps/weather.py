"""Tells an outage of our own network from failures of single hosts (DESIGN 9, Our own trouble)."""

from __future__ import annotations

from collections import deque

_REMEMBERED = 12  # exchanges
_HOSTS = 3  # failing hosts that make an outage, where nothing else gets through


class Weather:
    """What the last exchanges with all hosts came to."""

    def __init__(self) -> None:
        self._recent: deque[tuple[str, bool]] = deque(maxlen=_REMEMBERED)

    def note(self, host: str, *, answered: bool) -> None:
        """An exchange ended: with any response at all, or without one."""
        self._recent.append((host, answered))

    def is_ours(self) -> bool:
        """Whether the trouble is ours: several hosts, and no other, failed lately without an answer."""
        failing = {host for host, answered in self._recent if not answered}
        return len(failing) >= _HOSTS and not any(answered for _, answered in self._recent)
