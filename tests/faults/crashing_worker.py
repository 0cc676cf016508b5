"""Workers that poll, claim and load without the network, and kill themselves at one statement.

    python crashing_worker.py

reads lines `URL STATEMENT [split]`, forks a worker for each (so that a kill does not cost a start of Python) and answers with its exit
status. STATEMENT counts every statement and commit that goes to the database; 0: never. With `split` the protection under test is taken
out: outcomes are committed before the rows that they promise.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from builders import article, candidates, finished, poll_result, source  # noqa: E402  # the tests' folder is on the path only now
from sqlalchemy import Engine, event  # noqa: E402

from pipeline.records import Article, Finished, Outcome, Refused, Run, Tally  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.store import loading  # noqa: E402
from pipeline.store.database import open_engine  # noqa: E402
from pipeline.store.frontier import Frontier  # noqa: E402
from pipeline.store.polls import Polls  # noqa: E402
from pipeline.store.runs import Runs  # noqa: E402
from pipeline.store.sources import Sources  # noqa: E402

STORIES = range(4)


def kill_at(engine: Engine, number: int) -> None:
    """SIGKILL this process when its `number`-th statement or commit is about to go out."""
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)


class SplitLoader(loading.Loader):
    """The protection taken out: the outcomes are committed first, the rows that they promise in a second transaction."""

    def load(self, finished: Sequence[Finished], *, token: int, run_id: uuid.UUID) -> Tally:
        ids = [item.request.url_id for item in finished if isinstance(item.result, Article)]
        with self._engine.begin() as connection:
            statement = "UPDATE news.url SET outcome = 'too_short', finished_at = now(), lease_token = NULL WHERE url_id = ANY(%s)"
            connection.exec_driver_sql(statement, (ids,))
        with self._engine.begin() as connection:
            endings = loading.place_articles(connection, finished, {}, looks=None)
        return Tally(loaded=len(endings))


def work(engine: Engine, loader_type: type[loading.Loader]) -> None:
    """Poll, claim, load and release until nothing is due."""
    settings = Settings(recheck=False)
    run = Run(run_id=uuid.uuid4(), flow="test", code_version="test")
    Runs(engine).start(run)
    Sources(engine).sync([source("beacon")])
    frontier, polls, loader = Frontier(engine, settings), Polls(engine), loader_type(engine, settings)
    while (batch := frontier.claim(clock_now=time.monotonic())) is not None:
        for endpoint in batch.endpoints:
            polls.finish(poll_result(endpoint, candidates("beacon", STORIES), minutes=600), token=batch.token, run_id=run.run_id)
        loader.load([finished(page, _result(page.url)) for page in batch.pages], token=batch.token, run_id=run.run_id)
        loader.match()
        for lease in batch.hosts:
            frontier.release(lease, pause_seconds=0)


def _result(url: str) -> Any:
    number = int(url.rsplit("/", 1)[1])
    return Refused(outcome=Outcome.HTTP_GONE, detail="404") if number == 3 else article(number)


def run(database: str, number: str, *control: str) -> None:
    """One worker's life."""
    engine = open_engine(database)
    kill_at(engine, int(number))
    work(engine, SplitLoader if control else loading.Loader)


def main() -> None:
    open_engine("postgresql://nobody@127.0.0.1/nothing").dispose()  # imports the driver
    for line in sys.stdin:
        if (worker := os.fork()) == 0:
            run(*line.split())
            os._exit(0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
