"""The read side: ledgers, the state of the queue, lists of articles and search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from pipeline.errors import AmbiguousItemError, UnknownItemError, WithheldItemError, WrongItemError
from pipeline.records import Evidence, WarcPlace
from pipeline.search import HIGHLIGHT_END, HIGHLIGHT_START, highlight, primary_language, search_configs, search_query
from pipeline.store.copies import Copies, read_copies
from pipeline.store.database import transaction
from pipeline.store.history import ArticleHistory, read_history
from pipeline.store.queries import query
from pipeline.store.rows import (
    ArticleDetail,
    ArticlePage,
    ArticleRow,
    ArticleSummary,
    BlockedHost,
    CopyRow,
    FailingEndpoint,
    IncidentRow,
    LedgerRow,
    QueueCounts,
    RevisionRow,
    RunLedgerRow,
    RunRow,
    SearchHit,
    Status,
    WaitingReason,
)
from pipeline.store.selecting import read, read_one
from pipeline.urls import normalise, url_sha256

_INCIDENTS = 100  # open ones that a status shows
_NAMED = 5  # articles, of several that a key may mean; queries find one more
_ID_DIGITS = 19  # of 2^63 - 1
_HEADLINE = f"StartSel={HIGHLIGHT_START}, StopSel={HIGHLIGHT_END}, MaxFragments=2, MinWords=8, MaxWords=20"


@dataclass(frozen=True, kw_only=True)
class ArticleFilter:
    """Which articles to list; None: any."""

    source: str | None = None  # slug
    language: str | None = None  # BCP 47; its primary language counts
    since: datetime | None = None  # published (undated: first seen) at this moment or later
    until: datetime | None = None  # before this moment


class Reader:
    """Answers questions; changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ledger_by_source(self) -> tuple[LedgerRow, ...]:
        """What became of every URL, by source."""
        with transaction(self._engine) as connection:
            return read(connection, "read_ledger", LedgerRow)

    def ledger_total(self) -> LedgerRow:
        """What became of every URL."""
        with transaction(self._engine) as connection:
            return read(connection, "read_ledger_total", LedgerRow)[0]

    def run_ledger(self, run_id: UUID) -> tuple[RunLedgerRow, ...]:
        """What a run did, by source; empty when it did nothing (or is not known)."""
        with transaction(self._engine) as connection:
            return read(connection, "read_run_ledger", RunLedgerRow, run_id=run_id)

    def queue(self) -> QueueCounts:
        """What waits."""
        with transaction(self._engine) as connection:
            return read(connection, "read_queue", QueueCounts)[0]

    def status(self) -> Status:
        """How things stand now."""
        with transaction(self._engine) as connection:
            return Status(
                queue=read(connection, "read_queue", QueueCounts)[0],
                reasons=read(connection, "read_waiting_reasons", WaitingReason),
                blocked=read(connection, "read_blocked_hosts", BlockedHost),
                runs=read(connection, "read_last_runs", RunRow),
                failing=read(connection, "read_failing_endpoints", FailingEndpoint),
                incidents=read(connection, "read_open_incidents", IncidentRow, most=_INCIDENTS),
            )

    def articles(self, wanted: ArticleFilter, *, limit: int, page: str | None = None) -> ArticlePage:
        """One page of articles, the last loaded first; `page` is the `next_page` of the page before.

        Raises WrongItemError when it is not one.
        """
        loaded_before, id_before = _read_page(page)
        bound = {
            "source": wanted.source,
            "language": primary_language(wanted.language),
            "since": wanted.since,
            "until": wanted.until,
            "loaded_before": loaded_before,
            "id_before": id_before,
            "most": limit + 1,
        }
        with transaction(self._engine) as connection:
            found = read(connection, "list_articles", ArticleSummary, **bound)
        shown = found[:limit]
        return ArticlePage(articles=shown, next_page=_write_page(shown[-1]) if len(found) > limit else None)

    def article(self, key: str) -> ArticleDetail:
        """Everything stored of the article with this id, unique beginning of an id, or URL (any proven alias).

        Raises UnknownItemError when there is none, AmbiguousItemError when there are more, WithheldItemError when no view shows it, and
        UnsafeUrlError when it is a URL that can't be.
        """
        with transaction(self._engine) as connection:
            return _detail(connection, _find(connection, key.strip()))

    def history(self, key: str) -> ArticleHistory:
        """The versions of an article with what each changed. `key` and what is raised as of `article`."""
        with transaction(self._engine) as connection:
            return read_history(connection, _find(connection, key.strip()))

    def copies(self, key: str, *, beside: str | None = None) -> Copies:
        """The copies of an article, and the texts of two of them; `beside` names the other one. Keys and what is raised as of `article`."""
        with transaction(self._engine) as connection:
            other = None if beside is None else _find(connection, beside.strip())
            return read_copies(connection, _find(connection, key.strip()), beside=other)

    def search(self, words: str, *, language: str | None = None, limit: int = 20) -> tuple[SearchHit, ...]:
        """Articles with these words, the best first. Understands "a phrase", or, and -without; `language` leaves others out."""
        bound = {
            "words": search_query(words),
            "configs": list(search_configs(language)),
            "language": primary_language(language),
            "options": _HEADLINE,
            "most": limit,
        }
        with transaction(self._engine) as connection:
            found = connection.execute(query("search_articles"), bound).mappings().all()
        return tuple(
            SearchHit(
                article=ArticleSummary(**{name: row[name] for name in ArticleSummary.__dataclass_fields__}),
                rank=row["rank"],
                headline=highlight(row["cjk_body"], words) if row["headline"] is None else row["headline"],
            )
            for row in found
        )


