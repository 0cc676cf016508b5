"""Tells an outage of our own network from failures of single hosts (DESIGN 9, Our own trouble)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

_REMEMBERED = 12  # exchanges
_HOSTS = 3  # failing hosts that make an outage, where nothing else gets through


class Weather:
    """What the last exchanges with all hosts came to."""

    def __init__(self) -> None:
        self._recent: deque[tuple[str, bool]] = deque(maxlen=_REMEMBERED)
        self._visited: Counter[str] = Counter()  # now
        # Hosts whose first failure in a row came while nobody answered; True: it was their last exchange.
        self._doubted: dict[str, bool] = {}
        self._answers = 0

    @contextmanager
    def visiting(self, host: str) -> Iterator[None]:
        """A worker is at this host as long as the block lasts."""
        self._visited[host] += 1
        try:
            yield
        finally:
            self._visited[host] -= 1

    def begin(self) -> int:
        """An exchange begins; `note` wants to know what this returns."""
        return self._answers

    def note(self, host: str, *, answered: bool, began: int) -> None:
        """An exchange ended: with any response at all, or without one."""
        self._recent.append((host, answered))
        self._answers += answered
        if answered:
            self._doubted.pop(host, None)
        else:
            others = any(count for other, count in self._visited.items() if other != host)
            self._doubted[host] = host not in self._doubted and others and self._answers == began

    def excuses(self, host: str) -> bool:
        """Whether the last failure of a host is not held against it.

        It is not when the trouble is ours, nor the first time when that can't be known yet: other hosts are being asked, and none has
        answered since the exchange began.
        """
        return self.is_ours() or self._doubted.get(host, False)

    def is_ours(self) -> bool:
        """Whether the trouble is ours: several hosts, and no other, failed lately without an answer."""
        return len(self.silent_hosts()) >= _HOSTS and not any(answered for _, answered in self._recent)

    def silent_hosts(self) -> tuple[str, ...]:
        """The hosts that failed lately without an answer."""
        return tuple(sorted({host for host, answered in self._recent if not answered}))
