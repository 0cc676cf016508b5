"""The connection to Postgres breaks at a COMMIT: before it arrives, or after it and before its answer (FAULTS.md row 4)."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable, Sequence

from builders import article, candidates, finished, poll_result, source
from chaos_proxy import Cut, CuttingProxy
from chaos_tables import Contents, comparable, differences, empty_tables, read_tables
from sqlalchemy import Engine, text

from pipeline.errors import DatabaseDownError
from pipeline.records import Article, Finished, Outcome, Refused, Run, Tally
from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.frontier import Frontier
from pipeline.store.loading import Loader
from pipeline.store.polls import Polls
from pipeline.store.runs import Runs
from pipeline.store.sources import Sources

_STORIES = range(4)
_EXPIRE = text("UPDATE news.host SET lease_until = now() - interval '1 second' WHERE lease_token IS NOT NULL")
_OUTCOMES_FIRST = text(
    "UPDATE news.url SET outcome = 'too_short', finished_at = now(), lease_token = NULL WHERE url_id = ANY(CAST(:ids AS bigint[]))"
)


class SplitLoader(Loader):
    """The protection taken out: the outcomes are committed first, what they promise in a second transaction."""

    def load(self, finished: Sequence[Finished], *, token: int, run_id: uuid.UUID) -> Tally:
        try:
            with self._engine.begin() as connection:
                connection.execute(_OUTCOMES_FIRST, {"ids": [item.request.url_id for item in finished]})
            with self._engine.begin() as connection:
                self._load(connection, finished, token, run_id)
        except Exception as error:
            raise DatabaseDownError(str(error)) from error
        return Tally()


class Worker:
    """Polls, claims and loads over one engine until nothing is due; a broken connection costs it its batch."""

    def __init__(self, engine: Engine, loader_type: type[Loader], run_id: uuid.UUID) -> None:
        settings = Settings(recheck=False)
        self._frontier, self._polls, self._loader = Frontier(engine, settings), Polls(engine), loader_type(engine, settings)
        self._run_id = run_id

    def work_batch(self) -> bool:
        """False: nothing is due. Raises DatabaseDownError."""
        batch = self._frontier.claim(clock_now=time.monotonic())
        if batch is None:
            self._loader.match()
            return False
        for endpoint in batch.endpoints:
            self._polls.finish(poll_result(endpoint, candidates("beacon", _STORIES), minutes=600), token=batch.token, run_id=self._run_id)
        self._loader.load([finished(page, _result(page.url)) for page in batch.pages], token=batch.token, run_id=self._run_id)
        self._loader.match()
        for lease in batch.hosts:
            self._frontier.release(lease, pause_seconds=0)
        return True


def _result(url: str) -> Article | Refused:
    number = int(url.rsplit("/", 1)[1])
    return Refused(outcome=Outcome.HTTP_GONE, detail="404") if number == 3 else article(number)


def _at(number: int, cut: Cut) -> Callable[[], Cut]:
    """A judge that cuts the `number`-th COMMIT."""
    commits = itertools.count(1)
    return lambda: cut if next(commits) == number else Cut.NONE


def _ingest(database: str, judge: Callable[[], Cut], loader_type: type[Loader]) -> tuple[int, Contents]:
    """Work to the end through a proxy; a batch that broke is claimed again when its lease is over. Returns the cuts and the tables."""
    direct, run_id = open_engine(database), uuid.uuid4()
    empty_tables(direct)
    Runs(direct).start(Run(run_id=run_id, flow="test", code_version="test"))
    Sources(direct).sync([source("beacon")])
    with CuttingProxy(database, judge) as proxy:
        engine = open_engine(proxy.database_url)
        worker = Worker(engine, loader_type, run_id)
        more = True
        while more:
            try:
                more = worker.work_batch()
            except DatabaseDownError:
                with direct.begin() as connection:
                    connection.execute(_EXPIRE)
        engine.dispose()
    found = comparable(read_tables(direct))
    direct.dispose()
    return proxy.cuts, found


def test_a_cut_at_any_commit_leaves_the_same_tables(database: str) -> None:
    _, wanted = _ingest(database, lambda: Cut.NONE, Loader)
    assert wanted["article"].total() == 3
    reached = 0
    for number, cut in itertools.product(range(1, 30), (Cut.BEFORE, Cut.AFTER)):
        cuts, found = _ingest(database, _at(number, cut), Loader)
        if not cuts:
            break
        reached += 1
        assert differences(wanted, found) == {}, f"COMMIT {number}: {cut.value}"
    assert reached >= 16, "the commits of a whole cycle were reached"


def test_control_without_the_one_transaction_a_cut_loses_articles(database: str) -> None:
    """Else the test above proves little."""
    articles = {_ingest(database, _at(number, Cut.BEFORE), SplitLoader)[1]["article"].total() for number in range(3, 8)}
    assert min(articles) < 3
