"""An ingest process for the chaos tests: `python chaos_worker.py DATABASE_URL SETTINGS_JSON MODE [CONTROL]`.

MODE `polls` polls what is due and leaves the pages; `pages` drains everything; `stop:N` drains too, but stops itself (SIGSTOP) just before
its N-th load, as a process that the system holds up at the worst moment; `hold:N` stops itself just before its N-th request, when all that
is left is the look at the lease. The CONTROL `unfenced` takes the fencing out, `unleased` that look.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, text

from pipeline.errors import DatabaseDownError
from pipeline.fetch import pacing
from pipeline.records import Article, Batch, Finished, HostLease, Purpose, Refused, Run, Tally
from pipeline.settings import Settings, load_settings
from pipeline.steps import visit
from pipeline.steps.clock import lease_clock
from pipeline.steps.patience import once_it_answers
from pipeline.steps.shift import Shift, heartbeat
from pipeline.steps.workplace import Workplace, open_workplace
from pipeline.store import queries
from pipeline.store.database import open_engine, transaction
from pipeline.store.frontier import Frontier, Waiting
from pipeline.store.loading import Loader
from pipeline.store.runs import Runs

_DUE_ENDPOINTS = text(
    "SELECT count(*) AS due, count(*) FILTER (WHERE lease_until IS NULL OR lease_until < now()) AS free"
    " FROM news.endpoint JOIN news.host USING (host) WHERE retired_at IS NULL AND next_poll_at <= now()"
)


class PollsOnly(Frontier):
    """Hands out endpoints only, and says that nothing is due when all have been polled."""

    def claim(self, *, clock_now: float) -> Batch | None:
        if not self._endpoints().free:
            return None
        batch = super().claim(clock_now=clock_now)
        return batch and replace(batch, pages=())

    def waiting(self) -> Waiting:
        return Waiting(seconds=0.2 if self._endpoints().due else None, leased=0)

    def _endpoints(self) -> Any:
        with transaction(self._engine) as connection:
            return connection.execute(_DUE_ENDPOINTS).one()


class StoppingLoader(Loader):
    """Stops its own process before the `number`-th load by which pages end: of others a late one changes nothing."""

    def __init__(self, engine: Engine, settings: Settings, number: int) -> None:
        super().__init__(engine, settings)
        self._before = number

    def load(self, finished: Sequence[Finished], *, token: int, run_id: uuid.UUID) -> Tally:
        if any(item.request.purpose is Purpose.ARTICLE and isinstance(item.result, Article | Refused) for item in finished):
            self._before -= 1
            if self._before == 0:
                os.kill(os.getpid(), signal.SIGSTOP)
        return super().load(finished, token=token, run_id=run_id)


def take_fencing_out() -> None:
    """The control: every statement writes whether the token still holds its rows or not."""
    known = queries.all_queries()
    for name in ("fence_pages", "finish_pages", "postpone_pages"):
        for fence in ("url.lease_token = :token AND url.outcome IS NULL", "lease_token = :token AND outcome IS NULL"):
            known[name] = known[name].replace(fence, "CAST(:token AS bigint) IS NOT NULL")
        if "lease_token = :token" in known[name]:
            raise RuntimeError(f"{name} is worded differently now: its fence is still there")


def stop_before_request(number: int, *, unleased: bool) -> None:
    """Stop this process before its `number`-th request; `unleased`: the control, which sends whatever is left of the lease."""
    asked = 0

    def may_send(lease: HostLease, clock_now: float, deadline_seconds: float) -> bool:
        nonlocal asked
        asked += 1
        if asked == number:
            os.kill(os.getpid(), signal.SIGSTOP)
            clock_now = lease_clock()  # the stop might have come a moment earlier just as well
        return unleased or pacing.may_send(lease, clock_now, deadline_seconds)

    visit.may_send = may_send


def _equip(workplace: Workplace, engine: Engine, settings: Settings, mode: str) -> Workplace:
    if mode == "polls":
        return replace(workplace, frontier=PollsOnly(engine, settings))
    if mode.startswith("stop:"):
        return replace(workplace, loader=StoppingLoader(engine, settings, int(mode.removeprefix("stop:"))))
    return workplace


async def work(settings: Settings, engine: Engine, mode: str) -> list[str]:
    """Drain; returns why batches broke off."""
    run = Run(run_id=uuid.uuid4(), flow="chaos", code_version="test")
    await once_it_answers(lambda: Runs(engine).start(run))
    async with open_workplace(settings, engine, run.run_id) as opened:
        workplace = _equip(opened, engine, settings, mode)
        shift = Shift(workplace, ends_at=None)
        async with heartbeat(workplace):
            await asyncio.gather(*(shift.work_lane() for _ in range(settings.lanes)))
        try:
            workplace.runs.end(run.run_id, "completed")
        except DatabaseDownError:
            logging.warning("the run's row stays open: the database is away")
    return shift.errors


def main() -> int:
    """0: nothing is due any more. 1: batches broke off by an error, which the standard error names."""
    database, given, mode, *control = sys.argv[1:]
    logging.basicConfig(level=logging.WARNING, format=f"{os.getpid()} %(relativeCreated)d %(levelname)s %(message)s")
    if "unfenced" in control:
        take_fencing_out()
    if mode.startswith("hold:"):
        stop_before_request(int(mode.removeprefix("hold:")), unleased="unleased" in control)
    engine = open_engine(database)
    errors = asyncio.run(work(load_settings(**json.loads(given)), engine, mode))
    engine.dispose()
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
