"""`dateline maintain`: the daily upkeep, without a Prefect server."""

from __future__ import annotations

import typer

from cli.database import open_desk
from cli.errors import complain
from cli.options import JsonFlag
from cli.output import error_console, print_json, say
from flows.reports import upkeep_line
from pipeline.steps.clock import DatabaseClock
from pipeline.steps.upkeep import do_upkeep

app = typer.Typer(add_completion=False)


@app.command()
def maintain(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Do the daily upkeep now: partitions ahead, what is past its retention, files that nothing refers to. Safe to repeat.

    The deployment `maintain` does the same every day; so no Prefect server is needed. Exit status 1 when something needs a person's eye.
    """
    with open_desk(ctx) as desk, error_console().status("Keeping up: partitions, retention, furniture, archive"):
        report = do_upkeep(desk.settings, desk.engine, now=DatabaseClock.of(desk.engine)())
    if as_json:
        print_json(report)
    else:
        say(upkeep_line(report))
    for alarm in report.alarms:
        complain(alarm)
    raise typer.Exit(1 if report.alarms else 0)
