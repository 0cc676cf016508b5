"""The versions of one article, and what each of them changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Connection

from pipeline.dedupe.worddiff import Span, word_diff
from pipeline.errors import UnknownItemError
from pipeline.store.rows import ArticleRow
from pipeline.store.selecting import read, read_one


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """One row of `revision`, with the verdict of v_edits."""

    revision_no: int
    seen_at: datetime
    reason: str  # first, publisher_edit, gone, soft_gone, replaced, withdrawn, restored, reextracted
    title: str
    body: str
    modified_at: datetime | None  # as the page says
    undisclosed: bool | None  # None: no edit


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version and the text before it, as spans; the first one has no changes."""

    row: VersionRow
    title: tuple[Span, ...]
    body: tuple[Span, ...]

    @property
    def changed(self) -> bool:
        """Whether title or body differ from the version before."""
        return any(span.changed for span in (*self.title, *self.body))


@dataclass(frozen=True, kw_only=True)
class ArticleHistory:
    """An article and all its versions, the first one first."""

    article: ArticleRow
    versions: tuple[Version, ...]


def read_history(connection: Connection, article_id: int) -> ArticleHistory:
    """The history of the article with this id. Raises UnknownItemError when there is none."""
    article = read_one(connection, "read_article", ArticleRow, article_id=article_id)
    if article is None:
        raise UnknownItemError(f"article {article_id}")
    rows = read(connection, "read_history", VersionRow, article_id=article_id)
    first = [Version(row=row, title=word_diff(row.title, row.title), body=word_diff(row.body, row.body)) for row in rows[:1]]
    later = [_version(before, row) for before, row in pairwise(rows)]
    return ArticleHistory(article=article, versions=(*first, *later))


def _version(before: VersionRow, row: VersionRow) -> Version:
    return Version(row=row, title=word_diff(before.title, row.title), body=word_diff(before.body, row.body))
