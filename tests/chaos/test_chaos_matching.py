"""Several matchers at once, killed at random moments, comparisons made again: no edge is missed or doubled, the clusters are the same."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chaos_crew import Crew, Plan, strike_postgres, torment
from chaos_matcher import PREPARE, addresses
from chaos_site import PROJECT
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from pipeline.store.database import open_engine
from pipeline.store.embedded import EmbeddedPostgres
from pipeline.store.matching import match_all

_STORIES = 800
_FOUND = {
    "edges": "SELECT low_id, high_id, kind, jaccard, containment, content, part, high_longer, begins, ends FROM news.edge",
    "clusters": "SELECT cluster_id, origin_id, articles, outlets, first_at, last_at FROM news.cluster",
    "members": "SELECT article_id, cluster_id, source_id, out_at, stands FROM news.cluster_member",
    "keys": "SELECT key, article_id FROM news.match_key",
}
_LEFT = text("SELECT (SELECT count(*) FROM news.unmatched) + (SELECT count(*) FROM news.unclustered), (SELECT count(*) FROM news.article)")


class _Matchers(Crew):
    """The crew of the other tests, struck at any moment: a matcher that has just begun is a victim like others."""

    def strike(self, blow: str, postgres: EmbeddedPostgres, random_numbers: random.Random) -> bool:
        if blow == "postgres":
            return strike_postgres(postgres, random_numbers)
        random_numbers.choice(self._workers).process.kill()
        return True


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """One database of stories."""

    postgres: EmbeddedPostgres
    url: str
    engine: Engine
    folder: Path

    def crew(self, size: int, *control: str) -> _Matchers:
        command = [sys.executable, str(Path(__file__).with_name("chaos_matcher.py")), self.url, str(_STORIES), *control]
        return _Matchers(command, self.folder, size, 0.0, {**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"})

    def work(self, size: int, *control: str) -> None:
        with self.crew(size, *control) as crew:
            crew.finish()
        assert crew.broken == []

    def progress(self) -> float:
        try:
            with self.engine.begin() as connection:
                left, there = connection.execute(_LEFT).one()
        except DBAPIError:
            return 0.0  # Postgres is being killed
        return min(1.0, there / _STORIES - (left > 0) * 1e-9)

    def match_what_waits(self) -> int:
        """What the next shift does with what a killed matcher had in hand; returns how many articles waited."""
        with self.engine.begin() as connection:
            left, _ = connection.execute(_LEFT).one()
        match_all(self.engine)
        return int(left)

    def found(self) -> dict[str, Counter[tuple[Any, ...]]]:
        with self.engine.begin() as connection:
            return {name: Counter(tuple(row) for row in connection.execute(text(statement))) for name, statement in _FOUND.items()}


@pytest.fixture(scope="module")
def open_desk(killable_postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], _Desk]]:
    """Makes databases of stories that nobody has loaded yet."""
    with ExitStack() as stack:

        def make() -> _Desk:
            folder = tmp_path_factory.mktemp("desk")
            name = f"matching_{folder.name}"
            killable_postgres.copy_database("chaos_template", name)
            url = killable_postgres.connection_url(name)
            engine = open_engine(url)
            stack.callback(engine.dispose)
            with engine.begin() as connection:
                connection.execute(PREPARE, {"rows": addresses(_STORIES)})
            return _Desk(postgres=killable_postgres, url=url, engine=engine, folder=folder)

        yield make


@pytest.fixture(scope="module")
def alone(open_desk: Callable[[], _Desk]) -> dict[str, Counter[tuple[Any, ...]]]:
    """What one matcher finds in peace."""
    desk = open_desk()
    desk.work(1)
    return desk.found()


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_killed_matchers_miss_no_edge_and_double_none(open_desk: Callable[[], _Desk], alone: dict[str, Counter[tuple[Any, ...]]]) -> None:
    desk = open_desk()
    with desk.crew(4) as crew:
        plan = Plan(seed=5, blows={"worker": 30, "postgres": 2}, mean_seconds=3.0)
        hit = torment(crew, plan, desk.postgres, progress=desk.progress)
    waiting = desk.match_what_waits()
    found = desk.found()
    missed, more = alone["edges"] - found["edges"], found["edges"] - alone["edges"]
    told = f"{dict(hit)} while 4 matchers compared {_STORIES} stories: of {alone['edges'].total()} edges"
    sys.stdout.write(f"\n{told} {missed.total()} missed, {more.total()} more; {waiting} rows waited\n")
    assert crew.broken == []
    assert hit["worker"] >= 20, "enough were killed before the work was done"
    assert len(alone["edges"]) > _STORIES
    assert found == alone


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_control_with_look_up_in_the_transaction_of_the_keys_edges_are_missed(
    open_desk: Callable[[], _Desk], alone: dict[str, Counter[tuple[Any, ...]]]
) -> None:
    """Else the test above proves little."""
    desk = open_desk()
    desk.work(4, "one-transaction")
    missed = alone["edges"] - desk.found()["edges"]
    sys.stdout.write(f"\n{missed.total()} of {alone['edges'].total()} edges missed\n")
    assert missed.total() > 0
