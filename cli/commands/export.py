"""`dateline export`: articles for other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.database import open_desk
from cli.output import counted, note
from cli.outputfile import STANDARD_OUTPUT, open_output
from cli.writers import Format, Writer, open_writer, row_of
from pipeline.store.export import Exporter

app = typer.Typer(add_completion=False)

_BATCH = 500


@app.command()
def export(
    ctx: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; `-` is standard output.")] = STANDARD_OUTPUT,
    form: Annotated[
        Format | None, typer.Option("--format", help="Default: what the file's name ends with; jsonl on standard output.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="CURSOR", help="Only what changed after this cursor; 0:0 is the beginning.")
    ] = None,
    cursor_file: Annotated[
        Path | None, typer.Option("--cursor-file", help="Go on after the cursor in this file, if it is there, and keep the new one in it.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it is there.")] = False,
) -> None:
    """Write all articles, or what changed since a cursor: new ones, edits, deletions.

    A line has the article as it is now, and what happened to it in the column `change`. The next cursor is printed on standard error.
    An article may come twice around a snapshot, never not at all: store them by `article_id`.
    """
    wanted = form or _format_by_name(file)
    if wanted is Format.PARQUET and file == STANDARD_OUTPUT:
        raise typer.BadParameter("Parquet needs a file", param_hint="FILE")
    if since and cursor_file:
        raise typer.BadParameter("it can't be given together with --cursor-file", param_hint="--since")
    if cursor_file and not cursor_file.parent.is_dir():  # told before all is written
        raise FileNotFoundError(0, "there is no such folder", str(cursor_file.parent))
    if cursor_file and cursor_file.exists():
        since = cursor_file.read_text(encoding="ascii").strip()
    with open_desk(ctx) as desk, open_output(file, overwrite=overwrite) as stream:
        writer = open_writer(wanted, stream)
        exporter = Exporter(desk.engine)
        written, cursor = _write_snapshot(exporter, writer) if since is None else _write_changes(exporter, writer, since)
        writer.finish()
    if cursor_file:
        with open_output(cursor_file, overwrite=True) as stream:
            stream.write(f"{cursor}\n".encode("ascii"))
    note(f"{counted(written, 'article' if since is None else 'change')}; go on with --since {cursor}")


def _format_by_name(file: Path) -> Format:
    """JSON lines on standard output, else what the file's name ends with. Raises typer.BadParameter for another ending."""
    if file == STANDARD_OUTPUT:
        return Format.JSONL
    named = next((one for one in Format if file.suffix.lower() == f".{one}"), None)
    if named is None:
        raise typer.BadParameter(f"{file.name} ends with none of {', '.join(f'.{one}' for one in Format)}: say --format", param_hint="FILE")
    return named


def _write_snapshot(exporter: Exporter, writer: Writer) -> tuple[int, str]:
    """All articles; returns how many, and the cursor that continues after them."""
    snapshot, written = exporter.snapshot(batch=_BATCH), 0
    for articles in snapshot.batches:
        writer.write([row_of("snapshot", article.article_id, article) for article in articles])
        written += len(articles)
    return written, snapshot.cursor


def _write_changes(exporter: Exporter, writer: Writer, cursor: str) -> tuple[int, str]:
    """Every change after a cursor; returns how many, and the cursor that continues after them."""
    written = 0
    while changes := exporter.changes_since(cursor, limit=_BATCH):
        writer.write([row_of(change.kind, change.article_id, change.article) for change in changes])
        written, cursor = written + len(changes), changes[-1].cursor
    return written, cursor
