"""Keeps the profiles of the texts that were compared last: of a story that breaks, each new copy meets the same ones again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from pipeline.dedupe.fingerprint import Profile


class Profiles:
    """Profiles by the hash of their text, those that were used last; for any number of threads."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._by_hash: OrderedDict[bytes, Profile] = OrderedDict()

    def at_hand(self) -> dict[bytes, Profile]:
        """A copy of what is kept now."""
        with self._lock:
            return dict(self._by_hash)

    def keep(self, body_sha256: bytes, profile: Profile) -> None:
        """Note that this one was used; the one that was not used for longest makes room."""
        with self._lock:
            self._by_hash[body_sha256] = profile
            self._by_hash.move_to_end(body_sha256)
            if len(self._by_hash) > self._most:
                self._by_hash.popitem(last=False)
