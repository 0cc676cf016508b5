"""Profiles that are kept for the next comparison."""

from __future__ import annotations

from pipeline.dedupe.fingerprint import profile
from pipeline.store.profiles import Profiles


def test_the_one_not_used_for_longest_makes_room() -> None:
    kept, texts = Profiles(most=2), {name: profile(name.decode()) for name in (b"a", b"b", b"c")}
    kept.keep({b"a": texts[b"a"], b"b": texts[b"b"]})
    kept.keep({b"a": texts[b"a"]})
    kept.keep({b"c": texts[b"c"]})
    assert kept.take(texts) == {b"a": texts[b"a"], b"c": texts[b"c"]}
