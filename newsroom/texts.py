"""Compares texts as a reader would. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

SHINGLE = 3  # words
LEFT_OVER_BELOW = 0.5  # a line shares fewer of its shingles with the truth than this: it is not of the article
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # kana and Han: each character counts as a word


def plain(text: str) -> str:
    """Text without differences that no reader sees: compatibility forms, quotation marks, case, white space.

    Case is folded by way of capitals: a page that prints a name in capitals has I for both i and ı, and nobody can tell which it was.
    """
    return " ".join(words(text.upper()))


def words(text: str) -> list[str]:
    """The words of a text, folded; a kana or Han character is a word."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [piece for word in _WORD.findall(folded) for piece in (list(word) if _UNSPACED.search(word) else [word])]


def compare_body(body: str, lines: Sequence[str], beside: Sequence[str]) -> tuple[float, tuple[str, ...]]:
    """F1 of the body's words against the truth's, and the body's lines that are not of the article.

    `beside` (subtitle, caption, dateline …) is neither missed nor held against a body.
    """
    found, true = Counter(words(body)), Counter(word for line in lines for word in words(line))
    spare = Counter(word for text in beside for word in words(text))
    found -= (found - true) & spare
    common = sum((found & true).values())
    f1 = 2 * common / (found.total() + true.total()) if found.total() + true.total() else 1.0
    known = shingles(" ".join([*beside, *lines])) | {shingle for text in (*beside, *lines) for shingle in shingles(text)}
    return f1, tuple(line for line in body.splitlines() if _is_left_over(line, known))


def shingles(text: str) -> set[tuple[str, ...]]:
    """The runs of three words of a text; a shorter text is a run of its own."""
    parts = words(text)
    return {tuple(parts[at : at + SHINGLE]) for at in range(max(1, len(parts) - SHINGLE + 1))} if parts else set()


def _is_left_over(line: str, known: set[tuple[str, ...]]) -> bool:
    own = shingles(line)
    if not own:
        return False
    if len(own) == 1 and len(next(iter(own))) < SHINGLE:
        short = next(iter(own))
        return not any(short == run[at : at + len(short)] for run in known for at in range(SHINGLE - len(short) + 1))
    return len(own & known) / len(own) < LEFT_OVER_BELOW
