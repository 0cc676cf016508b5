"""Stores what looking at articles again found: edits, deletions, restorations. Runs inside the load's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from pipeline.dedupe.departures import SECOND_LOOK, LookedAt, Verdict, judge_look
from pipeline.dedupe.looks import Editing, LookPlan, out_at
from pipeline.dedupe.revisions import Reading, is_edit, may_be_edit
from pipeline.records import Article, AttemptOutcome, DateClaim, Finished, MovedAway, Postponed, Precision, Purpose
from pipeline.store.article_rows import text_diff, text_facts
from pipeline.store.availability import note_availability
from pipeline.store.outletpages import OutletPages
from pipeline.store.polls import NEWS_PRIORITY, add_urls
from pipeline.store.queries import query
from pipeline.store.wire import rows_json
from pipeline.urls import url_sha256

_AS_IT_WAS = {AttemptOutcome.UNCHANGED, AttemptOutcome.REVISED, AttemptOutcome.RESTORED}  # the page shows the article
_RETOLD = Verdict(outcome=AttemptOutcome.UNCHANGED, detail="another extractor read it; the response that was read before is not archived")
_GONE = (AttemptOutcome.GONE, AttemptOutcome.SOFT_GONE, AttemptOutcome.REPLACED, AttemptOutcome.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """One look, the article's row before it, and the verdict on it."""

    item: Finished
    row: Row[Any]
    verdict: Verdict

    @property
    def outcome(self) -> AttemptOutcome:
        return self.verdict.outcome

    @property
    def retold(self) -> bool:
        """Whether it reads otherwise for another extractor's sake only: what that one makes of the response before is not known."""
        return self.verdict is _RETOLD

    @property
    def shown(self) -> Article | None:
        """The article as it read in this look."""
        return self.item.result if isinstance(self.item.result, Article) and self.outcome in _AS_IT_WAS else None


def store_rechecks(
    connection: Connection,
    held: Sequence[Finished],
    captures: Mapping[int, int],
    *,
    looks: LookPlan | None,
    token: int,
    run_id: UUID,
) -> list[dict[str, Any]]:
    """Write revisions and the next dates of these rechecks, all held by the token. Returns the rows for add_attempts."""
    by_id = {item.request.article_id: item for item in held if item.request.article_id is not None}
    if not by_id:
        return []
    rows = connection.execute(query("articles_to_recheck"), {"article_ids": sorted(by_id)}).all()
    pages, targets = OutletPages(connection, held), _targets(connection, held, run_id)
    found = [_look(row, by_id[row.article_id], pages, targets) for row in rows]
    _write(connection, found, captures)
    due = [_next_date(look, looks) for look in found]
    connection.execute(query("finish_rechecks"), {"rows": rows_json(due), "token": token})
    return [
        {"url_id": look.item.request.url_id, "purpose": Purpose.RECHECK, "outcome": look.outcome, "detail": look.verdict.detail}
        for look in found
    ]


def _targets(connection: Connection, held: Sequence[Finished], run_id: UUID) -> dict[str, int | None]:
    """The articles that redirects to other hosts lead to; addresses that nobody has seen are queued, and told of at the next look."""
    moved = {item.result.target: item for item in held if isinstance(item.result, MovedAway)}
    for target, item in moved.items():
        source_id = item.request.source.source_id
        add_urls(connection, [target], source_id=source_id, priority=NEWS_PRIORITY, now=item.finished_at, run_id=run_id)
    hashes = {url_sha256(target).hex(): target for target in moved}
    known = connection.execute(query("articles_at"), {"sha256s": sorted(hashes)}) if hashes else ()
    return {hashes[row.sha256]: row.article_id for row in known}


def _look(row: Row[Any], item: Finished, pages: OutletPages, targets: Mapping[str, int | None]) -> _Look:
    known = LookedAt(
        article_id=row.article_id,
        title=row.title,
        body=row.body,
        status=row.status,
        url=row.canonical_url,
        suspected=row.suspected is not None,
        target=targets.get(item.result.target) if isinstance(item.result, MovedAway) else None,
    )
    verdict = judge_look(known, item, is_edited=lambda article: _is_edit(row, article, pages))
    incomparable = isinstance(item.result, Article) and item.result.extractor != row.extractor
    edited_alive = verdict.outcome is AttemptOutcome.REVISED and row.status == "live"
    return _Look(item=item, row=row, verdict=_RETOLD if incomparable and edited_alive else verdict)


