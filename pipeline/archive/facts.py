"""What is archived beside a response: the facts it was extracted with, so that a replay needs nothing else. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import ArchiveRecordError
from pipeline.records import Candidate, Page, Purpose, SiteRights


@dataclass(frozen=True, kw_only=True)
class CaptureFacts:
    """The side of a capture that the response itself does not tell."""

    source: str  # slug
    url: str  # as requested; the response's own may differ after redirects
    purpose: Purpose
    first_seen_at: datetime
    hops: tuple[str, ...]
    candidates: tuple[Candidate, ...]  # what the endpoints said of it
    http_version: str
    ended_at: datetime
    ttfb_ms: int
    site: SiteRights = field(default_factory=SiteRights)  # captures of before 2026-11-27 have none


_JSON = TypeAdapter(CaptureFacts)


def encode_facts(page: Page) -> bytes:
    """The facts of a page as JSON."""
    request, response = page.request, page.response
    facts = CaptureFacts(
        source=request.source.slug,
        url=request.url,
        purpose=request.purpose,
        first_seen_at=request.first_seen_at,
        hops=page.hops,
        candidates=request.facts,
        http_version=response.http_version,
        ended_at=response.ended_at,
        ttfb_ms=response.ttfb_ms,
        site=page.site,
    )
    return _JSON.dump_json(facts)


def decode_facts(data: bytes) -> CaptureFacts:
    """Facts out of an archive. Raises ArchiveRecordError when they are not readable."""
    try:
        return _JSON.validate_json(data)
    except ValidationError as error:
        raise ArchiveRecordError(f"unreadable facts: {error.error_count()} mistakes, first {error.errors()[0]['msg']}") from None
