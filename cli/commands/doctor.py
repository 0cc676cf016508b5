"""`dateline doctor`: is everything as it should be?"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

import typer
from rich.text import Text

from cli.context import settings_of, unknown_variables
from cli.database import Desk, open_unchecked
from cli.options import JsonFlag
from cli.output import print_json, print_table, printable
from pipeline.errors import DataFolderError, DatelineError
from pipeline.redaction import redact
from pipeline.settings import Settings
from pipeline.steps.siterules import read_rule_folder
from pipeline.store.database import verify
from pipeline.store.health import database_facts
from pipeline.store.reading import Reader
from pipeline.store.schema import wanted_version
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False)

_SPACE_WARN, _SPACE_FAIL = 2_000_000_000, 200_000_000  # bytes: a day of 30 outlets' WARC files and rows is about 1 GB
_CLOCK_SECONDS = 5.0  # Retry-After and dates are read with our clock, leases run by the database's
_PREFECT_SECONDS = 3.0


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the report."""

    verdict: Verdict
    what: str
    found: str
    remedy: str = ""


_STYLES = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


@app.command()
def doctor(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Check that everything is as it should be; each line says what to do. Exit status 1 when something fails."""
    settings = settings_of(ctx)
    checks = [*_machine(settings), *_database(settings), _prefect(settings)]
    if as_json:
        print_json(checks)
    else:
        lines = [(Text(one.verdict, style=_STYLES[one.verdict]), one.what, one.found, one.remedy) for one in checks]
        print_table("", ("", "what", "found", "what to do"), lines)
    raise typer.Exit(1 if any(one.verdict is Verdict.FAIL for one in checks) else 0)


# -- this machine ----------------------------------------------------------------------------------


def _machine(settings: Settings) -> Iterator[Check]:
    new_enough = sys.version_info >= (3, 11)
    yield Check(
        verdict=Verdict.OK if new_enough else Verdict.FAIL,
        what="python",
        found=platform.python_version(),
        remedy="" if new_enough else "Dateline needs Python 3.11 or later",
    )
    yield _packages()
    yield _folder(settings.data_folder)
    yield from _site_rules(settings.site_rules_folder)
    for name in unknown_variables():
        yield Check(verdict=Verdict.WARN, what="settings", found=name, remedy="there is no such setting: `dateline settings` lists them")
    if "example.org" in settings.user_agent:
        yield Check(
            verdict=Verdict.WARN,
            what="contact",
            found=settings.user_agent,
            remedy="publishers want to know whom to write to: set DATELINE_USER_AGENT",
        )


def _packages() -> Check:
    wanted = [re.split(r"[ ;\[<>=!~]", line, maxsplit=1)[0] for line in requires("dateline") or () if "extra ==" not in line]
    missing = [name for name in wanted if not _is_installed(name)]
    if missing:
        return Check(
            verdict=Verdict.FAIL, what="packages", found=f"missing: {', '.join(missing)}", remedy="`make setup`, or install Dateline again"
        )
    return Check(verdict=Verdict.OK, what="packages", found=f"{len(wanted)} installed")


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _folder(folder: Path) -> Check:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(
            verdict=Verdict.FAIL,
            what="data folder",
            found=f"{folder}: {error.strerror}",
            remedy="set DATELINE_DATA_FOLDER to a folder you can write to",
        )
    verdict = Verdict.FAIL if free < _SPACE_FAIL else Verdict.WARN if free < _SPACE_WARN else Verdict.OK
    found = f"{folder.absolute()}, {free / 1e9:,.1f} GB free"
    return Check(
        verdict=verdict, what="data folder", found=found, remedy="" if verdict is Verdict.OK else "make room, or set DATELINE_ARCHIVE_DAYS"
    )


def _site_rules(folder: Path) -> Iterator[Check]:
    found = read_rule_folder(folder)
    for problem in found.problems:
        yield Check(verdict=Verdict.FAIL, what="site rules", found=printable(problem), remedy="its rules are not applied: correct the file")
    for rule in found.rules.expired(datetime.now(UTC).date()):
        yield Check(
            verdict=Verdict.WARN,
            what="site rules",
            found=f"{rule.host}: expired {rule.valid_until}",
            remedy="pages fetched since are read without it: check the site, then set a later valid_until or remove the rule",
        )
    if found.rules.by_host and not found.problems:
        yield Check(verdict=Verdict.OK, what="site rules", found=f"{len(found.rules.by_host)} in {folder}")


# -- the database -----------------------------------------------------------------------------------


def _database(settings: Settings) -> Iterator[Check]:
    remedy = "start it, or correct DATELINE_DATABASE_URL" if settings.database_url else "see postgres/postgres.log in the data folder"
    try:
        with open_unchecked(settings) as desk:
            facts = database_facts(desk.engine)
            yield Check(verdict=Verdict.OK, what="database", found=f"Postgres {facts.server_version}, {facts.bytes / 1e6:,.0f} MB")
            yield _clock(facts.now)
            yield from _contents(desk)
    except DatelineError as error:
        yield Check(verdict=Verdict.FAIL, what="database", found=str(error), remedy="" if isinstance(error, DataFolderError) else remedy)


def _clock(database_now: datetime) -> Check:
    apart = abs((datetime.now(UTC) - database_now).total_seconds())
    return Check(
        verdict=Verdict.OK if apart < _CLOCK_SECONDS else Verdict.WARN,
        what="clock",
        found=f"{apart:.1f} s from the database's",
        remedy="" if apart < _CLOCK_SECONDS else "let both machines keep time by NTP",
    )


def _contents(desk: Desk) -> Iterator[Check]:
    try:
        verify(desk.engine)
    except DatelineError as error:
        yield Check(verdict=Verdict.FAIL, what="schema", found=str(error), remedy="`dateline migrate`")
        return
    yield Check(verdict=Verdict.OK, what="schema", found=f"version {wanted_version()}")
    sources = Sources(desk.engine).all()
    reader = Reader(desk.engine)
    failing, total = reader.status().failing, reader.ledger_total()
    if not sources:
        yield Check(verdict=Verdict.WARN, what="sources", found="none", remedy="`dateline sources sync` or `dateline sources add URL`")
    for one in failing:
        found = f"{one.source}: {one.url}: {one.status or 'no answer'}"
        yield Check(verdict=Verdict.WARN, what="endpoint", found=printable(found), remedy=f"`dateline sources check {one.source}`")
    if sources and not failing:
        yield Check(verdict=Verdict.OK, what="sources", found=f"{len(sources)}, no endpoint in trouble")
    yield Check(
        verdict=Verdict.OK if total.balanced else Verdict.FAIL,
        what="ledger",
        found=f"{total.discovered:,} URLs, {'balanced' if total.balanced else 'NOT balanced'}",
        remedy="" if total.balanced else "a defect: please report it, with `dateline status --json`",
    )


# -- Prefect ---------------------------------------------------------------------------------------


def _prefect(settings: Settings) -> Check:
    """The server of PREFECT_API_URL, else the one that `dateline up` starts; asked directly, whatever proxy the environment names."""
    elsewhere = os.environ.get("PREFECT_API_URL", "").rstrip("/")
    api = elsewhere or f"http://127.0.0.1:{settings.prefect_port}/api"
    shown = redact(api)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{api}/health", timeout=_PREFECT_SECONDS) as answer:
            healthy = answer.read(100).strip() == b"true"
    except urllib.error.HTTPError:
        healthy = False
    except (OSError, ValueError):  # ValueError: not a URL
        until = "until it answers: see PREFECT_API_URL" if elsewhere else "until `dateline up`"
        return Check(verdict=Verdict.WARN, what="Prefect", found=f"no server at {shown}", remedy=f"nothing runs on schedule {until}")
    if not healthy:
        remedy = "correct PREFECT_API_URL" if elsewhere else "set DATELINE_PREFECT_PORT to a free port"
        return Check(verdict=Verdict.WARN, what="Prefect", found=f"{shown} is something else", remedy=remedy)
    return Check(verdict=Verdict.OK, what="Prefect", found=shown)
