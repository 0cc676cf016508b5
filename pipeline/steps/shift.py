"""A shift: lanes that take batch after batch until the shift is over, or, in a drain, until nothing is due."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from pipeline.errors import BatchesBrokeOffError, DatabaseDownError
from pipeline.records import Tally
from pipeline.redaction import redact
from pipeline.steps.batch import work_batch
from pipeline.steps.clock import lease_clock
from pipeline.steps.patience import PATIENCE_SECONDS, PAUSE_SECONDS
from pipeline.steps.watch import note_weather
from pipeline.steps.workplace import Workplace
from pipeline.store.runs import Runs

_log = logging.getLogger(__name__)

_ERRORS_ALLOWED = 20  # batches that break off; more, and the shift itself fails
_LOOK_SECONDS = 1.0  # an idle lane looks for work this often at least: other workers may have added some
_BEAT_SECONDS = 5.0
_ROOM_TURN = 0.1
_ROOM_SECONDS = 20.0  # by then feeds of other hosts are looked at all the same


class Shift:
    """What the lanes of one shift share."""

    def __init__(self, workplace: Workplace, *, ends_at: float | None) -> None:
        """`ends_at` is on the lease clock; None makes it a drain: it ends when nothing is due, or falls due within the drain's patience."""
        self.workplace = workplace
        self.tally = Tally()
        self.errors: list[str] = []  # batches that broke off; a shift with any is not a success
        self._ends_at = ends_at
        self._busy = 0
        self._stopped = False
        self._finished_batch = asyncio.Event()
        self._looking = asyncio.Lock()
        self._database_away_since: float | None = None

    def stop(self) -> None:
        """Let every lane end after the batch it works on."""
        self._stopped = True
        self._finished_batch.set()

    async def work_lane(self) -> Tally:
        """Work batch after batch until the shift is over. Returns what this lane stored."""
        tally = Tally()
        while not self._is_over():
            try:
                done = await self._work_one()
            except DatabaseDownError:
                await self._wait_for_database()
                continue
            except Exception as error:  # noqa: BLE001  # one batch must not end the shift; its URLs are claimed again, suspects alone
                self._note_error(error)
                continue
            self._database_away_since = None
            if done is None:
                if not await self._wait_for_work():
                    break
                continue
            tally += done
            self.tally += done
        return tally

    def _note_error(self, error: Exception) -> None:
        trace = [redact(line) for line in "".join(traceback.format_exception(error)).splitlines()]  # Postgres shows the row that it refuses
        _log.error("a batch broke off: %s", "\n".join(trace))
        first_line = str(error).partition("\n")[0]
        self.errors.append(redact(f"{type(error).__name__}: {first_line}"))
        if len(self.errors) >= _ERRORS_ALLOWED:
            raise BatchesBrokeOffError(f"{len(self.errors)}, the last one by {self.errors[-1]}") from None

    async def _work_one(self) -> Tally | None:
        """Claim a batch and work it; None when there was none."""
        await self._wait_for_room()
        self._busy += 1
        batch = None
        try:
            batch = await asyncio.to_thread(self.workplace.frontier.claim, clock_now=lease_clock())
            if batch is not None:
                worked = await work_batch(self.workplace, batch)
                for error in worked.refused:
                    self._note_error(error)
                return worked.tally
        finally:
            self._busy -= 1
            # Only an end of real work wakes the others: were they woken by every look in vain, they would look in turns for ever.
            if batch is not None:
                self._finished_batch.set()
        await asyncio.to_thread(self.workplace.loader.match)  # what a worker loaded that was killed before it compared
        return None

    async def _wait_for_room(self) -> None:
        """While fetched pages wait for a child, another batch's would only wait with them, and its hosts under a lease."""
        began = lease_clock()
        while self.workplace.slots.locked() and not self._is_over():  # a semaphore tells nobody that it has room
            if lease_clock() - began > _ROOM_SECONDS:
                return
            await asyncio.sleep(_ROOM_TURN)

    def _is_over(self) -> bool:
        return self._stopped or (self._ends_at is not None and lease_clock() >= self._ends_at)

    async def _wait_for_work(self) -> bool:
        """Sleep until something may be due; False when a drain has nothing left to wait for. Idle lanes take turns: one look serves all."""
        async with self._looking:
            return self._is_over() or await self._look_and_sleep()

    async def _look_and_sleep(self) -> bool:
        self._finished_batch.clear()
        try:
            waiting = await asyncio.to_thread(self.workplace.frontier.waiting)
        except DatabaseDownError:
            await self._wait_for_database()
            return True
        patience = self.workplace.settings.drain_patience_seconds
        if self._ends_at is None and not self._busy and (waiting.seconds is None or waiting.seconds > patience):
            self.stop()
            return False
        until_due = _LOOK_SECONDS if waiting.seconds is None else waiting.seconds
        until_end = _LOOK_SECONDS if self._ends_at is None else max(0.0, self._ends_at - lease_clock())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._finished_batch.wait(), min(max(until_due, 0.02), until_end, _LOOK_SECONDS))
        return True

    async def _wait_for_database(self) -> None:
        """A database that restarts is waited for; raises DatabaseDownError when it stays away."""
        now = lease_clock()
        self._database_away_since = self._database_away_since or now
        if now - self._database_away_since > PATIENCE_SECONDS:
            raise DatabaseDownError(f"for more than {PATIENCE_SECONDS:.0f} s")
        await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def heartbeat(workplace: Workplace) -> AsyncIterator[None]:
    """Say every few seconds that the workplace's run lives, and whether our own network is down, as long as the block lasts."""
    outage = False

    def look() -> None:
        nonlocal outage
        if outage or workplace.weather.is_ours():
            outage = note_weather(workplace.incidents, workplace.weather, was_ours=outage, now=workplace.now())

    async with beating(workplace.runs, workplace.run_id), _again_and_again(look):
        yield


@asynccontextmanager
async def beating(runs: Runs, run_id: UUID) -> AsyncIterator[None]:
    """Say every few seconds that a run lives, as long as the block lasts."""
    async with _again_and_again(lambda: runs.beat(run_id)):
        yield


@asynccontextmanager
async def _again_and_again(act: Callable[[], None]) -> AsyncIterator[None]:
    """Act in a thread, at once and every few seconds, as long as the block lasts; a database that is away is let be."""

    async def keep_acting() -> None:
        while True:
            with suppress(DatabaseDownError):
                await asyncio.to_thread(act)
            await asyncio.sleep(_BEAT_SECONDS)

    acting = asyncio.create_task(keep_acting())
    try:
        yield
    finally:
        acting.cancel()
