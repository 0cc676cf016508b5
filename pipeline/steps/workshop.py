"""Where documents from outside are read: in killable children, so that no page or feed takes the worker or its neighbours down."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from pipeline.blocks import NO_SNAPSHOTS, Snapshots
from pipeline.discover.shapes import KnownShapes
from pipeline.discover.wire import reading_from_json
from pipeline.errors import ChildKilledError, ChildLimitError, FeedUnreadableError
from pipeline.extract.context import Context
from pipeline.extract.explained import EXPLAINED, Explained, unread
from pipeline.extract.limits import Limits, name_extractor
from pipeline.extract.metadata import TELLING_HEADERS
from pipeline.extract.sandbox import ChildLimits, ChildPool, TaskFailedError, TaskRefusedError
from pipeline.extract.wire import Job, job_to_json, result_from_json
from pipeline.records import Article, EndpointKind, Outcome, Page, Reading, Refused, Rights, SourceFacts
from pipeline.settings import Settings
from pipeline.steps.siterules import read_rule_folder

_CHILD = (sys.executable, "-m", "pipeline.steps.child")
_NOTHING_KNOWN = KnownShapes()
_DEATHS_ALONE = 3  # DESIGN 9, Attempts
_LIMIT_TIMES = 2  # a page that exceeds time or memory again in a fresh child is a bad page


class Workshop:
    """A pool of children and what they are asked. `snapshots`: known furniture; `child`: their program (tests bring their own)."""

    def __init__(self, settings: Settings, child: Sequence[str] = _CHILD, *, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        self._min_words = settings.min_words
        self._snapshots = snapshots
        self._rules = read_rule_folder(settings.site_rules_folder).rules
        limits = ChildLimits(
            cpu_seconds=settings.extract_deadline_seconds,
            memory_bytes=settings.extract_memory_bytes,
            recycle_calls=settings.extract_recycle_pages,
        )
        self._pool = ChildPool(child, size=settings.extractor_processes, limits=limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End every child; returns when none is left."""
        await self._pool.aclose()

    async def extract(self, page: Page, *, rights: Rights, now: datetime) -> Article | Refused:
        """The page's article, or a refusal: BAD_PAGE where it fails or exceeds the limits twice, GAVE_UP where it kills 3 children."""
        answer = await self._about("extract", page, rights, now)
        return answer if isinstance(answer, Refused) else result_from_json(answer)

    async def explain(self, page: Page, *, rights: Rights, now: datetime) -> Explained:
        """What `extract` gives, and why."""
        answer = await self._about("explain", page, rights, now)
        if isinstance(answer, Refused):
            limits = self._limits(page.request.source, page.response.url, now, page.request.read_by)
            return unread(page.response.url, name_extractor(limits, page.request.source), answer)
        return EXPLAINED.validate_json(answer)

    def extractor_of(self, source: SourceFacts, url: str, at: datetime) -> str:
        """The name of the extractor that a new page of this source, fetched from this URL at this time, is read by."""
        return name_extractor(self._limits(source, url, at, None), source)

    def _limits(self, source: SourceFacts, url: str, at: datetime, read_by: str | None) -> Limits:
        return Limits(
            min_words=self._min_words,
            rule=self._rules.find(url, on=at.date()),
            furniture=self._snapshots.choose(source.source_id, read_by),
        )

    async def _about(self, task: str, page: Page, rights: Rights, now: datetime) -> bytes | Refused:
        """What a task says of a page; a refusal where the page is more than a child can take."""
        limits = self._limits(page.request.source, page.response.url, now, page.request.read_by)
        context = Context(
            url=page.response.url,
            source=page.request.source,
            facts=page.request.facts,
            rights=rights,
            now=now,
            limits=limits,
            headers=tuple((name, value) for name, value in page.response.headers if name in TELLING_HEADERS),
        )
        job = Job(content_type=page.response.header("content-type"), context=context)
        try:
            return await self._stubborn(task, job_to_json(job), page.response.body, alone=page.request.alone)
        except ChildKilledError as error:
            return Refused(outcome=Outcome.GAVE_UP, detail=str(error))
        except (ChildLimitError, TaskFailedError, TaskRefusedError) as error:
            return Refused(outcome=Outcome.BAD_PAGE, detail=str(error))

    async def read_document(
        self,
        kind: EndpointKind,
        body: bytes,
        *,
        url: str,
        content_type: str | None,
        now: datetime,
        zone: str = "UTC",
        homepage: str = "",
        known: KnownShapes = _NOTHING_KNOWN,
    ) -> Reading:
        """What an endpoint's document says; arguments as in discover/document.py.

        Raises FeedUnreadableError, also where the document kills its child or exceeds the limits.
        """
        arguments = {
            "kind": kind.value,
            "url": url,
            "content_type": content_type,
            "now": now.isoformat(),
            "zone": zone,
            "homepage": homepage,
            "articles": sorted(known.articles),
            "others": sorted(known.others),
        }
        try:
            return reading_from_json(await self._stubborn("read", arguments, body, alone=False))
        except TaskRefusedError as error:
            raise FeedUnreadableError(error.detail) from None
        except (ChildKilledError, ChildLimitError, TaskFailedError) as error:
            raise FeedUnreadableError(f"{url}: {error}") from None

    async def _stubborn(self, task: str, arguments: Mapping[str, Any], body: bytes, *, alone: bool) -> bytes:
        """Call again, alone in a fresh child, after a death or an exceeded limit; the last error is raised when it has had its chances."""
        deaths, exceeded, fresh = 0, 0, alone
        while True:
            try:
                return await self._pool.call(task, arguments, body, fresh=fresh)
            except ChildKilledError:
                deaths += fresh
                if deaths >= _DEATHS_ALONE:
                    raise
            except ChildLimitError:
                exceeded += 1
                if exceeded >= _LIMIT_TIMES:
                    raise
            fresh = True
