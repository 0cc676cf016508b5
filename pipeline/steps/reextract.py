"""Rebuilds articles from the archive, with no request to anybody: what the extractor of today makes of the responses of then.

Goes through the articles in order of their key. What is done is seen from the rows themselves, so a run that was killed is simply begun
again: rows that this extractor has read already are passed by. Keys are hashes, spread evenly, so the last one tells how far it is.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from pipeline.errors import ArchiveRecordError, DataFolderError
from pipeline.fetch.rights import read_rights
from pipeline.records import Article, PageRequest, Purpose, Refused, WarcPlace
from pipeline.settings import Settings
from pipeline.steps.archived import read_page
from pipeline.steps.clock import utc_now
from pipeline.steps.patience import once_it_answers
from pipeline.steps.workshop import Workshop
from pipeline.store.reextracting import Rebuildable, RebuildFilter, Rebuilt, Reextraction, Rewritten, Unreadable
from pipeline.urls import pace_key

T = TypeVar("T")

_LOOKED_AT = 500  # articles that one look-up hands out
_CHUNK = 25  # articles stored in one transaction
_KEYS = 2.0**63
_TOLD = 100  # articles that stayed as they were are named in a report, so many at the most


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How much of the articles is to be rebuilt."""

    wanted: RebuildFilter
    current_too: bool = False  # those that this extractor has read already, as well
    most: int | None = None  # None: all; keys are hashes, so the first ones are a fair sample


class Sink(Protocol):
    """Takes what was rebuilt; blocks, and is called in a thread. Returns what was stored, or would be."""

    def __call__(self, rebuilt: Sequence[Rebuilt], /) -> Sequence[Rewritten]: ...


@dataclass(kw_only=True)
class Progress:
    """How far a rebuilding is, and what it came to."""

    percent: float = 0.0
    passed: int = 0  # this extractor has read them already, or would not take them
    overtaken: int = 0  # changed by somebody else meanwhile, and left alone
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)  # RebuildOutcome values, by source
    fields: dict[str, Counter[str]] = field(default_factory=dict)  # columns that were rewritten, by source
    kept: list[Rewritten] = field(default_factory=list)  # the first that were refused or could not be read

    @property
    def total(self) -> Counter[str]:
        """RebuildOutcome values of all sources."""
        return sum(self.outcomes.values(), Counter())

    def note(self, asked: int, stored: Sequence[Rewritten]) -> None:
        """Add what became of a chunk."""
        self.overtaken += asked - len(stored)
        for item in stored:
            self.outcomes.setdefault(item.source, Counter())[item.outcome] += 1
            self.fields.setdefault(item.source, Counter()).update(item.fields)
        self.kept += [item for item in stored if item.detail is not None][: _TOLD - len(self.kept)]


class Rebuilding:
    """Work that any number of lanes share."""

    def __init__(self, workshop: Workshop, store: Reextraction, settings: Settings, sample: Sample, sink: Sink) -> None:
        self.progress = Progress()
        self._workshop = workshop
        self._store = store
        self._settings = settings
        self._sample = sample
        self._sink = sink
        self._taking = asyncio.Lock()
        self._after = -1
        self._ahead: list[Rebuildable] = []
        self._exhausted = False
        self._left = sample.most

    async def work_lane(self) -> None:
        """Work chunk after chunk until nothing is left."""
        while chunk := await self._take():
            rebuilt = [await rebuild(self._workshop, self._settings, item) for item in chunk]
            stored = await once_it_answers(partial(self._sink, rebuilt))
            self.progress.note(len(rebuilt), stored)

    async def _take(self) -> list[Rebuildable]:
        """The next articles to rebuild; none: that is all."""
        async with self._taking:
            while not self._exhausted and len(self._ahead) < _CHUNK:
                await self._look_up()
            most = _CHUNK if self._left is None else min(_CHUNK, self._left)
            taken, self._ahead = self._ahead[:most], self._ahead[most:]
            self._left = None if self._left is None else self._left - len(taken)
            last = taken[-1].article_id if taken and self._ahead else self._after
            self.progress.percent = 100.0 if self._exhausted and not self._ahead else 100 * max(0, last) / _KEYS
            return taken

    async def _look_up(self) -> None:
        found = await once_it_answers(partial(self._store.after, self._after, self._sample.wanted, most=_LOOKED_AT))
        self._after = found[-1].article_id if found else self._after
        self._exhausted = len(found) < _LOOKED_AT
        wanted = [item for item in found if self._sample.current_too or not self._is_current(item)]
        self.progress.passed += len(found) - len(wanted)
        self._ahead += wanted

    def _is_current(self, item: Rebuildable) -> bool:
        return _extractor(self._workshop, item) in {item.extractor, item.refused_by}


async def rebuild(workshop: Workshop, settings: Settings, item: Rebuildable, *, read_by: str | None = None) -> Rebuilt:
    """What the extractor of today makes of the article's archived response, and of the first version's.

    `read_by`: as of PageRequest, where the outlet's furniture is to be that of a reading before.
    """

    async def read(place: WarcPlace | None) -> Article | Refused | Unreadable:
        return await _extract(workshop, settings, item, place, read_by)

    result = await read(item.place)
    first = result if item.is_first else await read(item.first_place) if item.first_place else None
    tried = result.extractor if isinstance(result, Article) else _extractor(workshop, item)
    return Rebuilt(of=item, extractor=tried, result=result, first=first if isinstance(first, Article) else None)


def _extractor(workshop: Workshop, item: Rebuildable) -> str:
    at = item.captured_at or utc_now()
    return workshop.extractor_of(item.source, item.final_url or item.url, at)


async def _extract(
    workshop: Workshop, settings: Settings, item: Rebuildable, place: WarcPlace | None, read_by: str | None
) -> Article | Refused | Unreadable:
    if place is None:
        return Unreadable(detail="its response is not in the archive")
    try:
        page = await read_page(settings, _request(item, read_by), place)
    except (ArchiveRecordError, DataFolderError) as error:
        return Unreadable(detail=str(error))
    rights = read_rights(page.response, settings.robots_token, page.site)
    return await workshop.extract(page, rights=rights, now=page.response.ended_at)


def _request(item: Rebuildable, read_by: str | None) -> PageRequest:
    return PageRequest(
        url_id=item.url_id,
        source=item.source,
        url=item.url,
        host=pace_key(item.url),
        purpose=Purpose.ARTICLE,
        tries=0,
        first_seen_at=item.captured_at or utc_now(),
        read_by=read_by,
    )
