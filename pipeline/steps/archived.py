"""Pages out of the archive, as the batch had them that fetched them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from pipeline.archive.warc import read_capture
from pipeline.records import Page, PageRequest, WarcPlace
from pipeline.settings import Settings
from pipeline.urls import pace_key


async def read_page(settings: Settings, request: PageRequest, place: WarcPlace) -> Page:
    """The page that lies at `place`: what a request for it would bring, had it been sent then.

    What was known of the URL (its address, what feeds said of it) is what was known then, so that equal extractors read the page alike.
    Raises ArchiveRecordError where it is not there, DataFolderError where the archive is out of reach.
    """
    archived = await asyncio.to_thread(read_capture, settings.archive_root, place.warc_file, place.warc_offset, place.warc_length)
    facts = archived.facts
    then = replace(request, url=facts.url, host=pace_key(facts.url), first_seen_at=facts.first_seen_at, facts=facts.candidates)
    return Page(request=then, response=archived.response, site=facts.site, hops=facts.hops)
