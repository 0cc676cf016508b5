"""Rebuilds articles from the archive under a progress bar."""

from __future__ import annotations

import asyncio

from cli.database import Desk
from cli.progress import QueueProgress, shown_progress
from flows.rebuild_reports import rebuild_line
from pipeline.steps.furniture import read_snapshots
from pipeline.steps.reextract import Progress, Rebuilding, Sample, Sink
from pipeline.steps.workshop import Workshop
from pipeline.store.reextracting import Reextraction


async def rebuild(desk: Desk, sample: Sample, sink: Sink) -> Progress:
    """Rebuild the sample and hand it to `sink` chunk by chunk; returns what it came to."""
    async with Workshop(desk.settings, snapshots=read_snapshots(desk.settings, desk.engine)) as workshop:
        work = Rebuilding(workshop, Reextraction(desk.engine), desk.settings, sample, sink)

        async def look(bar: QueueProgress) -> None:
            bar.show(rebuild_line(work.progress), percent=work.progress.percent)

        async with shown_progress("reextract", look):
            await asyncio.gather(*(work.work_lane() for _ in range(desk.settings.extractor_processes)))
    return work.progress
