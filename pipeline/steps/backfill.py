"""Queues what a source published before it was added: its sitemaps are read for a window of time, behind all news in the queue.

Begun again after an interruption it reads the sitemaps again and queues only what is missing; the pages are fetched by ingest runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pipeline.discover.window import Window, children_of_window, sift
from pipeline.errors import DatelineError
from pipeline.records import EndpointKind, EndpointSpec, Reading
from pipeline.steps.lookup import get, listed_sitemaps, problem_of
from pipeline.steps.workplace import Workplace

_ACCEPT = "application/xml,text/xml;q=0.9,*/*;q=0.5"
_MOST_SITEMAPS = 5000  # a bound for indexes that list each other without end; sitemaps.org lets one index list 50,000
_SITEMAPS = (EndpointKind.SITEMAP, EndpointKind.SITEMAP_INDEX, EndpointKind.NEWS_SITEMAP)


@dataclass(frozen=True, kw_only=True)
class BackfillSource:
    """Whose past is wanted."""

    source_id: int
    homepage: str
    timezone: str
    endpoints: tuple[EndpointSpec, ...]


@dataclass(frozen=True, kw_only=True)
class BackfillReport:
    """What a backfill has done so far."""

    sitemaps: int = 0  # read
    waiting: int = 0  # found and not read yet
    in_window: int = 0
    queued: int = 0  # of them, new to the frontier
    outside: int = 0
    undated: int = 0  # entries that carry no date: they are not queued
    problems: tuple[str, ...] = field(default=())


async def backfill(workplace: Workplace, source: BackfillSource, window: Window, tell: Callable[[BackfillReport], None]) -> BackfillReport:
    """Read the source's sitemaps, those in its robots.txt included, and queue the entries of the window. `tell` hears of each sitemap."""
    report = BackfillReport()
    waiting = await _roots(workplace, source)
    seen = {spec.url for spec in waiting}
    while waiting and report.sitemaps < _MOST_SITEMAPS:
        spec = waiting.pop(0)
        try:
            reading = await _read(workplace, spec, source)
        except DatelineError as error:
            report = replace(report, problems=(*report.problems, f"{spec.url}: {problem_of(error)}"))
            continue
        fresh = [
            EndpointSpec(kind=child.kind, url=child.url) for child in children_of_window(reading.children, window) if child.url not in seen
        ]
        seen.update(child.url for child in fresh)
        waiting += fresh
        report = replace(await _queue(workplace, source, reading, window, report), waiting=len(waiting))
        tell(report)
    return report


async def _roots(workplace: Workplace, source: BackfillSource) -> list[EndpointSpec]:
    """The sitemaps that the source has registered, and those that its robots.txt lists."""
    registered = [spec for spec in source.endpoints if spec.kind in _SITEMAPS]
    listed = await listed_sitemaps(workplace, source.homepage)
    return list({spec.url: spec for spec in (*registered, *listed)}.values())


async def _read(workplace: Workplace, spec: EndpointSpec, source: BackfillSource) -> Reading:
    response = await get(workplace, spec.url, accept=_ACCEPT, cap_bytes=workplace.settings.sitemap_cap_bytes)
    return await workplace.workshop.read_document(
        spec.kind,
        response.body,
        url=response.url,
        content_type=response.header("content-type"),
        now=workplace.now(),
        zone=source.timezone,
        homepage=source.homepage,
    )


async def _queue(workplace: Workplace, source: BackfillSource, reading: Reading, window: Window, report: BackfillReport) -> BackfillReport:
    sifted = sift(reading.candidates, window, workplace.now())
    urls = [candidate.url for candidate in sifted.wanted]
    queued = 0
    if urls:
        queued = await asyncio.to_thread(
            workplace.polls.backfill, urls, source_id=source.source_id, now=workplace.now(), run_id=workplace.run_id
        )
    return replace(
        report,
        sitemaps=report.sitemaps + 1,
        in_window=report.in_window + len(urls),
        queued=report.queued + queued,
        outside=report.outside + sifted.outside,
        undated=report.undated + sifted.undated,
    )
