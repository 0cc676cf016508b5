"""`dateline scorecard`: the judgement on the simulated press."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.database import open_desk
from cli.judgement import judge, print_scorecard
from cli.options import JsonFlag
from cli.output import print_json

app = typer.Typer(add_completion=False)


@app.command()
def scorecard(
    ctx: typer.Context,
    press: Annotated[
        Path | None, typer.Option("--press", metavar="FOLDER", help="The folder of the press; default: press in the data folder.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare the database, and how pages were fetched, with the truth of the simulated press. Exit status 1 unless it holds.

    Articles missing, doubled, with a wrong text, title, author or date; requests against robots.txt or faster than the pace.
    """
    with open_desk(ctx) as desk:
        found = judge(desk.engine, press or desk.settings.data_folder / "press")
    if as_json:
        print_json({"holds": found.holds, **vars(found)})
    else:
        print_scorecard(found)
    raise typer.Exit(0 if found.holds else 1)
