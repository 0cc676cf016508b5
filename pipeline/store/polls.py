"""What polls bring in: new URLs, sightings, the endpoint's own state. One poll is one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from pipeline.errors import LeaseLostError
from pipeline.records import Candidate, Capture, EndpointKind, EndpointSpec, Exchange, PollResult
from pipeline.store.database import repeating, transaction
from pipeline.store.gaps import healers_of, note_gaps
from pipeline.store.queries import query
from pipeline.store.wire import rows_json, sighting_row
from pipeline.urls import article_key, other_forms, pace_key, story_mark, url_sha256

NEWS_PRIORITY = 10.0
_PRIORITY = {EndpointKind.SITEMAP: 5.0}  # an ordinary sitemap's pages are rarely today's news
BACKFILL_PRIORITY = -10.0
_NOT_MOVED: Mapping[str, int] = {}


class Polls:
    """The endpoints' side of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count_unseen(self, endpoint_id: int, candidates: Iterable[Candidate]) -> int:
        """How many of the candidates this endpoint has not shown before."""
        sha256s = [url_sha256(candidate.url).hex() for candidate in candidates]
        with transaction(self._engine) as connection:
            return int(connection.execute(query("count_unseen"), {"endpoint_id": endpoint_id, "sha256s": sha256s}).scalar_one())

    def ended(self, source_id: int) -> list[tuple[str, bool]]:
        """The URLs of a source that were tried lately, and whether each was an article."""
        with transaction(self._engine) as connection:
            return [(row.url, row.article) for row in connection.execute(query("ended_urls"), {"source_id": source_id})]

    def finish(self, result: PollResult, *, token: int, run_id: UUID) -> int:
        """Store a poll: its candidates enter the frontier, the endpoint gets its next date. Returns how many URLs were new.

        Raises LeaseLostError, and writes nothing, when the host's lease is no longer ours.
        """
        return repeating(self._engine, lambda connection: self._finish(connection, result, token, run_id))

    def _finish(self, connection: Connection, result: PollResult, token: int, run_id: UUID) -> int:
        endpoint = result.endpoint
        urls = [candidate.url for candidate in result.candidates]
        healers = healers_of(connection, result)
        lock_hosts(connection, [endpoint.host, *map(pace_key, urls), *(healer.host for healer in healers)])
        if connection.execute(query("fence_host"), {"host": endpoint.host, "token": token}).first() is None:
            raise LeaseLostError(endpoint.host)
        new_urls = add_urls(
            connection,
            urls,
            source_id=endpoint.source.source_id,
            priority=_PRIORITY.get(endpoint.kind, NEWS_PRIORITY),
            now=result.polled_at,
            run_id=run_id,
            entry_of=_moved_entries(connection, result),
        )
        if result.candidates:  # most polls find nothing
            _note_sightings(connection, result)
        _store_endpoint(connection, result, new_urls)
        if result.listed is not None:
            listed = [url_sha256(url).hex() for url in result.listed]
            left = {"endpoint_id": endpoint.endpoint_id, "sha256s": listed, "now": result.polled_at}
            connection.execute(query("note_departures"), left)
        note_gaps(connection, result, healers)
        if result.kind is EndpointKind.SITEMAP_INDEX and result.body_sha256 is not None:  # it was whole
            listed = [url_sha256(child.url).hex() for child in result.children]
            old = {"parent_id": endpoint.endpoint_id, "sha256s": listed, "now": result.polled_at}
            connection.execute(query("retire_old_children"), old)
        add_endpoints(connection, result.children, source_id=endpoint.source.source_id, parent_id=endpoint.endpoint_id)
        return new_urls

    def backfill(self, urls: Iterable[str], *, source_id: int, now: datetime, run_id: UUID) -> int:
        """Accept older URLs (normalised) of a source into the frontier, behind all news. Returns how many were new."""
        wanted = list(urls)

        def work(connection: Connection) -> int:
            lock_hosts(connection, map(pace_key, wanted))
            return add_urls(connection, wanted, source_id=source_id, priority=BACKFILL_PRIORITY, now=now, run_id=run_id)

        return repeating(self._engine, work)

    def any_forgotten(self, candidates: Iterable[Candidate]) -> bool:
        """Whether one of the candidates was forgotten."""
        sha256s = [url_sha256(candidate.url).hex() for candidate in candidates]
        with transaction(self._engine) as connection:
            return connection.execute(query("forgotten_names"), {"sha256s": sha256s}).first() is not None

    def add_documents(self, captures: Sequence[Capture]) -> None:
        """Note where documents of endpoints lie in the archive; the files are closed and synced by now."""
        if captures:
            rows = rows_json(vars(capture) for capture in captures)
            repeating(self._engine, lambda connection: connection.execute(query("add_document_captures"), {"rows": rows}))

    def add_exchanges(self, exchanges: Sequence[Exchange], *, run_id: UUID | None) -> None:
        """Append to the fetch log."""
        with transaction(self._engine) as connection:
            connection.execute(query("add_exchanges"), {"run_id": run_id, "rows": rows_json(vars(exchange) for exchange in exchanges)})


def _note_sightings(connection: Connection, result: PollResult) -> None:
    rows = rows_json(sighting_row(url_sha256(candidate.url).hex(), candidate) for candidate in _last_of_each(result.candidates))
    _hurry_rechecks(connection, result, rows)
    bound = {"endpoint_id": result.endpoint.endpoint_id, "rows": rows, "now": result.polled_at}
    connection.execute(query("add_sightings"), bound)


