"""Histories of repeats, swaps and interruptions end in the same tables (FAULTS.md row 6)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from builders import article, candidates, finished, poll_result, source
from chaos_tables import Contents, comparable, differences, empty_tables, read_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from pipeline.errors import LeaseLostError
from pipeline.records import Article, Batch, Endpoint, Finished, MovedAway, Outcome, Postponed, Refused, Run
from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.frontier import Frontier
from pipeline.store.loading import Loader
from pipeline.store.polls import Polls
from pipeline.store.runs import Runs
from pipeline.store.sources import Sources

_STORIES = range(6)
_SLUGS = ("beacon", "herald")
_EXPIRE = text("UPDATE news.host SET lease_until = now() - interval '1 second' WHERE lease_token IS NOT NULL")
_SETTLED = text("SELECT bool_and(balanced AND open = 0) FROM news.v_ledger")
# What a history is made of: a step, and a number that decides its order and its victims.
_STEPS = st.lists(
    st.tuples(st.sampled_from(["claim", "poll", "load", "load", "again", "late", "release", "expire", "postpone"]), st.integers(0, 99)),
    max_size=25,
)


class Newsroom:
    """Workers that do everything right, in any order, some of it twice; each keeps every batch that it ever had."""

    def __init__(self, engine: Engine) -> None:
        configured = Settings(recheck=False, batch_hosts=2, batch_pages=3)
        self._frontier, self._polls, self._loader = Frontier(engine, configured), Polls(engine), Loader(engine, configured)
        self._engine, self._run_id = engine, uuid.uuid4()
        self._batches: list[Batch] = []
        self._work: list[tuple[Batch, list[Finished]]] = []
        empty_tables(engine)
        Runs(engine).start(Run(run_id=self._run_id, flow="test", code_version="test"))
        Sources(engine).sync([source(slug) for slug in _SLUGS])

    def step(self, name: str, number: int) -> None:
        """One step; nothing where there is nothing to do it with."""
        steps: dict[str, Callable[[Random], None]] = {
            "claim": self.claim, "poll": self.poll, "load": self.load, "again": self.load_again, "late": self.load_old,
            "release": self.release, "expire": self.expire, "postpone": self.postpone,
        }  # fmt: skip
        if name == "claim" or self._batches:
            steps[name](Random(number))

    def settle(self) -> None:
        """Go on without disturbance until nothing is open."""
        random = Random(0)
        for _ in range(100):
            self.expire(random)
            batch = self._frontier.claim(clock_now=time.monotonic())
            if batch is None:
                break
            self._batches.append(batch)
            self.poll(random)
            self._store(batch, [finished(page, _result(page.url)) for page in batch.pages])
            self.release(random)
        self._loader.match()
        with self._engine.begin() as connection:
            assert connection.execute(_SETTLED).scalar_one()

    # -- steps

    def claim(self, random: Random) -> None:
        batch = self._frontier.claim(clock_now=time.monotonic())
        if batch is not None:
            self._batches.append(batch)

    def poll(self, random: Random) -> None:
        for endpoint in self._batches[-1].endpoints:
            self._poll(endpoint, self._batches[-1].token, random)

    def _poll(self, endpoint: Endpoint, token: int, random: Random) -> None:
        found = list(candidates(endpoint.source.slug, _STORIES))
        random.shuffle(found)
        try:
            self._polls.finish(poll_result(endpoint, tuple(found), minutes=600), token=token, run_id=self._run_id)
        except LeaseLostError:
            return

    def load(self, random: Random) -> None:
        batch = self._batches[-1]
        pages = random.sample(batch.pages, random.randint(0, len(batch.pages)))
        self._store(batch, [finished(page, _result(page.url)) for page in pages])

    def postpone(self, random: Random) -> None:
        batch, now = self._batches[-1], datetime.now(UTC)
        later = Postponed(detail="503", retry_at=now, spends_try=True)
        self._store(batch, [finished(page, later) for page in batch.pages if random.random() < 0.5])

    def load_again(self, random: Random) -> None:
        if self._work:
            self._store(*self._work[-1])

    def load_old(self, random: Random) -> None:
        if self._work:
            self._store(*random.choice(self._work))

    def release(self, random: Random) -> None:
        for lease in random.sample(self._batches[-1].hosts, len(self._batches[-1].hosts)):
            self._frontier.release(lease, pause_seconds=0)

    def expire(self, random: Random) -> None:
        with self._engine.begin() as connection:
            connection.execute(_EXPIRE)

    def _store(self, batch: Batch, work: list[Finished]) -> None:
        self._work.append((batch, work))
        self._loader.load(work, token=batch.token, run_id=self._run_id)
        self._loader.match()


def _result(url: str) -> Article | Refused | MovedAway:
    """What a page comes to, whoever asks and when: two outlets share one text, one page moved to the other outlet, one is gone."""
    number = int(url.rsplit("/", 1)[1])
    if number == 3:
        return Refused(outcome=Outcome.HTTP_GONE, detail="404")
    if number == 4 and "beacon" in url:
        return MovedAway(target="https://www.herald.test/news/1", permanent=True)
    return article(number, body=None if number == 0 else f"{url} says\n\nmore than others do")


@pytest.fixture(scope="module")
def engine(server, _template) -> Iterator[Engine]:
    """An engine on a database for all histories of this module, emptied between them."""
    name = f"{_template}_histories"
    server.copy_database(_template, name)
    engine = open_engine(server.connection_url(name))
    yield engine
    engine.dispose()
    server.drop_database(name)


def _contents(engine: Engine) -> Contents:
    """The tables, but for how often each endpoint was polled: a poll that is made twice counts twice."""
    tables = read_tables(engine)
    return comparable({**tables, "endpoint": [row | {"polls": 0} for row in tables["endpoint"]]})


@pytest.fixture(scope="module")
def wanted(engine: Engine) -> Contents:
    """The tables after a history in which nothing happened."""
    Newsroom(engine).settle()
    return _contents(engine)


def _check(engine: Engine, wanted: Contents, history: list[tuple[str, int]]) -> None:
    newsroom = Newsroom(engine)
    for step in history:
        newsroom.step(*step)
    newsroom.settle()
    assert differences(wanted, _contents(engine)) == {}


@given(history=_STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_any_history_ends_in_the_same_tables(engine: Engine, wanted: Contents, history: list[tuple[str, int]]) -> None:
    _check(engine, wanted, history)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a history that fails, beside the tables
@given(history=_STEPS)
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
def test_a_thousand_histories_end_in_the_same_tables(engine: Engine, wanted: Contents, history: list[tuple[str, int]]) -> None:
    _check(engine, wanted, history)


def test_the_undisturbed_history_has_something_of_everything(wanted: Contents) -> None:
    assert wanted["article"].total() == 9
    assert wanted["edge"].total() == 1
    assert wanted["url"].total() == 12
