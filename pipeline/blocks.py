"""Blocks: the lines of an outlet's texts in the form in which they are counted, and those that are known as its furniture (DESIGN 6).

A line that returns on an outlet's pages for weeks, in one story after the other, belongs to the outlet's template and to none of its
articles, whatever it says and in whatever language.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

MAX_BLOCK_CHARS = 400  # a longer line is running text; furniture that was seen on real pages is shorter
_LEAST_LETTERS = 2
_NO_LETTERS = re.compile(r"[\W_]+")
_MARK = re.compile(r"\+furniture-([0-9a-f]{8})")


def block_of(line: str) -> int | None:
    """63 bits that stand for a line's letters and digits, whatever its case and punctuation; None for a line that is not counted."""
    if len(line) > MAX_BLOCK_CHARS:
        return None
    plain = _NO_LETTERS.sub("", unicodedata.normalize("NFKC", line).casefold())
    if len(plain) < _LEAST_LETTERS:
        return None
    return int.from_bytes(hashlib.blake2b(plain.encode("utf-8", "replace"), digest_size=8).digest()) >> 1


def lines_by_block(body: str) -> dict[int, str]:
    """The lines of a stored body by their block; of equal ones the first."""
    lines: dict[int, str] = {}
    for line in body.split("\n\n"):
        block = block_of(line)
        if block is not None:
            lines.setdefault(block, line)
    return lines


def without_blocks(body: str, blocks: AbstractSet[int]) -> str:
    """A stored body without the lines of these blocks."""
    return "\n\n".join(line for line in body.split("\n\n") if block_of(line) not in blocks)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The blocks that are an outlet's furniture as of one day."""

    blocks: frozenset[int]

    @cached_property
    def mark(self) -> str:
        """Eight hexadecimal digits that stand for its content."""
        return hashlib.sha256(",".join(map(str, sorted(self.blocks))).encode()).hexdigest()[:8]

    @property
    def suffix(self) -> str:
        """What it adds to the name of an extractor."""
        return f"+furniture-{self.mark}"


@dataclass(frozen=True, kw_only=True)
class Snapshots:
    """The snapshots of all outlets, by the outlet's id: the one that new pages are read with, and all that are kept, by their mark."""

    current: Mapping[int, Snapshot] = field(default_factory=dict)
    kept: Mapping[tuple[int, str], Snapshot] = field(default_factory=dict)

    def choose(self, source_id: int, read_by: str | None) -> Snapshot | None:
        """What a page is read with. `read_by` is the extractor of its article, where it has one: that is read as it was before.

        Else a line that has become furniture since would seem to be cut by the publisher.
        """
        if read_by is None:
            return self.current.get(source_id)
        mark = _MARK.search(read_by)
        return self.kept.get((source_id, mark[1]), self.current.get(source_id)) if mark else None


NO_SNAPSHOTS = Snapshots()