def _hurry_rechecks(connection: Connection, result: PollResult, rows: str) -> None:
    """Look at once at articles that the endpoint says were changed. Before its sightings are brought up to date."""
    bound = {"endpoint_id": result.endpoint.endpoint_id, "rows": rows, "now": result.polled_at}
    hosts = connection.execute(query("hurry_rechecks"), bound).scalars().all()
    if hosts:
        connection.execute(query("wake_hosts"), {"hosts": sorted(set(hosts)), "due_at": result.polled_at})


def _moved_entries(connection: Connection, result: PollResult) -> dict[str, int]:
    """The articles of entries that the endpoint showed under other URLs before, by URL; of a guid that stands here twice, none."""
    of_guid = Counter(candidate.guid for candidate in _last_of_each(result.candidates))
    rows = [
        {"sha256": url_sha256(one.url).hex(), "guid": one.guid, "title": one.title, "published_at": one.published and one.published.at}
        for one in _last_of_each(result.candidates)
        if one.guid is not None and one.guid != one.url and of_guid[one.guid] == 1
    ]
    if not rows:
        return {}
    bound = {"rows": rows_json(rows), "endpoint_id": result.endpoint.endpoint_id}
    articles = {row.sha256: row.article_id for row in connection.execute(query("moved_entries"), bound)}
    return {one.url: articles[sha256] for one in result.candidates if (sha256 := url_sha256(one.url).hex()) in articles}


def _last_of_each(candidates: Iterable[Candidate]) -> Iterable[Candidate]:
    return {candidate.url: candidate for candidate in candidates}.values()


def _store_endpoint(connection: Connection, result: PollResult, new_urls: int) -> None:
    endpoint, kept, hints = result.endpoint, result.validators, result.hints
    connection.execute(
        query("finish_poll"),
        {
            "endpoint_id": endpoint.endpoint_id,
            "kind": result.kind,
            "keep_validators": kept is None,
            "etag": kept and kept.etag,
            "last_modified": kept and kept.last_modified,
            "body_sha256": result.body_sha256,
            "next_poll_at": result.next_poll_at,
            "publish_rate": result.publish_rate,
            "rate_at": result.rate_at,
            "rhythm_entries": list(result.rhythm.entries),
            "rhythm_watched": list(result.rhythm.watched),
            "window_entries": result.window,
            "fresh_until": result.fresh_until,
            "oldest_entry_at": result.oldest_entry_at,
            "complete": result.complete,
            "archive_url": result.archive_url,
            "least_seconds": hints and hints.min_interval_seconds,
            "skip_hours": hints and sorted(hints.skip_hours),
            "skip_days": hints and sorted(hints.skip_days),
            "failures": result.failures,
            "polled_at": result.polled_at,
            "ok": result.ok,
            "new_urls": new_urls,
            "status": result.status,
            "beyond_horizon": result.beyond_horizon,
            "moved_to": result.moved_to,
            "moved_sightings": result.moved_sightings,
            "retired_reason": result.retired_reason,
            "probed": result.probed,
        },
    )
    if result.new_url is not None:
        host = pace_key(result.new_url)
        lock_hosts(connection, [host])
        moved = {"endpoint_id": endpoint.endpoint_id, "url": result.new_url, "sha256": url_sha256(result.new_url).hex(), "host": host}
        connection.execute(query("move_endpoint"), moved)
        connection.execute(query("wake_hosts"), {"hosts": [host], "due_at": result.next_poll_at})


# -- shared by the writers of the frontier: each runs inside its caller's transaction -----------------------


def lock_hosts(connection: Connection, hosts: Iterable[str]) -> None:
    """Make sure of these hosts' rows and hold them, always in the same order."""
    wanted = sorted(set(hosts))
    connection.execute(query("add_hosts"), {"hosts": wanted})
    connection.execute(query("lock_hosts"), {"hosts": wanted})


def add_urls(
    connection: Connection,
    urls: Iterable[str],
    *,
    source_id: int,
    priority: float,
    now: datetime,
    run_id: UUID | None,
    entry_of: Mapping[str, int] = _NOT_MOVED,
) -> int:
    """Accept normalised URLs into the frontier, each once, and wake their hosts, which are locked by now. Returns how many were new.

    `entry_of`: articles that some of the URLs are known to be.
    """
    rows = [_new_url(url) | {"entry_of": entry_of.get(url)} for url in dict.fromkeys(urls)]
    if not rows:
        return 0
    bound = {"rows": rows_json(rows), "source_id": source_id, "priority": priority, "now": now, "run_id": run_id}
    added = len(connection.execute(query("add_urls"), bound).all())
    if added:
        connection.execute(query("wake_hosts"), {"hosts": sorted({row["host"] for row in rows}), "due_at": now})
    return added


def _new_url(url: str) -> dict[str, Any]:
    forms, mark = other_forms(url), story_mark(url)
    return {
        "sha256": url_sha256(url).hex(),
        "url": url,
        "host": pace_key(url),
        "forms": forms,
        "keys": [article_key(form) for form in forms],
        "mark": mark and url_sha256(mark).hex(),
    }


def add_endpoints(connection: Connection, specs: Sequence[EndpointSpec], *, source_id: int, parent_id: int | None) -> None:
    """Register endpoints that are not known yet, and wake their hosts."""
    if not specs:
        return
    hosts = sorted({pace_key(spec.url) for spec in specs})
    lock_hosts(connection, hosts)
    rows = [{"kind": spec.kind, "url": spec.url, "sha256": url_sha256(spec.url).hex(), "host": pace_key(spec.url)} for spec in specs]
    connection.execute(query("add_endpoints"), {"source_id": source_id, "parent_id": parent_id, "rows": rows_json(rows)})
    connection.execute(query("wake_endpoint_hosts"), {"hosts": hosts})