def _find(connection: Connection, key: str) -> int:
    by_id = key.isascii() and key.isdigit()
    if by_id:
        ranges = id_ranges(key)
        bound = {"lows": [low for low, _ in ranges], "highs": [high for _, high in ranges]}
        found = connection.execute(query("find_articles_by_id"), bound).scalars().all()
    elif "://" not in key:
        raise UnknownItemError(f"an article at {key!r}; an id is a number, and an address begins with http:// or https://")
    else:
        found = connection.execute(query("find_articles_by_url"), {"sha256": url_sha256(normalise(key)).hex()}).scalars().all()
    if not found:
        raise UnknownItemError(f"an article {'whose id begins with' if by_id else 'at'} {key}")
    if len(found) > 1 and not (by_id and found[0] == int(key)):  # a whole id is smaller than those that only begin with it
        raise AmbiguousItemError(f"{key} {'begins the ids' if by_id else 'is an address'} of {_named(found)}")
    if connection.execute(query("is_withdrawn"), {"article_id": found[0]}).scalar_one():
        raise WithheldItemError(f"article {found[0]}: its publisher has withdrawn it, and its source's respect is all")
    return int(found[0])


def _named(found: Sequence[int]) -> str:
    """The first five ids: "several articles: 41, 412"."""
    return f"several articles: {', '.join(map(str, found[:_NAMED]))}{', …' if len(found) > _NAMED else ''}"


def id_ranges(prefix: str) -> list[tuple[int, int]]:
    """The ranges of ids, first and last, whose decimal digits begin with `prefix`."""
    start = int(prefix)
    if str(start) != prefix:  # leading zeros begin no id but 0
        return []
    ranges = [(start * 10**more, (start + 1) * 10**more - 1) for more in range(_ID_DIGITS - len(prefix) + 1)] if start else [(0, 0)]
    return [(low, min(high, 2**63 - 1)) for low, high in ranges if low < 2**63]


def _detail(connection: Connection, article_id: int) -> ArticleDetail:
    origin = connection.execute(query("read_article_origin"), {"article_id": article_id}).mappings().one()
    row = read_one(connection, "read_article", ArticleRow, article_id=article_id)
    if row is None:
        raise UnknownItemError(f"article {article_id}")
    archived = WarcPlace(warc_file=origin["warc_file"], warc_offset=origin["warc_offset"], warc_length=origin["warc_length"])
    return ArticleDetail(
        article=row,
        extractor=origin["extractor"],
        evidence=tuple(Evidence(**item) for item in origin["evidence"]),
        revisions=read(connection, "read_revisions", RevisionRow, article_id=article_id),
        aliases=tuple(connection.execute(query("read_aliases"), {"article_id": article_id}).scalars()),
        copies=read(connection, "read_copies", CopyRow, article_id=article_id),
        archived=archived if origin["warc_file"] else None,
    )


def _write_page(last: ArticleSummary) -> str:
    return f"{last.loaded_at.isoformat()}_{last.article_id}"


def _read_page(page: str | None) -> tuple[datetime | None, int | None]:
    if page is None:
        return None, None
    try:
        at, _, article_id = page.rpartition("_")
        return datetime.fromisoformat(at), int(article_id)
    except ValueError:
        raise WrongItemError(f"{page!r} is no page of a list") from None
