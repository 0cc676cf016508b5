"""Runs everything on this machine, in the foreground: what `up` and `demo` have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cli.context import command_line
from cli.errors import complain
from cli.judgement import judge, print_scorecard
from cli.ledger import ledger_line
from cli.output import note, say
from cli.progress import QueueProgress
from cli.runs import print_run_ledger
from flows.local import LocalStack, PressOptions, press_folder, run_until_stopped
from flows.reports import totals_line
from pipeline.records import SourceSpec
from pipeline.settings import Settings
from pipeline.store.database import open_engine

_LOOKS = ("articles list", 'sql "TABLE v_freshness"', "status")  # commands to look at the data with


def run_locally(settings: Settings, *, press: PressOptions | None = None, sources: Sequence[SourceSpec] = (), once: bool = False) -> int:
    """Start everything, drain what is due, print the summary; then go on by schedule until Ctrl-C, or with `once` judge and end.

    Returns the exit status: 1 when the first run failed or the ledger does not balance, with `once` also when the scorecard does not hold.
    Raises what LocalStack raises.
    """
    stack = LocalStack(settings, sources=sources, press=press, tell=lambda words: note(f"· {words}"))

    async def work() -> int:
        async with stack:
            status = await _first_run(stack, demo=press is not None)
            if once:
                return max(status, _judge(stack.database_url, press_folder(stack.settings)))
            await stack.resume_shifts()
            say("Running on schedule now; Ctrl-C stops everything.")
            await stack.wait()
            return status

    status = run_until_stopped(work)
    if status is None:
        note("Stopped.")
    return status or 0


async def _first_run(stack: LocalStack, *, demo: bool) -> int:
    """Drain what is due and print what came of it. Returns 1 when something is wrong with it."""
    with QueueProgress("Waiting for the worker to start the first run") as bar:
        report = await stack.drain(lambda now: bar.show(f"{now.state}: {totals_line(now.totals)}", percent=now.percent))
    total = stack.reader.ledger_total()
    print_run_ledger(report.rows)
    say(f"Ledger: {ledger_line(total)}", style="green" if total.balanced else "red")
    if not report.completed:
        complain(f"the first run did not complete: {report.message}; its log is in the UI")
    say()
    say(f"Prefect UI: {stack.ui_url}")
    say("Look at the data:")
    for look in _LOOKS:
        say(f"  {command_line(look, demo=demo)}")
    say()
    return 0 if report.completed and total.balanced else 1


def _judge(database_url: str, press: Path) -> int:
    engine = open_engine(database_url)
    try:
        card = judge(engine, press)
    finally:
        engine.dispose()
    print_scorecard(card)
    return 0 if card.holds else 1
