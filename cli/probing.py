"""Probes of sites and sources, and what a source takes of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from cli.database import Desk
from cli.output import error_console, moment
from cli.runs import working
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, EndpointSpec, SourceSpec
from pipeline.steps.probe import EndpointReport, SiteReport, probe_endpoints, probe_site
from pipeline.urls import normalise, registrable_domain

T = TypeVar("T")

_MAPS = (EndpointKind.NEWS_SITEMAP, EndpointKind.SITEMAP, EndpointKind.SITEMAP_INDEX)
_FEEDS = 5  # that a source takes without --all: sites list their main feed first, and many a feed for each section
_COLUMNS = ("kind", "entries", "newest", "url", "problem")


def probe(desk: Desk, url: str) -> SiteReport:
    """Look at a site; `url` may come without a scheme. Raises UnsafeUrlError and what `probe_site` raises."""

    async def work() -> SiteReport:
        async with working(desk, flow="probe", command=f"dateline sources probe {address}") as workplace:
            return await probe_site(workplace, address)

    address = normalise(url if "://" in url else f"https://{url}")
    return _run(work())


def probe_sources(desk: Desk, specs: Sequence[SourceSpec]) -> dict[str, tuple[EndpointReport, ...]]:
    """Read the endpoints of sources, by slug."""

    async def work() -> list[EndpointReport]:
        async with working(desk, flow="probe", command="dateline sources check") as workplace:
            return await probe_endpoints(workplace, [endpoint for spec in specs for endpoint in spec.endpoints])

    by_url = {report.url: report for report in _run(work())}
    return {spec.slug: tuple(by_url[endpoint.url] for endpoint in spec.endpoints) for spec in specs}


def _run(work: Coroutine[Any, Any, T]) -> T:
    with error_console().status("Reading, at the pace that robots.txt asks for"):
        return asyncio.run(work)


def describe(reports: Sequence[EndpointReport]) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Reports as columns and rows of a table."""
    return _COLUMNS, [(one.kind, None if one.problem else one.entries, moment(one.newest), one.url, one.problem) for one in reports]


def choose_endpoints(report: SiteReport, *, every: bool) -> tuple[EndpointSpec, ...]:
    """What a source polls: the first feeds that work, or all, and a news sitemap; else another sitemap; else the home page.

    Raises FeedUnreadableError when nothing of the site can be read.
    """
    usable = [one for one in report.endpoints if one.problem is None and (one.entries or one.kind is not EndpointKind.HOMEPAGE)]
    feeds = [one for one in usable if one.kind not in (*_MAPS, EndpointKind.HOMEPAGE)]
    news = [one for one in usable if one.kind is EndpointKind.NEWS_SITEMAP]
    chosen = [*(feeds if every else feeds[:_FEEDS]), *(news if every else news[:1])]
    chosen = chosen or [one for one in usable if one.kind in _MAPS][:1] or [one for one in usable if one.kind is EndpointKind.HOMEPAGE]
    if not chosen:
        said = "names no feed or sitemap, has no feed at the usual addresses, and no links to articles that can be read"
        raise FeedUnreadableError(f"{report.homepage} {said}; where you know its feed, add that address")
    return tuple(one.spec for one in chosen)


def slug_of(homepage: str) -> str:
    """A short name from a home page's domain: "example.org"."""
    domain = registrable_domain(homepage.split("/", 3)[2])
    return re.sub(r"[^a-z0-9._-]+", "-", domain).strip("-._")[:63] or "site"
