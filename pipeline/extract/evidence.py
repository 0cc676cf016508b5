"""One candidate for a field, as it is kept: its text on one line, cut."""

from __future__ import annotations

from pipeline.records import Evidence

MAX_VALUE_CHARS = 1_000


def claim_of(field: str, value: str, origin: str) -> Evidence:
    """A candidate of at most MAX_VALUE_CHARS characters; white space is folded."""
    return Evidence(field=field, value=" ".join(value[: 2 * MAX_VALUE_CHARS].split())[:MAX_VALUE_CHARS], origin=origin)
