"""`dateline up`: everything on real outlets."""

from __future__ import annotations

import typer

from cli.context import settings_of
from cli.local import run_locally
from cli.sourcefile import SourceFile, read_source_file

app = typer.Typer(add_completion=False)


@app.command()
def up(ctx: typer.Context, sources: SourceFile = None) -> None:
    """Run everything on the real outlets of sources.toml: Postgres, Prefect with its UI, a worker.

    A first run loads what is current, at each host's pace; then shifts follow on schedule until Ctrl-C.
    """
    raise typer.Exit(run_locally(settings_of(ctx), sources=read_source_file(sources)))
