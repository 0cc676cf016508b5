"""Records made with few words, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.extract.context import Context
from pipeline.extract.limits import Limits
from pipeline.records import (
    Article,
    Batch,
    Candidate,
    Endpoint,
    EndpointKind,
    EndpointSpec,
    Finished,
    NotModified,
    PageRequest,
    PollResult,
    Postponed,
    Refused,
    Respect,
    Rights,
    SourceFacts,
    SourceSpec,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PARAGRAPH = "The harbour council of Northmere voted on Tuesday to rebuild the old ferry pier, which storms had closed in March."


def source(slug: str = "beacon", *, feed: str | None = None) -> SourceSpec:
    """A source with one feed on its own host."""
    url = feed or f"https://feeds.{slug}.test/rss.xml"
    return SourceSpec(
        slug=slug,
        name=slug.title(),
        homepage=f"https://www.{slug}.test/",
        language="en",
        endpoints=(EndpointSpec(kind=EndpointKind.RSS, url=url),),
    )


def candidates(slug: str, numbers: range) -> tuple[Candidate, ...]:
    """Feed entries of an outlet."""
    return tuple(Candidate(url=f"https://www.{slug}.test/news/{number}", title=f"Story {number}") for number in numbers)


def poll_result(endpoint: Endpoint, found: tuple[Candidate, ...], *, minutes: float = 15) -> PollResult:
    """A poll that read these entries."""
    return PollResult(
        endpoint=endpoint,
        polled_at=NOW,
        next_poll_at=datetime.now(UTC) + timedelta(minutes=minutes),
        status="200",
        ok=True,
        candidates=found,
    )


def article(number: int = 1, *, body: str | None = None, claimed_url: str | None = None, title: str | None = None) -> Article:
    """An article whose text is its own."""
    text = body if body is not None else "\n\n".join(f"{PARAGRAPH} Report {number}, part {part}." for part in range(3))
    return Article(claimed_url=claimed_url, title=title or f"Story {number}", body=text, language="en", extractor="test")


def finished(request: PageRequest, result: Article | Refused | Postponed | NotModified, *, aliases: tuple[str, ...] = ()) -> Finished:
    """A request that came to this."""
    return Finished(request=request, result=result, finished_at=datetime.now(UTC), aliases=aliases)


def pages_by_url(batch: Batch) -> dict[str, PageRequest]:
    """The batch's page requests by URL."""
    return {page.url: page for page in batch.pages}


def page_context(url: str = "https://www.post.example/city/stores") -> Context:
    """What is known of an English page before it is read: its address, and nothing from feeds."""
    facts = SourceFacts(source_id=1, slug="post", homepage="https://www.post.example/", language="en", timezone="UTC", respect=Respect.NONE)
    return Context(url=url, source=facts, facts=(), rights=Rights(), now=NOW, limits=Limits())
