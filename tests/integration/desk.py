"""A store with sources in it, for the tests of claims and loads."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any

from asking import rows
from builders import candidates, poll_result, source
from sqlalchemy import Engine

from pipeline.records import Batch, Candidate, Finished, Run, Tally
from pipeline.settings import Settings
from pipeline.store.frontier import Frontier
from pipeline.store.loading import Loader
from pipeline.store.polls import Polls
from pipeline.store.runs import Runs
from pipeline.store.sources import Sources


class Desk:
    """One worker's view of a database."""

    def __init__(self, engine: Engine, **changed: Any) -> None:
        self.engine = engine
        self.settings = Settings(**changed)
        self.frontier = Frontier(engine, self.settings)
        self.polls = Polls(engine)
        self.loader = Loader(engine, self.settings)
        self.run_id = uuid.uuid4()
        Runs(engine).start(Run(run_id=self.run_id, flow="test", code_version="test"))

    def add_source(self, slug: str, stories: range, *, urls: Sequence[str] = ()) -> None:
        """A source whose feed has been polled once, and showed these stories and URLs."""
        Sources(self.engine).sync([source(slug)])
        batch = self.claim()
        found = (*candidates(slug, stories), *(Candidate(url=url) for url in urls))
        for endpoint in batch.endpoints:
            self.polls.finish(poll_result(endpoint, found), token=batch.token, run_id=self.run_id)
        self.release(batch)

    def claim(self) -> Batch:
        """The next batch; there must be one."""
        batch = self.frontier.claim(clock_now=time.monotonic())
        assert batch is not None
        return batch

    def release(self, batch: Batch) -> None:
        for lease in batch.hosts:
            self.frontier.release(lease, pause_seconds=0)

    def load(self, batch: Batch, *work: Finished) -> Tally:
        return self.loader.load(work, token=batch.token, run_id=self.run_id)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """What the tables say."""
        return rows(self.engine, statement, **values)
