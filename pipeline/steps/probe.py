"""Looks at a site before it becomes a source: which endpoints it has, and what each of them gives."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.discover.autodiscover import common_paths, feed_pages, find_endpoints
from pipeline.discover.site import SiteFacts, site_facts
from pipeline.discover.sniffing import Format, sniff, utf8_bytes
from pipeline.errors import DatelineError, FeedUnreadableError
from pipeline.records import EndpointKind, EndpointSpec, Reading, Response
from pipeline.steps.lookup import get, listed_sitemaps, newest, problem_of
from pipeline.steps.workplace import Workplace
from pipeline.urls import origin, pace_key

_MOST_ENDPOINTS = 12  # of one site that are read
_MOST_SITEMAPS = 4  # of them
_AT_ONCE = 8  # hosts that are asked at the same time
_HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
_FEEDS = "application/rss+xml,application/atom+xml,application/feed+json;q=0.9,application/xml;q=0.8,text/xml;q=0.8,*/*;q=0.5"
_SITEMAPS = (EndpointKind.SITEMAP, EndpointKind.NEWS_SITEMAP, EndpointKind.SITEMAP_INDEX)


@dataclass(frozen=True, kw_only=True)
class EndpointReport:
    """What an endpoint gave."""

    url: str  # that was asked
    kind: EndpointKind  # what it is; with a problem, what it was said to be
    entries: int = 0  # candidates; sitemaps of an index
    newest: datetime | None = None
    problem: str | None = None  # why it can't be used; None: it can

    @property
    def spec(self) -> EndpointSpec:
        """It as a line of a source."""
        return EndpointSpec(kind=self.kind, url=self.url)


@dataclass(frozen=True, kw_only=True)
class SiteReport:
    """What a site offers."""

    homepage: str
    facts: SiteFacts
    endpoints: tuple[EndpointReport, ...]  # in order of preference; the home page itself is the last


async def probe_site(workplace: Workplace, url: str) -> SiteReport:
    """Look at a site, given the normalised URL of its home page or of any of its feeds. Its endpoints are found and each is read.

    Raises what `lookup.get` raises when the URL itself can't be read, FeedUnreadableError when it is neither a page nor a feed.
    """
    first = await get(workplace, url, accept=_HTML, cap_bytes=workplace.settings.feed_cap_bytes)
    if sniff(utf8_bytes(first.body)) is Format.HTML:
        return await _probe_page(workplace, first, given=())
    given = await _read(workplace, first, EndpointSpec(kind=EndpointKind.RSS, url=url))
    home = _home_of(given, url)
    own = _report(EndpointSpec(kind=given.kind, url=url), given)
    try:
        page = await get(workplace, home, accept=_HTML, cap_bytes=workplace.settings.feed_cap_bytes)
    except DatelineError:
        return SiteReport(homepage=home, facts=SiteFacts(name=None, language=None), endpoints=(own,))
    return await _probe_page(workplace, page, given=(own,))


async def _probe_page(workplace: Workplace, page: Response, *, given: tuple[EndpointReport, ...]) -> SiteReport:
    """Read what the home page names; where that is no feed, what its page of feeds names, else the usual addresses."""
    named = list(find_endpoints(page.body, url=page.url, link_header=page.header("link")))
    if not any(spec.kind not in _SITEMAPS for spec in named) and not given:
        named += await _from_feed_pages(workplace, page)
    listed = await listed_sitemaps(workplace, page.url)
    maps = sorted(listed, key=lambda spec: spec.kind is not EndpointKind.NEWS_SITEMAP)[:_MOST_SITEMAPS]
    known = {report.url for report in given}
    reports = list(given) + await probe_endpoints(workplace, _fresh([*maps, *named], known)[:_MOST_ENDPOINTS])
    if not any(report.problem is None and report.kind not in _SITEMAPS for report in reports):
        usual = [EndpointSpec(kind=EndpointKind.RSS, url=address) for address in common_paths(page.url)]
        reports += [report for report in await probe_endpoints(workplace, _fresh(usual, known)) if report.problem is None]
    home = EndpointSpec(kind=EndpointKind.HOMEPAGE, url=page.url)
    ordered = sorted(reports, key=lambda report: report.kind in _SITEMAPS)
    return SiteReport(homepage=page.url, facts=site_facts(page.body), endpoints=(*ordered, await _judged(workplace, home, page)))


async def _from_feed_pages(workplace: Workplace, page: Response) -> list[EndpointSpec]:
    found: list[EndpointSpec] = []
    for address in feed_pages(page.body, url=page.url):
        try:
            listing = await get(workplace, address, accept=_HTML, cap_bytes=workplace.settings.feed_cap_bytes)
        except DatelineError:
            continue  # the page was a guess
        found += find_endpoints(listing.body, url=listing.url, link_header=listing.header("link"))
    return found


def _fresh(specs: Sequence[EndpointSpec], known: set[str]) -> list[EndpointSpec]:
    unique = {spec.url: spec for spec in specs if spec.url not in known}
    return list(unique.values())


async def probe_endpoints(workplace: Workplace, specs: Sequence[EndpointSpec]) -> list[EndpointReport]:
    """Read endpoints, those of different hosts at the same time; what goes wrong stands in the report."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def of_one_host(own: list[EndpointSpec]) -> list[EndpointReport]:
        async with free:
            return [await _probe(workplace, spec) for spec in own]

    hosts: dict[str, list[EndpointSpec]] = {}
    for spec in specs:
        hosts.setdefault(pace_key(spec.url), []).append(spec)
    reports = {report.url: report for batch in await asyncio.gather(*map(of_one_host, hosts.values())) for report in batch}
    return [reports[spec.url] for spec in specs]


async def _probe(workplace: Workplace, spec: EndpointSpec) -> EndpointReport:
    settings = workplace.settings
    cap = settings.sitemap_cap_bytes if spec.kind in _SITEMAPS else settings.feed_cap_bytes
    try:
        response = await get(workplace, spec.url, accept=_HTML if spec.kind is EndpointKind.HOMEPAGE else _FEEDS, cap_bytes=cap)
    except DatelineError as error:
        return EndpointReport(url=spec.url, kind=spec.kind, problem=problem_of(error))
    return await _judged(workplace, spec, response)


async def _judged(workplace: Workplace, spec: EndpointSpec, response: Response) -> EndpointReport:
    try:
        return _report(spec, await _read(workplace, response, spec))
    except FeedUnreadableError as error:
        return EndpointReport(url=spec.url, kind=spec.kind, problem=problem_of(error))


async def _read(workplace: Workplace, response: Response, spec: EndpointSpec) -> Reading:
    return await workplace.workshop.read_document(
        spec.kind, response.body, url=response.url, content_type=response.header("content-type"), now=workplace.now()
    )


def _report(spec: EndpointSpec, reading: Reading) -> EndpointReport:
    return EndpointReport(url=spec.url, kind=reading.kind, entries=len(reading.children or reading.candidates), newest=newest(reading))


def _home_of(reading: Reading, url: str) -> str:
    """The front page of the site that most entries lead to; of the feed's own where it has none."""
    origins = Counter(origin(candidate.url) for candidate in reading.candidates)
    return (origins.most_common(1)[0][0] if origins else origin(url)) + "/"
