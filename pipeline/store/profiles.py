"""Keeps the profiles of the texts that were compared last: of a story that breaks, each new copy meets the same ones again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock

from pipeline.dedupe.fingerprint import Profile


class Profiles:
    """Profiles by the hash of their text, those that were used last; for any number of threads."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._by_hash: OrderedDict[bytes, Profile] = OrderedDict()

    def take(self, hashes: Iterable[bytes]) -> dict[bytes, Profile]:
        """Those of these that are kept."""
        with self._lock:
            return {body_sha256: self._by_hash[body_sha256] for body_sha256 in hashes if body_sha256 in self._by_hash}

    def keep(self, used: Mapping[bytes, Profile]) -> None:
        """Note that these were used; those that were not used for longest make room."""
        with self._lock:
            for body_sha256, profile in used.items():
                self._by_hash[body_sha256] = profile
                self._by_hash.move_to_end(body_sha256)
            while len(self._by_hash) > self._most:
                self._by_hash.popitem(last=False)
