"""Rebuilds articles from the archive under a progress bar."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cli.database import Desk
from cli.progress import QueueProgress
from flows.rebuild_reports import rebuild_line
from pipeline.steps.reextract import Progress, Rebuilding, Sample, Sink
from pipeline.steps.workshop import Workshop
from pipeline.store.reextracting import Reextraction

_LOOK_SECONDS = 0.3


async def rebuild(desk: Desk, sample: Sample, sink: Sink) -> Progress:
    """Rebuild the sample and hand it to `sink` chunk by chunk; returns what it came to."""
    async with Workshop(desk.settings) as workshop:
        work = Rebuilding(workshop, Reextraction(desk.engine), desk.settings, sample, sink)
        async with _showing(work):
            await asyncio.gather(*(work.work_lane() for _ in range(desk.settings.extractor_processes)))
    return work.progress


@asynccontextmanager
async def _showing(work: Rebuilding) -> AsyncIterator[None]:
    """A progress bar as long as the block lasts."""

    async def keep_showing(bar: QueueProgress) -> None:
        while True:
            bar.show(rebuild_line(work.progress), percent=work.progress.percent)
            await asyncio.sleep(_LOOK_SECONDS)

    with QueueProgress("reextract") as bar:
        showing = asyncio.create_task(keep_showing(bar))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.wait([showing])
