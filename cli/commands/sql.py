"""`dateline sql`: questions in SQL."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from cli.database import Desk, open_desk
from cli.errors import complain
from cli.options import JsonFlag
from cli.output import counted, note, print_json, print_rows, print_table, say
from pipeline.errors import DatabaseRefusedError
from pipeline.store.catalogue import catalogue
from pipeline.store.database import first_line, open_engine, sqlstate
from pipeline.store.embedded import EmbeddedPostgres

app = typer.Typer(add_completion=False)

_READER = "dateline_reader"
_NOTHING = re.compile(r"(?:[\s;]|--[^\n]*+|/\*.*?\*/)*+", re.DOTALL)  # blanks and comments
_SEVERAL = "cannot insert multiple commands"  # into a prepared statement: Postgres's words
_SHOWN_ROWS = 1000  # of a table for people; --json prints all


@app.command()
def sql(
    ctx: typer.Context,
    query: Annotated[
        str | None,
        typer.Argument(metavar="STATEMENT", help="A statement; `-` reads it from standard input. Without one, a shell starts."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Let statements change the database.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask the database in SQL, read-only as long as `--write` is not given.

    Without a statement this is psql, where there is one (the embedded Postgres brings its own), else a small shell.
    """
    if query is None and as_json:
        raise typer.BadParameter("it needs a statement: a shell prints no JSON", param_hint="--json")
    with open_desk(ctx) as desk:
        if query is None and (psql := _find_psql(desk)):
            raise typer.Exit(_run_psql(psql, desk.url, write=write))
        with _asking(desk, write=write) as engine:
            if query is None:
                _shell(engine, write=write)
            else:
                _answer(engine, sys.stdin.read() if query == "-" else query, as_json=as_json, write=write)


@contextmanager
def _asking(desk: Desk, *, write: bool) -> Iterator[Engine]:
    """An engine for what people type: as the reading role, unless they want to write."""
    engine = open_engine(desk.url, role=None if write else _READER, pool_size=1)
    try:
        yield engine.execution_options(isolation_level="AUTOCOMMIT", postgresql_readonly=not write)
    finally:
        engine.dispose()


def _answer(engine: Engine, query: str, *, as_json: bool, write: bool) -> None:
    """Run one statement and print what it gives. Raises DatabaseRefusedError; of several statements none is done."""
    if _NOTHING.fullmatch(query):
        raise DatabaseRefusedError("there is no statement in it")
    try:
        with engine.connect() as connection:
            _prepare_everything(connection)
            _print_result(connection, query, as_json=as_json)
    except DBAPIError as error:
        if sqlstate(error) == "42601" and _SEVERAL in str(error.orig):
            raise DatabaseRefusedError("one statement at a time, and nothing was done; psql takes several: `dateline sql`") from error
        hint = " (read-only; --write lets it)" if not write and sqlstate(error) in {"25006", "42501"} else ""
        raise DatabaseRefusedError(first_line(error) + hint) from error


def _prepare_everything(connection: Connection) -> None:
    """Have each statement prepared: Postgres prepares one at a time, while of several in a string it would do all and we show the first."""
    driver: Any = connection.connection.driver_connection
    driver.prepare_threshold = 0


def _print_result(connection: Connection, query: str, *, as_json: bool) -> None:
    result = connection.exec_driver_sql(query, execution_options={"no_parameters": True})  # a % of theirs is no placeholder
    if not result.returns_rows:
        say("Done." if result.rowcount < 0 else f"{counted(result.rowcount, 'row')} changed.")
        return
    columns = tuple(result.keys())
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in result])
        return
    rows = result.fetchmany(_SHOWN_ROWS)
    print_rows(columns, [tuple(row) for row in rows])
    more = result.fetchone() is not None
    note(f"the first {counted(len(rows), 'row')}; --json prints all" if more else counted(len(rows), "row"))


# -- psql ---------------------------------------------------------------------------------------


def _find_psql(desk: Desk) -> str | None:
    if isinstance(desk.server, EmbeddedPostgres) and (own := desk.server.binaries / "psql").exists():
        return str(own)
    return shutil.which("psql")


def _run_psql(psql: str, url: str, *, write: bool) -> int:
    """Run psql on the terminal and return its exit status. The password goes by the environment, where no `ps` shows it."""
    address = make_url(url)
    options = "-c search_path=news,public -c timezone=UTC" + ("" if write else f" -c role={_READER} -c default_transaction_read_only=on")
    environment = {**os.environ, "PGOPTIONS": options, "PGPASSWORD": str(address.password or "")}
    shown = address._replace(password=None).render_as_string()  # set() would take None for "as it is"
    mode = "read and write" if write else "read-only"
    say(f"{address.database} on {address.host}:{address.port}, {mode}; \\d lists tables and views, \\q ends.")
    command = [psql, "--no-psqlrc", "--quiet", f"--dbname={shown}"]
    return int(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603  # our own command, no shell


# -- a shell for machines without psql ------------------------------------------------------------


def _shell(engine: Engine, *, write: bool) -> None:
    """Read statements that end with a semicolon and print what they give, until `\\q` or the end of input."""
    with suppress(ImportError):
        import_module("readline")  # line editing, where Python has it
    say("Statements end with a semicolon; \\d lists tables and views, \\q ends.")
    for statement in _statements():
        if statement == "\\d":
            print_table("", ("name", "what"), [(one.name, one.comment) for one in catalogue(engine)])
            continue
        try:
            _answer(engine, statement, as_json=False, write=write)
        except DatabaseRefusedError as error:
            complain(str(error))


def _statements() -> Iterator[str]:
    lines: list[str] = []
    while True:
        try:
            line = input("      -> " if lines else "dateline> ")
        except EOFError:
            return
        if line.strip() == "\\q":
            return
        if line.strip() == "\\d" and not lines:
            yield "\\d"
            continue
        lines.append(line)
        if line.rstrip().endswith(";"):
            yield "\n".join(lines)
            lines = []
