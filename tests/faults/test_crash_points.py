"""A worker killed at each statement boundary: the tables end as without the kill (FAULTS.md row 1)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

import pytest
from sqlalchemy import Engine, text

from pipeline.store.database import open_engine

_WORKER = Path(__file__).with_name("crashing_worker.py")
_KILLED = -9
_CONTENTS = (
    "SELECT url, outcome, outcome_detail, article_id FROM news.url ORDER BY url",
    "SELECT article_id, canonical_url, title, body, revision_no, status FROM news.article ORDER BY 1",
    "SELECT article_id, revision_no, reason, body FROM news.revision ORDER BY 1, 2",
    "SELECT url, article_id FROM news.url_alias ORDER BY 1",
    "SELECT kind, article_id FROM news.change ORDER BY 2, 1",
    "SELECT count(*) FROM news.unmatched",
    "SELECT outcome, count(*) FROM news.attempt GROUP BY 1 ORDER BY 1",
)


_TABLES = text(
    "SELECT string_agg(format('news.%I', relname), ', ') FROM pg_class"
    " WHERE relnamespace = 'news'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
)
_EXPIRE = text("UPDATE news.host SET lease_until = now() - interval '1 second' WHERE lease_token IS NOT NULL")
_AT_ONCE = 3
Contents = list[list[object]]


class Desk:
    """A database, emptied for each trial, and a process that forks a worker on it on demand."""

    def __init__(self, database: str, starter: subprocess.Popen[str]) -> None:
        self._database, self._starter = database, starter
        self._engine: Engine = open_engine(database)

    def empty(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {connection.execute(_TABLES).scalar_one()} RESTART IDENTITY"))

    def run(self, statement: int, *control: str) -> int:
        """The exit status of a worker that kills itself at a statement (0: never)."""
        assert self._starter.stdin and self._starter.stdout
        self._starter.stdin.write(f"{self._database} {statement} {' '.join(control)}\n")
        self._starter.stdin.flush()
        return int(self._starter.stdout.readline())

    def expire_leases(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(_EXPIRE)

    def contents(self) -> Contents:
        with self._engine.begin() as connection:
            return [[tuple(row) for row in connection.execute(text(statement))] for statement in _CONTENTS]

    def close(self) -> None:
        self._engine.dispose()
        assert self._starter.stdin
        self._starter.stdin.close()


class Desks:
    """Some desks, each for one trial at a time."""

    def __init__(self, desks: list[Desk]) -> None:
        self._free: SimpleQueue[Desk] = SimpleQueue()
        for desk in desks:
            self._free.put(desk)

    def killed_then_finished(self, statement: int, *control: str) -> Contents | None:
        """Kill a worker at a statement, then let another one finish; None when it ended before the statement came."""
        desk = self._free.get()
        try:
            desk.empty()
            if desk.run(statement, *control) != (_KILLED if statement else 0):
                return None
            desk.expire_leases()
            assert desk.run(0) == 0
            return desk.contents()
        finally:
            self._free.put(desk)

    def killed_at_each(self, statements: Iterable[int], *control: str) -> dict[int, Contents]:
        """By statement, what the tables hold after a kill there; statements that never came are left out."""
        statements = list(statements)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(lambda number: self.killed_then_finished(number, *control), statements)
            return {number: contents for number, contents in zip(statements, found, strict=True) if contents is not None}


@pytest.fixture(scope="module")
def desks(server, _template) -> Iterator[Desks]:
    with ExitStack() as stack:
        made = []
        for number in range(_AT_ONCE):
            name = f"{_template}_{number}"
            server.copy_database(_template, name)
            stack.callback(server.drop_database, name)
            command, pipe = [sys.executable, str(_WORKER)], subprocess.PIPE
            starter = stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
            made.append(Desk(server.connection_url(name), starter))
            stack.callback(made[-1].close)
        yield Desks(made)


@pytest.mark.timeout(240)
def test_a_kill_at_any_statement_leaves_the_same_tables(desks) -> None:
    wanted = desks.killed_then_finished(0)
    found = desks.killed_at_each(range(1, 90, 3))
    assert len(found) >= 20, "the statements of a whole cycle were reached"
    for number, contents in found.items():
        assert contents == wanted, f"after a kill at statement {number}"


@pytest.mark.timeout(240)
def test_control_without_the_one_transaction_articles_are_lost(desks) -> None:
    """The same kills with the load split in two must lose rows: else the test above proves little."""
    rows = [len(contents[1]) for contents in desks.killed_at_each(range(25, 60, 3), "split").values()]
    assert min(rows) < max(rows) == 3