def _is_edit(row: Row[Any], new: Article, pages: OutletPages) -> bool:
    """Whether the article was edited; the outlet's other pages are looked at only where something differs."""
    readings = [Reading(title=one.title, body=one.body, markdown=one.body_markdown) for one in (row, new)]
    return may_be_edit(*readings) and is_edit(*readings, furniture=pages.furniture(row.source_id, beside=row.article_id))


def _write(connection: Connection, found: Sequence[_Look], captures: Mapping[int, int]) -> None:
    _revise(connection, _with(found, AttemptOutcome.REVISED), captures, reason="publisher_edit", change="revise")
    _revise(connection, [look for look in found if look.retold], captures, reason="reextracted", change="reextract")
    for outcome in _GONE:
        if gone := _with(found, outcome):
            connection.execute(query("mark_gone"), {"article_ids": _ids(gone), "status": outcome.value})
            _publish(connection, gone, reason=outcome.value, change=outcome.value)
    if back := _with(found, AttemptOutcome.RESTORED):
        connection.execute(query("mark_restored"), {"article_ids": _ids(back)})
        _publish(connection, back, reason="restored", change="restore")
    shown = {look.row.article_id: look.shown.rights for look in found if look.shown}
    note_availability(connection, shown, dated={look.row.article_id for look in found if look.row.unavailable_after})
    aliases = [(url, look.row.article_id) for look in found if look.shown for url in look.item.aliases]
    if aliases:
        alias_rows = [{"sha256": url_sha256(url), "url": url, "article_id": article_id} for url, article_id in dict(aliases).items()]
        connection.execute(query("add_aliases"), {"rows": rows_json(alias_rows)})


def _revise(connection: Connection, looks: Sequence[_Look], captures: Mapping[int, int], *, reason: str, change: str) -> None:
    if looks:
        rows = rows_json(_revised_row(look, look.shown, captures) for look in looks if look.shown)
        connection.execute(query("revise_articles"), {"rows": rows})
        _publish(connection, looks, reason=reason, change=change)
        connection.execute(query("add_unmatched"), {"article_ids": _ids(looks)})


def _publish(connection: Connection, found: Sequence[_Look], *, reason: str, change: str) -> None:
    diffs = {look.row.article_id: text_diff(_texts(look.row), _texts(look.shown)) for look in found if look.shown}
    changed = {article_id: diff for article_id, diff in diffs.items() if diff}
    connection.execute(query("add_revisions"), {"article_ids": _ids(found), "reason": reason, "diffs": json.dumps(changed)})
    connection.execute(query("add_changes"), {"article_ids": _ids(found), "kind": change})


def _texts(version: Row[Any] | Article) -> dict[str, str]:
    return {"title": version.title, "body": version.body}


def _revised_row(look: _Look, article: Article, captures: Mapping[int, int]) -> dict[str, Any]:
    request = look.item.request
    return {
        "article_id": look.row.article_id,
        **text_facts(article, language=request.source.language, capture_id=captures.get(request.url_id)),
    }


def _next_date(look: _Look, looks: LookPlan | None) -> dict[str, Any]:
    result, row = look.item.result, look.row
    postponed = isinstance(result, Postponed)
    return {
        "article_id": row.article_id,
        "due_at": _due_at(look, looks) or "infinity",
        "checks": row.checks if postponed else row.checks + 1,
        "suspected": row.suspected if postponed else look.verdict.suspicion,
        "edited": look.outcome is AttemptOutcome.REVISED,
        "read": look.shown is not None,
        **vars(look.item.validators),
    }


def _due_at(look: _Look, looks: LookPlan | None) -> datetime | None:
    result, now, row = look.item.result, look.item.finished_at, look.row
    if isinstance(result, Postponed):
        return result.retry_at
    if look.verdict.suspicion is not None:
        return now + SECOND_LOOK
    published = None if row.published_at is None else DateClaim(at=row.published_at, precision=Precision(row.published_precision))
    edits = row.edits + (look.outcome is AttemptOutcome.REVISED and not row.told)
    editing = Editing(outlet=row.edit_rate, seen=edits, looks=row.recheck_looks, ages=tuple(row.edit_ages))
    return looks.next_look(out_at(published, row.first_seen_at), now, editing) if looks else None


def _with(found: Sequence[_Look], outcome: AttemptOutcome) -> list[_Look]:
    return [look for look in found if look.outcome is outcome]


def _ids(found: Sequence[_Look]) -> list[int]:
    return [look.row.article_id for look in found]
