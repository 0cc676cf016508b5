"""Stores what looking at articles again found: edits, deletions, restorations. Runs inside the load's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from pipeline.dedupe.looks import LookPlan, out_at
from pipeline.dedupe.revisions import is_edit
from pipeline.records import Article, AttemptOutcome, DateClaim, Finished, NotModified, Outcome, Postponed, Precision, Purpose, Refused
from pipeline.store.article_rows import text_facts
from pipeline.store.outletpages import OutletPages
from pipeline.store.queries import query
from pipeline.store.wire import rows_json


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    """What one look came to."""

    item: Finished
    article_id: int
    checks: int
    out_at: datetime  # from when its age counts
    outcome: AttemptOutcome
    detail: str | None = None
    edited: Article | None = None  # with REVISED


def store_rechecks(
    connection: Connection, held: Sequence[Finished], captures: Mapping[int, int], *, looks: LookPlan | None, token: int
) -> list[dict[str, Any]]:
    """Write revisions and the next dates of these rechecks, all held by the token. Returns the rows for add_attempts."""
    by_id = {item.request.article_id: item for item in held if item.request.article_id is not None}
    if not by_id:
        return []
    rows = connection.execute(query("articles_to_recheck"), {"article_ids": sorted(by_id)}).all()
    pages = OutletPages(connection, held)
    verdicts = [_verdict(row, by_id[row.article_id], pages) for row in rows]
    _write(connection, verdicts, captures)
    due = [_next_date(verdict, looks) for verdict in verdicts]
    connection.execute(query("finish_rechecks"), {"rows": rows_json(due), "token": token})
    return [
        {"url_id": verdict.item.request.url_id, "purpose": Purpose.RECHECK, "outcome": verdict.outcome, "detail": verdict.detail}
        for verdict in verdicts
    ]


def _verdict(row: Row[Any], item: Finished, pages: OutletPages) -> _Verdict:
    outcome, detail = _judge(row, item, pages)
    edited = item.result if outcome is AttemptOutcome.REVISED and isinstance(item.result, Article) else None
    return _Verdict(
        item=item,
        article_id=row.article_id,
        checks=row.checks,
        out_at=_out_at(row),
        outcome=outcome,
        detail=detail,
        edited=edited,
    )


def _out_at(row: Row[Any]) -> datetime:
    claim = None if row.published_at is None else DateClaim(at=row.published_at, precision=Precision(row.published_precision))
    return out_at(claim, row.first_seen_at)


def _judge(row: Row[Any], item: Finished, pages: OutletPages) -> tuple[AttemptOutcome, str | None]:
    result, was_gone = item.result, row.status == "gone"
    if isinstance(result, Article):
        if _is_edit(row, result, pages):
            return AttemptOutcome.REVISED, None
        return (AttemptOutcome.RESTORED if was_gone else AttemptOutcome.UNCHANGED), None
    if isinstance(result, NotModified):
        return (AttemptOutcome.RESTORED if was_gone else AttemptOutcome.UNCHANGED), "304"
    if isinstance(result, Refused):
        if result.outcome is Outcome.HTTP_GONE:
            return (AttemptOutcome.UNCHANGED if was_gone else AttemptOutcome.GONE), result.detail
        return AttemptOutcome.POSTPONED, f"{result.outcome}: {result.detail}"
    if isinstance(result, Postponed):
        return AttemptOutcome.POSTPONED, result.detail
    return AttemptOutcome.POSTPONED, f"redirects to {result.target}"


def _is_edit(row: Row[Any], new: Article, pages: OutletPages) -> bool:
    """Whether the article was edited; the outlet's other pages are looked at only where something differs."""
    texts = {"old_title": row.title, "old_body": row.body, "new_title": new.title, "new_body": new.body}
    return is_edit(**texts) and is_edit(**texts, furniture=pages.furniture(row.source_id, beside=row.article_id))


def _write(connection: Connection, verdicts: Sequence[_Verdict], captures: Mapping[int, int]) -> None:
    revised = _with(verdicts, AttemptOutcome.REVISED)
    if revised:
        rows = rows_json(_revised_row(verdict, verdict.edited, captures) for verdict in revised if verdict.edited)
        connection.execute(query("revise_articles"), {"rows": rows})
        _publish(connection, revised, reason="publisher_edit", change="revise")
        connection.execute(query("add_unmatched"), {"article_ids": _ids(revised)})
    for outcome, statement, reason, change in (
        (AttemptOutcome.GONE, "mark_gone", "gone", "gone"),
        (AttemptOutcome.RESTORED, "mark_restored", "restored", "restore"),
    ):
        if found := _with(verdicts, outcome):
            connection.execute(query(statement), {"article_ids": _ids(found)})
            _publish(connection, found, reason=reason, change=change)


def _publish(connection: Connection, verdicts: Sequence[_Verdict], *, reason: str, change: str) -> None:
    connection.execute(query("add_revisions"), {"article_ids": _ids(verdicts), "reason": reason})
    connection.execute(query("add_changes"), {"article_ids": _ids(verdicts), "kind": change})


def _revised_row(verdict: _Verdict, article: Article, captures: Mapping[int, int]) -> dict[str, Any]:
    request = verdict.item.request
    return {
        "article_id": verdict.article_id,
        **text_facts(article, language=request.source.language, capture_id=captures.get(request.url_id)),
    }


def _next_date(verdict: _Verdict, looks: LookPlan | None) -> dict[str, Any]:
    result, now = verdict.item.result, verdict.item.finished_at
    postponed = isinstance(result, Postponed)
    planned = looks and looks.next_look(verdict.out_at, now)
    return {
        "article_id": verdict.article_id,
        "due_at": result.retry_at if isinstance(result, Postponed) else planned or "infinity",
        "checks": verdict.checks if postponed else verdict.checks + 1,
        "read": isinstance(result, Article),
        **vars(verdict.item.validators),
    }


def _with(verdicts: Sequence[_Verdict], outcome: AttemptOutcome) -> list[_Verdict]:
    return [verdict for verdict in verdicts if verdict.outcome is outcome]


def _ids(verdicts: Sequence[_Verdict]) -> list[int]:
    return [verdict.article_id for verdict in verdicts]
