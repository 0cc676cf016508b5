"""Works one batch: each leased host is visited at its own pace, its pages are extracted meanwhile, and everything is loaded in chunks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pipeline.errors import ArchiveRecordError, DatabaseDownError, DatabaseRefusedError, LeaseLostError, LeaseTooShortError
from pipeline.fetch.response import validators
from pipeline.fetch.rights import may_archive, read_rights, rights_verdict
from pipeline.records import Article, Batch, Finished, HostLease, Page, PageRequest, Postponed, Refused, Tally, Validators
from pipeline.steps.archived import read_page
from pipeline.steps.chunk import Chunk, Done
from pipeline.steps.fetch import NotAPage, fetch_page
from pipeline.steps.poll import poll_endpoint
from pipeline.steps.reextract import rebuild
from pipeline.steps.visit import Visit
from pipeline.steps.workplace import Workplace


@dataclass(frozen=True, kw_only=True)
class Worked:
    """What a batch came to."""

    tally: Tally  # what was stored
    refused: tuple[DatabaseRefusedError, ...]  # by the database, each of a page that was put off


async def work_batch(workplace: Workplace, batch: Batch) -> Worked:
    """Poll, fetch, extract and load what the batch holds; every host is released as soon as it is done with.

    An error of one host, or of loading, ends the batch and is raised as it is; what is not loaded goes back to the queue.
    """
    chunk = Chunk(workplace, batch.token)
    try:
        async with asyncio.TaskGroup() as loading:
            timer = loading.create_task(chunk.load_in_time())
            async with asyncio.TaskGroup() as visiting:
                visits = [visiting.create_task(_visit_host(workplace, lease, batch, chunk)) for lease in batch.hosts]
            timer.cancel()
    except ExceptionGroup as errors:
        raise _first_error(errors) from errors
    return Worked(tally=sum((visit.result() for visit in visits), chunk.tally), refused=tuple(chunk.refused))


def _first_error(errors: ExceptionGroup[Exception]) -> Exception:
    first = errors.exceptions[0]
    return _first_error(first) if isinstance(first, ExceptionGroup) else first


async def _visit_host(workplace: Workplace, lease: HostLease, batch: Batch, chunk: Chunk) -> Tally:
    visit = Visit(workplace, lease)
    tally = Tally()
    try:
        with workplace.weather.visiting(lease.host):
            for endpoint in (endpoint for endpoint in batch.endpoints if endpoint.host == lease.host):
                if not visit.is_held:
                    tally += await poll_endpoint(visit, endpoint)
            await chunk.keep(visit.documents)
            await _work_pages(visit, [page for page in batch.pages if page.host == lease.host], chunk)
    except (LeaseTooShortError, LeaseLostError):
        pass  # what was not tried goes back to the queue with the release; a lost lease has nothing left to release
    finally:
        with suppress(DatabaseDownError):  # the lease runs out by itself
            await _leave(visit)
    return tally


async def _leave(visit: Visit) -> None:
    workplace = visit.workplace
    if visit.exchanges:
        await asyncio.to_thread(workplace.polls.add_exchanges, visit.exchanges, run_id=workplace.run_id)
    await asyncio.to_thread(workplace.frontier.release, visit.lease, pause_seconds=visit.pause_seconds())


async def _work_pages(visit: Visit, pages: Sequence[PageRequest], chunk: Chunk) -> None:
    """Fetch a host's pages one after the other; each is extracted while the next ones are fetched. Returns when all are loaded."""
    async with asyncio.TaskGroup() as extracting:
        for request in pages:
            if visit.is_held:
                break
            try:
                answer = await _get_page(visit, request)
            except LeaseTooShortError:
                break  # the pages fetched so far are extracted and loaded all the same
            if isinstance(answer, Page):
                await visit.workplace.slots.acquire()
                extracting.create_task(_extract(visit.workplace, answer, chunk))
                continue
            await chunk.add(Done(finished=Finished(request=request, result=answer, finished_at=visit.workplace.now()), page=None))
            if isinstance(answer, Postponed):
                await visit.heed(request.url, answer.detail, host_until=answer.host_until, quiet_until=answer.quiet_until)
    await chunk.load()


async def _get_page(visit: Visit, request: PageRequest) -> Page | NotAPage:
    """The page of a request: out of the archive where it is to be read again and still lies there, else from the host."""
    if request.reread is not None:
        with suppress(ArchiveRecordError):
            return await read_page(visit.workplace.settings, request, request.reread.place)
    return await fetch_page(visit, replace(request, reread=None))


async def _extract(workplace: Workplace, page: Page, chunk: Chunk) -> None:
    """Extract a page in a child and hand the result on. Only then may another page take its slot: where loading is slow, fetching waits."""
    try:
        try:
            done = await _finish(workplace, page)
        except DatabaseRefusedError as error:
            done = chunk.put_off(page.request, error)
        await chunk.add(done)
    finally:
        workplace.slots.release()


async def _finish(workplace: Workplace, page: Page) -> Done:
    rights = read_rights(page.response, workplace.settings.robots_token, page.site)
    respect = page.request.source.respect
    read_at = page.response.ended_at  # not now: a replay from the archive judges future dates by the same moment
    result: Article | Refused = rights_verdict(rights, respect, read_at) or await workplace.workshop.extract(
        page, rights=rights, now=read_at
    )
    if isinstance(result, Article):
        await _read_alike(workplace, page.request, result.extractor)
    finished = Finished(
        request=page.request,
        result=result,
        finished_at=workplace.now(),
        aliases=(*page.hops, page.response.url) if page.hops else (),
        for_good=page.for_good,
        validators=validators(page.response) if isinstance(result, Article) else Validators(),
    )
    to_archive = page.request.reread is None and may_archive(rights, respect, read_at)
    return Done(finished=finished, page=page if to_archive else None)


async def _read_alike(workplace: Workplace, request: PageRequest, extractor: str) -> None:
    """Have the version at hand of a rechecked article read by this extractor too: what another one read differently is no edit."""
    if request.article_id is None or request.read_by == extractor:
        return
    item = await asyncio.to_thread(workplace.reextraction.one, request.article_id)
    if item is not None and item.extractor != extractor:
        rebuilt = await rebuild(workplace.workshop, workplace.settings, item, read_by=request.read_by)
        await asyncio.to_thread(workplace.reextraction.rewrite, [rebuilt], workplace.run_id)
