"""Gathers connected articles into clusters, one a story, and chooses the article that stands for each. Pure.

What comes out depends on the edges and articles alone, not on the order in which they came (DESIGN 7.5, 7.6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.dedupe.match import Kind, Match

_COMPLETE = 0.9  # of the longest text of its cluster


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """A connection of two articles; the first of its match is the one with the smaller key."""

    low_id: int
    high_id: int
    match: Match

    @property
    def longer_id(self) -> int:
        """The longer one of the two."""
        return self.high_id if self.match.second_longer else self.low_id

    @property
    def shorter_id(self) -> int:
        """The other one."""
        return self.low_id if self.match.second_longer else self.high_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """What the choice of a cluster's best article looks at."""

    article_id: int
    live: bool
    outlet_names: frozenset[str]  # casefolded: name and slug
    agency: str | None  # casefolded, as credited
    out_at: datetime  # printed with a time of day, else first seen
    words: int


def clusters(edges: Iterable[Edge]) -> list[tuple[int, ...]]:
    """The articles of each story of two and more, each in order of their keys; the first is the cluster's id.

    `edges` hold whole components: with an edge, every other edge of its two ends. They are gone through once, and only those of unequal
    length are kept: a story that 5,000 print has millions. A page that contains two stories which have nothing to do with each other (a
    digest, a live blog) belongs to none of them.
    """
    forest, unequal = _Forest(), list[Edge]()
    for edge in edges:
        if edge.match.much_shorter:
            unequal.append(edge)
        elif edge.match.kind is not Kind.QUOTE:
            forest.join(edge.low_id, edge.high_id)
    parts: dict[int, list[Edge]] = defaultdict(list)
    for edge in unequal:
        if edge.match.part:
            parts[edge.longer_id].append(edge)
    abridged = [edge for edge in unequal if edge.match.kind is not Kind.QUOTE]
    suspects = {page for page, inside in parts.items() if any(_side_by_side(inside))}
    _join(forest, (edge for edge in abridged if edge.longer_id not in suspects))
    digests = {page for page in suspects if any(forest.root(one) != forest.root(other) for one, other in _side_by_side(parts[page]))}
    _join(forest, (edge for edge in abridged if edge.longer_id not in digests))
    return sorted(forest.trees())


def _join(forest: _Forest, edges: Iterable[Edge]) -> None:
    for edge in edges:
        forest.join(edge.low_id, edge.high_id)


def _side_by_side(inside: Sequence[Edge]) -> Iterator[tuple[int, int]]:
    """Pairs of parts of one page that don't overlap in it."""
    for at, one in enumerate(inside):
        for other in inside[:at]:
            if one.match.ends <= other.match.begins or other.match.ends <= one.match.begins:
                yield one.shorter_id, other.shorter_id


class _Forest:
    """Disjoint sets whose root is their smallest member."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def root(self, item: int) -> int:
        above = self._above
        above.setdefault(item, item)
        while above[item] != item:
            above[item] = above[above[item]]
            item = above[item]
        return item

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low

    def trees(self) -> Iterator[tuple[int, ...]]:
        found: dict[int, list[int]] = defaultdict(list)
        for item in sorted(self._above):
            found[self.root(item)].append(item)
        return (tuple(items) for items in found.values() if len(items) > 1)


def origin(members: Sequence[Member]) -> int:
    """What stands for a cluster: live before gone, then the credited agency's own, the earliest, a complete one, the smallest key."""
    credited = {member.agency for member in members if member.agency}
    longest = max(member.words for member in members)

    def rank(member: Member) -> tuple[bool, bool, datetime, bool, int]:
        own = bool(member.outlet_names & credited)
        return not member.live, not own, member.out_at, member.words < _COMPLETE * longest, member.article_id

    return min(members, key=rank).article_id
