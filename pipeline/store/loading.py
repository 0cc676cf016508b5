"""Loads finished work: rows, outcomes and the archive's index in one transaction, fenced by the batch's token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Engine

from pipeline.dedupe.looks import LookPlan
from pipeline.records import Finished, MovedAway, Outcome, Postponed, Purpose, Refused, Tally
from pipeline.redaction import redact
from pipeline.settings import Settings
from pipeline.store.database import naming_refusals, repeating
from pipeline.store.ending import Ending
from pipeline.store.matching import match_all
from pipeline.store.placing import place_articles
from pipeline.store.polls import NEWS_PRIORITY, add_urls, lock_hosts
from pipeline.store.queries import query
from pipeline.store.rechecks import store_rechecks
from pipeline.store.wire import rows_json
from pipeline.urls import pace_key, url_sha256


class Loader:
    """The articles' side of the store."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._looks = LookPlan(looks=settings.recheck_looks, days=settings.recheck_days) if settings.recheck else None

    def load(self, finished: Sequence[Finished], *, token: int, run_id: UUID) -> Tally:
        """Store what became of these page requests, each that the token still holds; late work is dropped. Returns what was stored.

        The WARC files that the captures lie in are closed and synced by now. Raises KeyCollisionError; DatabaseRefusedError where a
        value or a constraint is in the way: nothing is stored then.
        """
        with naming_refusals():
            return repeating(self._engine, lambda connection: self._load(connection, finished, token, run_id))

    def _load(self, connection: Connection, finished: Sequence[Finished], token: int, run_id: UUID) -> Tally:
        if moved := [pace_key(item.result.target) for item in finished if isinstance(item.result, MovedAway)]:
            lock_hosts(connection, moved)
        held = _held(connection, finished, token)
        captures = _add_captures(connection, held) | _known_captures(held)
        pages = [item for item in held if item.request.purpose is Purpose.ARTICLE]
        endings = [
            *_refusals(pages),
            *_moves(connection, pages, run_id),
            *place_articles(connection, pages, captures, looks=self._looks),
        ]
        connection.execute(query("finish_pages"), {"rows": rows_json(vars(ending) for ending in endings), "token": token})
        _alias_redirects(connection, endings)
        postponed = _postpone(connection, pages, token)
        rechecks = [item for item in held if item.request.purpose is Purpose.RECHECK]
        rechecked = store_rechecks(connection, rechecks, captures, looks=self._looks, token=token, run_id=run_id)
        attempts = [*(vars(ending) | {"purpose": Purpose.ARTICLE} for ending in endings), *postponed, *rechecked]
        connection.execute(query("add_attempts"), {"rows": rows_json(attempts), "run_id": run_id, "token": token})
        return _tally(attempts)

    def match(self) -> None:
        """Compare new and changed articles with the others, in transactions after the one that published them (publish, then match)."""
        match_all(self._engine)


def _held(connection: Connection, finished: Sequence[Finished], token: int) -> list[Finished]:
    pages = [item.request.url_id for item in finished if item.request.purpose is Purpose.ARTICLE]
    articles = [item.request.article_id for item in finished if item.request.purpose is Purpose.RECHECK]
    held_pages = {row.url_id for row in connection.execute(query("fence_pages"), {"url_ids": pages, "token": token})}
    held_articles = {row.article_id for row in connection.execute(query("fence_rechecks"), {"article_ids": articles, "token": token})}
    return [
        item
        for item in finished
        if (item.request.url_id in held_pages if item.request.purpose is Purpose.ARTICLE else item.request.article_id in held_articles)
    ]


def _add_captures(connection: Connection, held: Sequence[Finished]) -> dict[int, int]:
    rows = [vars(item.capture) for item in held if item.capture is not None]
    return {row.url_id: row.capture_id for row in connection.execute(query("add_captures"), {"rows": rows_json(rows)})} if rows else {}


def _known_captures(held: Sequence[Finished]) -> dict[int, int]:
    return {item.request.url_id: item.request.reread.capture_id for item in held if item.request.reread is not None}


def _refusals(pages: Sequence[Finished]) -> list[Ending]:
    return [
        Ending(url_id=item.request.url_id, outcome=item.result.outcome, detail=item.result.detail)
        for item in pages
        if isinstance(item.result, Refused)
    ]


def _moves(connection: Connection, pages: Sequence[Finished], run_id: UUID) -> list[Ending]:
    """Queue the targets of redirects to other hosts in place of the URLs that redirect there."""
    endings = []
    for item in pages:
        if not isinstance(item.result, MovedAway):
            continue
        target, request = item.result.target, item.request
        add_urls(connection, [target], source_id=request.source.source_id, priority=NEWS_PRIORITY, now=item.finished_at, run_id=run_id)
        found = connection.execute(query("find_urls"), {"sha256s": [url_sha256(target).hex()]}).first()
        if found is None:  # a forgotten URL is never queued again
            detail = f"redirects to a forgotten URL: {redact(target)}"
            endings.append(Ending(url_id=request.url_id, outcome=Outcome.HTTP_GONE, detail=detail))
        else:
            endings.append(Ending(url_id=request.url_id, outcome=Outcome.REDIRECTED, detail=redact(target), redirects_to=found.url_id))
    return endings


def _alias_redirects(connection: Connection, endings: Sequence[Ending]) -> None:
    placed = [ending.url_id for ending in endings if ending.article_id is not None]
    moved = [ending.url_id for ending in endings if ending.redirects_to is not None]
    if placed:
        connection.execute(query("alias_redirects"), {"url_ids": placed})
    if moved:
        connection.execute(query("alias_origins"), {"url_ids": moved})


def _postpone(connection: Connection, pages: Sequence[Finished], token: int) -> list[dict[str, object]]:
    waiting = [(item.request.url_id, item.result) for item in pages if isinstance(item.result, Postponed)]
    if not waiting:
        return []
    rows = [{"url_id": url_id, "not_before": why.retry_at, "detail": why.detail, "spent": int(why.spends_try)} for url_id, why in waiting]
    connection.execute(query("postpone_pages"), {"rows": rows_json(rows), "token": token})
    return [{"url_id": url_id, "purpose": Purpose.ARTICLE, "outcome": "postponed", "detail": why.detail} for url_id, why in waiting]


def _tally(attempts: Sequence[dict[str, object]]) -> Tally:
    counts = Counter(str(row["outcome"]) for row in attempts)
    named = {name: counts.pop(name, 0) for name in ("loaded", "unchanged", "revised", "postponed")}
    return Tally(fetched=len(attempts), refused=sum(counts.values()), **named)
