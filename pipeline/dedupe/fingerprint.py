"""What two texts are compared by: their word triples (shingles), of which a sample are the keys that copies find each other with.

A key is a shingle whose hash is small enough (FracMinHash: Irber et al., "Lightweight compositional analysis of metagenomes with
FracMinHash", 2022), so that two texts choose the same ones without knowing of each other; denser in the lead, which every copy keeps.
Shingles are told apart by CRC-32: within one pair of texts that is enough. Keys meet a million texts and get 63 bits.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

# Raise it whenever the same text would get other keys: articles in `unmatched` are then fingerprinted anew.
FINGERPRINT_VERSION = 1

_WORDS_READ = 20_000  # of a text: what a long live blog has; a megabyte of prose must not cost a second
_LEAD_SHINGLES = 64
_LEAD_SHARE = (1 << 32) // 4
_REST_SHARE = (1 << 32) // 32
_CONTENT_LETTERS = 4

_WORD = re.compile(r"\w+")
# Scripts without spaces: Thai, Lao, Burmese, Khmer, kana, Han. Their runs are cut into overlapping pairs of characters, as for search.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134a"
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_PIECE = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_DIGIT = re.compile(r"\d")
_DENSE_SCRIPT = "\u0e00"  # from here on a word of two characters says as much as a Latin one of four


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A text as comparisons see it; what `compare` in match.py takes two of. About 100 bytes a word."""

    title: frozenset[str]
    shingles: dict[int, int]  # each with the place (in words) where it stands first
    content: frozenset[str]  # words that carry meaning by their length
    numbers: frozenset[str]
    keys: tuple[int, ...]  # in order of their places


def profile(title: str, body: str) -> Profile:
    """The profile of a text of any length (20,000 words of it are read)."""
    words = words_of(body)[:_WORDS_READ]
    shingles: dict[int, int] = {}
    keys: list[int] = []
    for place, triple in enumerate(zip(words, words[1:], words[2:], strict=False)):
        spelt = " ".join(triple).encode()
        shingle = zlib.crc32(spelt)
        if shingle in shingles:
            continue
        if shingle < (_LEAD_SHARE if len(shingles) < _LEAD_SHINGLES else _REST_SHARE):
            keys.append(_key(spelt))
        shingles[shingle] = place
    different = frozenset(words)
    return Profile(
        title=frozenset(words_of(title)),
        shingles=shingles,
        content=frozenset(word for word in different if _carries_meaning(word)),
        numbers=frozenset(word for word in different if _DIGIT.search(word)),
        keys=tuple(keys),
    )


def words_of(text: str) -> list[str]:
    """The words of a text without case, compatibility forms and punctuation, in order; pairs of characters where there are no spaces."""
    folded = text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    words = _WORD.findall(folded)
    if text.isascii() or not _UNSPACED_RUN.search(folded):
        return words
    return [piece for word in words for piece in _cut(word)]


def _cut(word: str) -> Iterator[str]:
    for found in _PIECE.finditer(word):
        piece = found[0]
        if len(piece) > 1 and _UNSPACED_RUN.match(piece):
            yield from (piece[at : at + 2] for at in range(len(piece) - 1))
        else:
            yield piece


def _carries_meaning(word: str) -> bool:
    return len(word) >= _CONTENT_LETTERS or (len(word) > 1 and word[0] >= _DENSE_SCRIPT)


def _key(spelt: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(spelt, digest_size=8).digest()) >> 1
