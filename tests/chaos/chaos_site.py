"""Where chaos takes place: a database over a frozen press, the settings that make leases short, and the questions asked afterwards."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos_crew import Crew
from chaos_tables import Contents, comparable, read_tables
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from newsroom.access_log import LoggedRequest, read_log
from newsroom.courtesy import courtesy
from newsroom.findings import Finding
from newsroom.house import LOG_FILE
from newsroom.sources import AUTHORITY_FILE, RESOLVER_FILE
from pipeline.archive.warc import read_capture
from pipeline.settings import load_settings
from pipeline.store.embedded import EmbeddedPostgres

HALF = slice(None, None, 2)  # every second source
PROJECT = Path(__file__).resolve().parents[2]
_WORKER = Path(__file__).with_name("chaos_worker.py")
_ENDED_PAGES = text("SELECT count(outcome), count(*) FROM news.url")
_ENDED_POLLS = text("SELECT count(*) FILTER (WHERE next_poll_at > now() OR retired_at IS NOT NULL), count(*) FROM news.endpoint")
_UNBALANCED = text("SELECT source FROM news.v_ledger WHERE NOT balanced OR open > 0")
_TWICE = text(
    "SELECT url FROM news.attempt JOIN news.url USING (url_id)"
    " WHERE attempt.outcome NOT IN ('postponed', 'returned') AND purpose = 'article' GROUP BY url HAVING count(*) > 1"
)
_LATE = text(
    "SELECT count(*) FROM news.attempt late WHERE EXISTS (SELECT FROM news.attempt newer WHERE newer.url_id = late.url_id"
    " AND newer.purpose = late.purpose AND newer.token > late.token AND newer.attempt_id < late.attempt_id)"
)
_CAPTURES = text("SELECT warc_file, warc_offset, warc_length FROM news.capture")


@dataclass(frozen=True, kw_only=True)
class Site:
    """One database that ingests one press."""

    postgres: EmbeddedPostgres
    press: Path
    folder: Path
    database_url: str  # for the workers
    engine: Engine  # our own way in, past any proxy
    lease_seconds: float

    @property
    def settings(self) -> dict[str, Any]:
        """Short leases (a child must start and read a page within one); nothing may turn the machine's slowness into an outcome."""
        return {
            "data_folder": str(self.folder / "data"),
            "resolver_file": str(self.press / RESOLVER_FILE),
            "extra_ca_file": str(self.press / AUTHORITY_FILE),
            "user_agent": self._agent("Chaos"),
            "allow_loopback": True,
            "allow_any_port": True,
            "lease_seconds": self.lease_seconds,
            "total_deadline_seconds": self.lease_seconds / 4,
            "drain_patience_seconds": self.lease_seconds + 1,
            "lanes": 3,
            "batch_hosts": 2,
            "batch_pages": 4,
            "load_chunk": 10,
            "load_within_seconds": 1.0,
            "extractor_processes": 1,
            "default_delay_seconds": 0.1,
            "back_off_seconds": 1.0,
            "max_tries": 1000,
            "poll_floor_seconds": 3600.0,
            "horizon_days": 365.0,
        }

    def crew(self, mode: str, *, size: int, name: str = "Chaos", control: Sequence[str] = (), **changed: int) -> Crew:
        """Workers of this site; see chaos_worker.py for the modes and the control. The press knows them by `name`.

        `changed` settings are theirs alone.
        """
        settings = self.settings | {"user_agent": self._agent(name)} | changed
        command = [sys.executable, str(_WORKER), self.database_url, json.dumps(settings), mode, *control]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        return Crew(command, self.folder, size, self.lease_seconds, environment)

    def _agent(self, name: str) -> str:
        return f"{name}/1 (+https://example.org/{self.folder.name})"

    def work_calmly(self, *, size: int = 2) -> None:
        """Poll everything, then load everything, undisturbed; what a busy machine was too slow for in one drain is left to the next."""
        with self.crew("polls", size=size) as crew:
            crew.finish()
        assert not crew.broken
        while self.pages_done() < 1:
            with self.crew("pages", size=size) as crew:
                crew.finish()
            assert not crew.broken

    def polls_done(self) -> float:
        """The share of the endpoints that have been polled."""
        return self._share(_ENDED_POLLS)

    def pages_done(self) -> float:
        """The share of the URLs that have ended."""
        return self._share(_ENDED_PAGES)

    def _share(self, statement: Any) -> float:
        try:
            with self.engine.begin() as connection:
                ended, all_of_them = connection.execute(statement).one()
        except DBAPIError:
            return 0.0  # Postgres is being killed: not done yet
        return ended / all_of_them if all_of_them else 0.0

    # -- afterwards

    def contents(self) -> Contents:
        """What the tables hold, ready to be compared."""
        return comparable(read_tables(self.engine))

    def wrongs(self) -> dict[str, Any]:
        """What must not be, by name; empty when all is well.

        Sources whose ledger is open or does not balance, URLs that ended twice, attempts stored after a newer token's, requests that a
        publisher would mind (a zombie's would be among them).
        """
        with self.engine.begin() as connection:
            unbalanced = list(connection.execute(_UNBALANCED).scalars())
            twice = list(connection.execute(_TWICE).scalars())
            late = connection.execute(_LATE).scalar_one()
        found = {"unbalanced": unbalanced, "ended twice": twice, "late writes": late, "manners": self.bad_manners()}
        return {name: value for name, value in found.items() if value}

    def count(self, statement: str) -> int:
        """One number from the tables."""
        with self.engine.begin() as connection:
            return int(connection.execute(text(statement)).scalar_one())

    def requests(self, name: str = "") -> list[LoggedRequest]:
        """Ours, or those of the workers called `name`, as the press logged them, in order of their starts."""
        ending = self._agent(name)
        return sorted((one for one in read_log(self.press / LOG_FILE) if one.user_agent.endswith(ending)), key=lambda one: one.started)

    def bad_manners(self) -> list[Finding]:
        """Requests faster than the pace, before a Retry-After was over, or disallowed: what a zombie's would be."""
        return courtesy(self.requests())

    def read_archive(self) -> int:
        """Read every capture back from where the tables say it lies; returns how many. Raises ArchiveRecordError where one is not whole."""
        root = load_settings(**self.settings).archive_root
        with self.engine.begin() as connection:
            captures = connection.execute(_CAPTURES).all()
        return sum(bool(read_capture(root, *capture)) for capture in captures)
