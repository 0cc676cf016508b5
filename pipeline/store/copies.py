"""What is known of an article's copies: its story, who printed it first, and how two of the versions differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pipeline.store.selecting import read, read_one


@dataclass(frozen=True, kw_only=True)
class Story:
    """A cluster of articles."""

    cluster_id: int
    origin_id: int
    articles: int
    outlets: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class StoryCopy:
    """One article of a cluster; kind and scores beside the origin, None for the origin and for a copy of its copies."""

    article_id: int
    source: str
    source_name: str
    url: str
    title: str
    agency: str | None
    status: str
    word_count: int
    out_at: datetime
    delay: timedelta
    kind: str | None
    jaccard: float | None
    containment: float | None
    content: float | None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Another story that has a passage in common with the article."""

    article_id: int
    source: str
    url: str
    title: str
    jaccard: float
    containment: float


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of two texts."""

    article_id: int
    source_name: str
    title: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Everything known of an article's copies."""

    article_id: int
    story: Story | None  # None: it has none
    copies: tuple[StoryCopy, ...]  # with the article itself, in the order in which they came out
    passages: tuple[Passage, ...]
    sides: tuple[Side, Side] | None  # the origin first, where it is one of them; else the other one

    @property
    def agencies(self) -> tuple[str, ...]:
        """The agencies that the copies credit."""
        return tuple(sorted({copy.agency for copy in self.copies if copy.agency}))


def read_copies(connection: Connection, article_id: int, *, beside: int | None) -> Copies:
    """The copies of an article; `beside`: whom to compare it with; None: the origin, or, where it is that itself, the first copy."""
    story = read_one(connection, "story_of", Story, article_id=article_id)
    copies = read(connection, "story_copies", StoryCopy, cluster_id=story.cluster_id) if story else ()
    return Copies(
        article_id=article_id,
        story=story,
        copies=copies,
        passages=read(connection, "common_passages", Passage, article_id=article_id),
        sides=_sides(
            connection,
            article_id,
            beside or _counterpart(article_id, story, copies),
            second=story is None or story.origin_id != article_id,
        ),
    )


def _counterpart(article_id: int, story: Story | None, copies: tuple[StoryCopy, ...]) -> int | None:
    if story is None:
        return None
    if story.origin_id != article_id:
        return story.origin_id
    return next((copy.article_id for copy in copies if copy.article_id != article_id), None)


def _sides(connection: Connection, article_id: int, other_id: int | None, *, second: bool) -> tuple[Side, Side] | None:
    mine = read_one(connection, "side_text", Side, article_id=article_id)
    other = read_one(connection, "side_text", Side, article_id=other_id)
    return None if mine is None or other is None else (other, mine) if second else (mine, other)
