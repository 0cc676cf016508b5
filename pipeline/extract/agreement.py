"""Whether a text is of what its page is said to be about, by its headline and its stated summary: a cheap witness against a wrong reading.

Of 324 labelled pages all but two texts hold a third and more of those words, the ones that are half wrong included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

LEAST_SHARE = 0.3  # of the stated words that a text of the page holds
BETTER_BY = 0.3  # of them, that another reading must hold beyond
ELSEWHERE = 0.5  # of a text, that another reading must not hold: one with it and the headline's block besides is no better
ENOUGH_WORDS = 8  # fewer say nothing of a whole page's text
_LEAST_LETTERS = 4  # of a word that says something
_WORD = re.compile(r"[^\W_]+")
_DENSE = re.compile("[\u3040-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")  # scripts without spaces: words are taken by two characters


def stated_words(statements: Iterable[str], *, least: int = ENOUGH_WORDS) -> frozenset[str]:
    """What a headline and summaries say, as words; none where they say too little to go by."""
    words = frozenset(word for statement in statements for word in _words(statement))
    return words if len(words) >= least else frozenset()


def share_of(stated: frozenset[str], lines: Sequence[str]) -> float:
    """Share of the stated words that lines hold, within longer words too; 1 where nothing is stated."""
    text = "\n".join(lines).casefold()
    return sum(word in text for word in stated) / len(stated) if stated else 1.0


def held_share(lines: Sequence[str], other: Sequence[str]) -> float:
    """Share of the letters of lines that another reading holds, line by line, within longer lines too; 1 where there are none."""
    text = "\n".join(other)
    return sum(len(line) for line in lines if line in text) / max(1, sum(map(len, lines))) if lines else 1.0


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        if not word.isascii() and _DENSE.search(word):
            yield from map("".join, pairwise(word))
        elif len(word) >= _LEAST_LETTERS:
            yield word
