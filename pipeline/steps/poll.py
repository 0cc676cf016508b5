"""Polls one endpoint: asks conditionally, reads what changed in a child, stores new URLs and the next date."""

from __future__ import annotations

import asyncio
import hashlib
import random
from dataclasses import replace

from pipeline.discover.gaps import PagedBack, find_gap, reaches
from pipeline.discover.polling import Poll, Redirect, decide_poll, request_validators, wanted
from pipeline.discover.shapes import learn_shapes
from pipeline.errors import DatelineError, FeedUnreadableError, LeaseTooShortError, UnsafeUrlError
from pipeline.fetch.response import is_permanent, redirect_target
from pipeline.records import Candidate, Endpoint, EndpointKind, Postponed, Purpose, Reading, Refused, Response, Tally
from pipeline.redaction import redact
from pipeline.steps.documents import keep_document
from pipeline.steps.visit import Ask, Visit
from pipeline.steps.workplace import Workplace
from pipeline.urls import normalise, pace_key

_HOPS = 5
_OLDER_PAGES = 20  # of one feed, read for one gap
_ACCEPT = (
    "application/rss+xml,application/atom+xml,application/feed+json;q=0.9,application/json;q=0.8,"
    "application/xml;q=0.8,text/xml;q=0.8,text/html;q=0.5,*/*;q=0.3"
)
_SITEMAPS = (EndpointKind.SITEMAP, EndpointKind.NEWS_SITEMAP, EndpointKind.SITEMAP_INDEX)

Answer = Response | Refused | Postponed | DatelineError


async def poll_endpoint(visit: Visit, endpoint: Endpoint) -> Tally:
    """Poll an endpoint of the visited host and store what came of it. Returns what is new.

    Raises LeaseTooShortError (then the endpoint stays due) and LeaseLostError.
    """
    workplace = visit.workplace
    answer, redirect = await _ask(visit, endpoint)
    reading = await _read(visit, endpoint, answer) if isinstance(answer, Response) else None
    unseen = 0
    if isinstance(reading, Reading):
        entries = wanted(endpoint, reading, workplace.now(), workplace.settings)
        unseen = await asyncio.to_thread(workplace.polls.count_unseen, endpoint.endpoint_id, entries)
    poll = Poll(
        endpoint=endpoint,
        answer=answer,
        reading=reading,
        redirect=redirect,
        new_entries=unseen,
        paged=await _read_back(visit, endpoint, reading, unseen) if isinstance(reading, Reading) else None,
        now=workplace.now(),
        jitter=random.random(),  # noqa: S311  # spreads polls over time; nobody gains by guessing it
    )
    result = decide_poll(poll, workplace.settings)
    discovered = await asyncio.to_thread(workplace.polls.finish, result, token=visit.lease.token, run_id=workplace.run_id)
    await visit.heed(endpoint.url, result.status, host_until=result.host_until, quiet_until=result.quiet_until)
    return Tally(polled=1, discovered=discovered)


async def _ask(visit: Visit, endpoint: Endpoint) -> tuple[Answer, Redirect | None]:
    """The last response after redirects on this host, and where it came from; a redirect to another host is not followed."""
    settings, url, redirect = visit.workplace.settings, endpoint.url, None
    ask = Ask(
        purpose=Purpose.ENDPOINT,
        accept=_ACCEPT,
        cap_bytes=settings.sitemap_cap_bytes if endpoint.kind in _SITEMAPS else settings.feed_cap_bytes,
        validators=request_validators(endpoint, settings),
        endpoint_id=endpoint.endpoint_id,
    )
    for _ in range(_HOPS + 1):
        try:
            answer: Answer = await visit.permit(url) or await visit.send(url, ask)
            target = redirect_target(answer) if isinstance(answer, Response) else None
            if target is None or not isinstance(answer, Response):
                return answer, redirect
            url = normalise(target)
        except LeaseTooShortError:
            raise
        except DatelineError as error:
            return visit.excuse(error) or error, redirect
        redirect = Redirect(target=url, permanent=is_permanent(answer) and (redirect is None or redirect.permanent))
        if pace_key(url) != visit.lease.host:
            return answer, redirect
    return UnsafeUrlError(f"more than {_HOPS} redirects, last to {redact(url)}"), None


async def _read_back(visit: Visit, endpoint: Endpoint, reading: Reading, new_entries: int) -> PagedBack | None:
    """The older pages of a feed that left a gap, until they reach what is known; None without a gap, or without such pages on this host.

    As many as there is time for: what they don't reach is left to the source's other endpoints.
    """
    gap, url, asked = find_gap(endpoint, reading, new_entries, visit.workplace.now()), _older(reading), {endpoint.url}
    if gap is None or url is None or pace_key(url) != visit.lease.host:
        return None
    older: list[Candidate] = []
    new, whole, archive = 0, False, None
    while url is not None and url not in asked and len(asked) <= _OLDER_PAGES and pace_key(url) == visit.lease.host and not whole:
        if url == endpoint.archive_url:  # never changes, and was read: so was all that is older
            whole = True
            break
        asked.add(url)
        page = await _read_page(visit, endpoint, url)
        if page is None:
            break
        unseen = await asyncio.to_thread(visit.workplace.polls.count_unseen, endpoint.endpoint_id, page.candidates)
        older, new, whole = [*older, *page.candidates], new + unseen, reaches(page.candidates, unseen, gap)
        archive = url if url == reading.archive_url and not page.broken_off else archive
        url = _older(page)
    return PagedBack(candidates=tuple(older), new_entries=new, whole=whole, archive_url=archive)


def _older(reading: Reading) -> str | None:
    """Where the entries before these are: the next page, else the archived document before this one (RFC 5005)."""
    return reading.next_url or reading.archive_url


async def _read_page(visit: Visit, endpoint: Endpoint, url: str) -> Reading | None:
    """One older page of a feed; None when it can't be had now."""
    ask = Ask(purpose=Purpose.ENDPOINT, accept=_ACCEPT, cap_bytes=visit.workplace.settings.feed_cap_bytes, endpoint_id=endpoint.endpoint_id)
    try:
        answer = await visit.permit(url) or await visit.send(url, ask)
    except DatelineError:  # the lease ends, or the page fails: it stands in the fetch log
        return None
    if not isinstance(answer, Response) or answer.status != 200:
        return None
    reading = await _read(visit, replace(endpoint, body_sha256=None), answer)
    return reading if isinstance(reading, Reading) else None


async def _read(visit: Visit, endpoint: Endpoint, response: Response) -> Reading | DatelineError | None:
    """What a 200 says; None where there is nothing new to read: another status, or the body that was read the last time."""
    if response.status != 200 or _is_known(endpoint, response):
        return None
    reading = await _understand(visit.workplace, endpoint, response)
    await keep_document(visit, endpoint, response, reading)
    return reading


async def _understand(workplace: Workplace, endpoint: Endpoint, response: Response) -> Reading | DatelineError:
    tried = await asyncio.to_thread(workplace.polls.ended, endpoint.source.source_id) if endpoint.kind is EndpointKind.HOMEPAGE else []
    try:
        return await workplace.workshop.read_document(
            endpoint.kind,
            response.body,
            url=response.url,
            content_type=response.header("content-type"),
            now=workplace.now(),
            zone=endpoint.source.timezone,
            homepage=endpoint.source.homepage,
            known=learn_shapes(tried),
        )
    except FeedUnreadableError as error:
        return error


def _is_known(endpoint: Endpoint, response: Response) -> bool:
    return endpoint.body_sha256 is not None and hashlib.sha256(response.body).digest() == endpoint.body_sha256
