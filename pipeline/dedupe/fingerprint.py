"""What two texts are compared by: their word triples (shingles), of which a sample are the keys that copies find each other with.

A key is a shingle whose hash is small enough (FracMinHash: Irber et al., "Lightweight compositional analysis of metagenomes with
FracMinHash", 2022), so that two texts choose the same ones without knowing of each other; denser in the lead, which every copy keeps.
Shingles are told apart by CRC-32: within one pair of texts that is enough. Keys meet a million texts and get 63 bits.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

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
# The same words a good deal faster, where a text is ASCII but for marks that are in no word.
_MARKS = "“”‘’–—…•\u00a0"
_ASCII_WORDS = {code: " " for code in range(128) if not _WORD.match(chr(code))}
_DENSE_SCRIPT = "\u0e00"  # from here on a word of two characters says as much as a Latin one of four


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A text as comparisons see it; what `compare` in match.py takes two of. Most texts are compared with none, so all but keys come late.

    A text that was compared with none takes some 12 bytes a word, in three pieces: hundreds are kept, and small pieces that come and go
    in their thousands leave a long-lived process full of holes.
    """

    spelt: str  # the words, with a space between
    hashes: Sequence[int]  # of every three words in a row
    keys: tuple[int, ...]  # in order of their places

    @property
    def words(self) -> list[str]:
        """The words in order."""
        return self.spelt.split()

    @cached_property
    def shingles(self) -> dict[int, int]:
        """The different shingles, each with the place (in words) where it stands first."""
        last = len(self.hashes) - 1
        return dict(zip(reversed(self.hashes), range(last, -1, -1), strict=True))

    @cached_property
    def places(self) -> Sequence[int]:
        """The places of the different shingles, in order."""
        return sorted(self.shingles.values())

    @cached_property
    def content(self) -> frozenset[str]:
        """Words that carry meaning by their length."""
        return frozenset(word for word in self._different if len(word) >= _CONTENT_LETTERS or (word[0] >= _DENSE_SCRIPT and len(word) > 1))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Words with a figure in them."""
        return frozenset(word for word in self._different if not word.isalpha() and _DIGIT.search(word))

    @cached_property
    def _different(self) -> frozenset[str]:
        return frozenset(self.words)


def profile(body: str) -> Profile:
    """The profile of a text of any length (20,000 words of it are read)."""
    words = words_of(body)[:_WORDS_READ]
    spelt = _triples(words)
    hashes = array("I", map(crc32, spelt))
    return Profile(spelt=" ".join(words), hashes=hashes, keys=tuple(_key(spelt[place]) for place in _sampled(hashes)))


def _triples(words: Sequence[str]) -> list[bytes]:
    """Every three words in a row, spelt with spaces; no word holds a line end, so that all are encoded at once."""
    triples = zip(words, words[1:], words[2:], strict=False)
    return "\n".join(map(" ".join, triples)).encode().split(b"\n") if len(words) > 2 else []


def _sampled(hashes: Sequence[int]) -> list[int]:
    """The places of the shingles whose hash makes them keys, each where it stands first."""
    lead: dict[int, int] = {}
    for place, shingle in enumerate(hashes):
        lead.setdefault(shingle, place)
        if len(lead) == _LEAD_SHINGLES:
            break
    chosen = {shingle: place for shingle, place in lead.items() if shingle < _LEAD_SHARE}
    for shingle, place in [(shingle, place) for place, shingle in enumerate(hashes) if shingle < _REST_SHARE]:
        if shingle not in lead:
            chosen.setdefault(shingle, place)
    return list(chosen.values())


def words_of(text: str) -> list[str]:
    """The words of a text without case, compatibility forms and punctuation, in order; pairs of characters where there are no spaces."""
    if not text.isascii():
        for mark in _MARKS:
            text = text.replace(mark, " ")
    if text.isascii():
        return text.lower().translate(_ASCII_WORDS).split()
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = _WORD.findall(folded)
    return [piece for word in words for piece in _cut(word)] if _UNSPACED_RUN.search(folded) else words


def _cut(word: str) -> Iterator[str]:
    for found in _PIECE.finditer(word):
        piece = found[0]
        if len(piece) > 1 and _UNSPACED_RUN.match(piece):
            yield from (piece[at : at + 2] for at in range(len(piece) - 1))
        else:
            yield piece


def _key(spelt: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(spelt, digest_size=8).digest()) >> 1
