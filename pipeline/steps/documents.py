"""Which documents of endpoints go into the archive."""

from __future__ import annotations

import asyncio

from pipeline.errors import DatelineError
from pipeline.fetch.rights import may_archive, read_rights
from pipeline.records import Document, Endpoint, Reading, Response
from pipeline.steps.visit import Visit


async def keep_document(visit: Visit, endpoint: Endpoint, response: Response, reading: Reading | DatelineError) -> None:
    """Hand a document that was new on to the archive, where the setting wants it and nothing speaks against it.

    What speaks against it: the publisher, as far as the source's `respect` says; and an entry that was forgotten, whose title and summary
    would come back with it.
    """
    workplace = visit.workplace
    if not workplace.settings.archive_endpoints:
        return
    rights = read_rights(response, workplace.settings.robots_token)
    if not may_archive(rights, endpoint.source.respect, response.ended_at):
        return
    entries = reading.candidates if isinstance(reading, Reading) else ()
    if not await asyncio.to_thread(workplace.polls.any_forgotten, entries):
        visit.documents.append(Document(endpoint_id=endpoint.endpoint_id, response=response))
