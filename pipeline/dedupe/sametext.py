"""Whether two readings are of one article."""

from __future__ import annotations

from pipeline.dedupe.text import normal_words

# Two readings of one article share nearly all words; two articles of one outlet share about a third.
_SAME_TEXT = 0.7


def same_text(*, title: str, body: str, other_title: str, other_body: str) -> bool:
    """Whether the texts share seven words in ten, both ways."""
    return shared_words(f"{title} {body}", f"{other_title} {other_body}") >= _SAME_TEXT if body != other_body else True


def shared_words(one: str, other: str) -> float:
    """The share of the words of both texts that stand in each of them (Jaccard), 0 to 1."""
    here, there = set(normal_words(one)), set(normal_words(other))
    return len(here & there) / max(1, len(here | there))
