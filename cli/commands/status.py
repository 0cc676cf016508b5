"""`dateline status`: how things stand."""

from __future__ import annotations

from datetime import datetime

import typer

from cli.database import open_desk
from cli.ledger import ledger_line, print_ledger
from cli.options import JsonFlag
from cli.output import ago, print_json, print_table, say
from cli.sourcefile import NO_SOURCES
from pipeline.store.database import database_now
from pipeline.store.reading import Reader
from pipeline.store.rows import IncidentRow, LedgerRow, Status

app = typer.Typer(add_completion=False)


@app.command()
def status(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Show how things stand: the ledger, the queue, open incidents, what waits and why, endpoints in trouble, the last runs."""
    with open_desk(ctx) as desk:
        reader = Reader(desk.engine)
        total, by_source, now_is = reader.ledger_total(), reader.ledger_by_source(), reader.status()
        now = database_now(desk.engine)
    if as_json:
        print_json({"ledger": total, "sources": by_source, **vars(now_is)})
        return
    _print(total, by_source, now_is, now)


def _print(total: LedgerRow, by_source: tuple[LedgerRow, ...], found: Status, now: datetime) -> None:
    if not by_source:
        say(NO_SOURCES)
        return
    print_ledger(by_source)
    say()
    say(f"Ledger: {ledger_line(total)}", style="green" if total.balanced else "red")
    queue = found.queue
    say(
        f"Queue: {queue.due:,} due, {queue.waiting:,} waiting, {queue.leased:,} leased on {queue.hosts_leased:,} hosts; "
        f"{queue.rechecks_due:,} rechecks due, {queue.unmatched:,} articles to be compared"
    )
    print_table(
        "Open incidents",
        ("since", "what", "where", "detail"),
        [(ago(row.opened_at, now), row.kind, _where(row), row.detail) for row in found.incidents],
    )
    print_table("What waits", ("urls", "reason", "next"), [(row.urls, row.reason, ago(row.next_at, now)) for row in found.reasons])
    print_table(
        "Hosts that wait",
        ("host", "urls", "until", "reason"),
        [(row.host, row.urls, ago(row.until, now), row.reason) for row in found.blocked],
    )
    print_table(
        "Endpoints in trouble",
        ("source", "kind", "url", "failures", "last answer", "last read"),
        [(row.source, row.kind, row.url, row.failures, row.status, ago(row.last_ok_at, now) or "never") for row in found.failing],
    )
    print_table(
        "Last runs",
        ("started", "flow", "state", "last sign of life", "run"),
        [(ago(row.started_at, now), row.flow, row.state, ago(row.heartbeat_at, now), row.run_id) for row in found.runs],
    )


def _where(incident: IncidentRow) -> str:
    return incident.endpoint or incident.source or incident.host or "here"
