"""Made-up news texts of any length, for tests of matching: words drawn from a vocabulary as uneven as a language's."""

from __future__ import annotations

import random
from itertools import accumulate

_SYLLABLES = [
    "ba",
    "de",
    "fi",
    "go",
    "lu",
    "mar",
    "nel",
    "or",
    "pa",
    "qui",
    "ros",
    "sen",
    "tal",
    "un",
    "ver",
    "wick",
    "xan",
    "yor",
    "zeb",
    "cha",
]
_SMALL = ["the", "of", "to", "and", "in", "a", "for", "on", "with", "as", "at", "by", "from", "that", "was", "is", "were", "said"]


def _vocabulary() -> list[str]:
    rng = random.Random(5)
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(4000)]


_WORDS = _vocabulary()
_WEIGHTS = list(accumulate(1 / (rank + 20) for rank in range(len(_WORDS))))  # each with those before it


def paragraphs(seed: int, words: int = 300) -> list[str]:
    """Paragraphs of about 40 words; the same for the same seed."""
    rng = random.Random(seed)
    found = []
    for start in range(0, words, 40):
        size = min(40, words - start)
        drawn = [_draw(rng) for _ in range(size)]
        found.append(" ".join(drawn).capitalize() + ".")
    return found


def body(seed: int, words: int = 300) -> str:
    """The same as one text."""
    return "\n".join(paragraphs(seed, words))


def noisy(text: str, share: float, seed: int = 1) -> str:
    """The text with this share of its words replaced by others."""
    rng = random.Random(seed)
    return " ".join(_draw(rng) if rng.random() < share else word for word in text.split())


def _draw(rng: random.Random) -> str:
    return rng.choice(_SMALL) if rng.random() < 0.4 else rng.choices(_WORDS, cum_weights=_WEIGHTS)[0]
