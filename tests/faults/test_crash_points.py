"""A worker killed at each statement boundary: the tables end as without the kill (FAULTS.md row 1)."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

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


def _run(database: str, statement: int, *control: str) -> int:
    return subprocess.run([sys.executable, str(_WORKER), database, str(statement), *control], check=False, capture_output=True).returncode


def _contents(database: str) -> list[list[object]]:
    engine = open_engine(database)
    with engine.begin() as connection:
        found: list[list[object]] = [[tuple(row) for row in connection.execute(text(statement))] for statement in _CONTENTS]
    engine.dispose()
    return found


def _expire_leases(database: str) -> None:
    engine = open_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE news.host SET lease_until = now() - interval '1 second' WHERE lease_token IS NOT NULL"))
    engine.dispose()


def _killed_then_finished(database: str, statement: int, *control: str) -> bool:
    """Kill a worker at a statement, then let another one finish; False when it ended before the statement came."""
    if _run(database, statement, *control) != _KILLED:
        return False
    _expire_leases(database)
    assert _run(database, 0) == 0
    return True


@pytest.fixture
def databases(server, _template):
    """As many fresh databases as are asked for."""
    made = []

    def make() -> str:
        name = f"{_template}_{len(made)}"
        server.copy_database(_template, name)
        made.append(name)
        return server.connection_url(name)

    yield make
    for name in made:
        server.drop_database(name)


@pytest.mark.timeout(240)
def test_a_kill_at_any_statement_leaves_the_same_tables(databases) -> None:
    calm = databases()
    assert _run(calm, 0) == 0
    wanted = _contents(calm)
    tried = {number: databases() for number in range(1, 90, 3)}
    with ThreadPoolExecutor(3) as pool:
        killed = dict(zip(tried, pool.map(lambda number: _killed_then_finished(tried[number], number), tried), strict=True))
    assert sum(killed.values()) >= 20, "the statements of a whole cycle were reached"
    for number in (number for number, was_killed in killed.items() if was_killed):
        assert _contents(tried[number]) == wanted, f"after a kill at statement {number}"


@pytest.mark.timeout(240)
def test_control_without_the_one_transaction_articles_are_lost(databases) -> None:
    """The same kills with the load split in two must lose rows: else the test above proves little."""
    tried = {number: databases() for number in range(25, 60, 3)}
    with ThreadPoolExecutor(3) as pool:
        killed = dict(zip(tried, pool.map(lambda number: _killed_then_finished(tried[number], number, "split"), tried), strict=True))
    rows = [len(_contents(tried[number])[1]) for number, was_killed in killed.items() if was_killed]
    assert min(rows) < max(rows) == 3
