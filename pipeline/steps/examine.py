"""One page extracted with its reasons: out of the archive, from the web, or from a file. Nothing is stored."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from pipeline.archive.facts import CaptureFacts
from pipeline.archive.warc import read_capture
from pipeline.extract.explained import Explained, unread
from pipeline.fetch.response import judge_page
from pipeline.fetch.rights import NOTHING_SAID, read_rights
from pipeline.records import Page, PageRequest, Purpose, Refused, Response, SourceFacts
from pipeline.settings import Settings
from pipeline.steps.lookup import get
from pipeline.steps.workplace import Workplace
from pipeline.steps.workshop import Workshop
from pipeline.store.pages import StoredPage
from pipeline.urls import pace_key

_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


@dataclass(frozen=True, kw_only=True)
class Examined:
    """A page, where it came from, and what was made of it."""

    origin: str  # for people
    source: str  # slug
    facts: int  # what feeds and sitemaps said of it: so many entries
    explained: Explained


async def examine_archived(workshop: Workshop, settings: Settings, stored: StoredPage) -> Examined:
    """The archived response of a page that has one, with the facts it was extracted with. Raises ArchiveRecordError, DataFolderError."""
    if stored.place is None:
        raise ValueError("the page is not archived")
    place = stored.place
    archived = await asyncio.to_thread(read_capture, settings.archive_root, place.warc_file, place.warc_offset, place.warc_length)
    origin = f"the archive: {place.warc_file} at {place.warc_offset}, fetched {archived.response.started_at:%Y-%m-%d %H:%M:%S} UTC"
    return await _examine(workshop, settings, archived.response, origin, source=stored.source, facts=archived.facts)


async def examine_fetched(workplace: Workplace, url: str, source: SourceFacts) -> Examined:
    """A page fetched now, politely: under its host's lease, at its pace, where robots.txt allows it. Raises what `lookup.get` raises."""
    response = await get(workplace, url, accept=_ACCEPT, cap_bytes=workplace.settings.page_cap_bytes)
    return await _examine(workplace.workshop, workplace.settings, response, f"the web, just now: {response.url}", source=source)


async def examine_file(workshop: Workshop, settings: Settings, body: bytes, name: str, *, source: SourceFacts, now: datetime) -> Examined:
    """A page that was saved; `source.homepage` is the address that it is read as."""
    response = Response(
        url=source.homepage, status=200, headers=(), body=body, http_version="HTTP/1.1", started_at=now, ended_at=now, ttfb_ms=0
    )
    return await _examine(workshop, settings, response, f"the file {name}, read as {response.url}", source=source)


async def _examine(
    workshop: Workshop, settings: Settings, response: Response, origin: str, *, source: SourceFacts, facts: CaptureFacts | None = None
) -> Examined:
    candidates = facts.candidates if facts else ()
    request = PageRequest(
        url_id=0,
        source=source,
        url=response.url,
        host=pace_key(response.url),
        purpose=Purpose.PROBE,
        tries=0,
        first_seen_at=response.started_at,
        facts=candidates,
    )
    rights = read_rights(response, settings.robots_token, facts.site if facts else NOTHING_SAID)
    no = judge_page(response, request, response.ended_at, settings)
    if isinstance(no, Refused):
        explained = unread(response.url, workshop.extractor_of(source, response.url, response.ended_at), no)
    else:
        explained = await workshop.explain(Page(request=request, response=response), rights=rights, now=response.ended_at)
    return Examined(origin=origin, source=source.slug, facts=len(candidates), explained=explained)
