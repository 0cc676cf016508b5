"""Single requests outside the queue, for probes and backfills: each under its host's lease, at its pace, allowed by robots.txt, logged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from pipeline.discover.autodiscover import sitemap_lines
from pipeline.errors import DatelineError, DisallowedError, HostBusyError, NoDocumentError, UnsafeUrlError
from pipeline.fetch.response import redirect_target
from pipeline.records import EndpointSpec, HostLease, Postponed, Purpose, Reading, Refused, Response
from pipeline.redaction import redact
from pipeline.steps.clock import lease_clock
from pipeline.steps.visit import Ask, Visit
from pipeline.steps.workplace import Workplace
from pipeline.urls import normalise, origin, pace_key

_HOPS = 5
_LOOK_SECONDS = 0.5  # between two looks at a host that is busy
_PATIENCE_SECONDS = 150.0  # above a batch's lease: another worker that holds the host is waited for


async def get(workplace: Workplace, url: str, *, accept: str, cap_bytes: int) -> Response:
    """The answer (status 200) of a URL, redirects to any host followed.

    Raises UnsafeUrlError, HostBusyError, DisallowedError, NoDocumentError (another status) and what Fetcher.exchange raises.
    """
    for _ in range(_HOPS + 1):
        answer = await _ask(workplace, url, Ask(purpose=Purpose.PROBE, accept=accept, cap_bytes=cap_bytes))
        target = redirect_target(answer)
        if target is None:
            if answer.status != 200:
                raise NoDocumentError(f"{redact(url)} answers with status {answer.status}")
            return answer
        url = normalise(target)
    raise UnsafeUrlError(f"more than {_HOPS} redirects, last to {redact(url)}")


async def _ask(workplace: Workplace, url: str, ask: Ask) -> Response:
    async with _visit(workplace, pace_key(url)) as visit:
        no = await visit.permit(url)
        if isinstance(no, Refused):
            raise DisallowedError(f"{no.detail}: {redact(url)}")
        if isinstance(no, Postponed):
            raise HostBusyError(f"{pace_key(url)}: {no.detail}")
        return await visit.send(url, ask)


async def listed_sitemaps(workplace: Workplace, url: str) -> tuple[EndpointSpec, ...]:
    """The sitemaps that the robots.txt of a URL's site lists; none while it is out of reach. Raises HostBusyError."""
    async with _visit(workplace, pace_key(url)) as visit:
        await visit.rules(url)
    stored = await asyncio.to_thread(workplace.robots.find, origin(url), pace_key(url), now=workplace.now())
    return sitemap_lines(stored.body, url=f"{origin(url)}/robots.txt") if stored else ()


@asynccontextmanager
async def _visit(workplace: Workplace, host: str) -> AsyncIterator[Visit]:
    """A visit to one host; its requests are logged and its lease is given back at the end."""
    visit = Visit(workplace, await _lease(workplace, host))
    try:
        yield visit
    finally:
        if visit.exchanges:
            await asyncio.to_thread(workplace.polls.add_exchanges, visit.exchanges, run_id=workplace.run_id)
        await asyncio.to_thread(workplace.frontier.release, visit.lease, pause_seconds=visit.pause_seconds())


async def _lease(workplace: Workplace, host: str) -> HostLease:
    """The host's lease, after waiting for its pace or for another worker. Raises HostBusyError when that takes too long."""
    patient_until = lease_clock() + _PATIENCE_SECONDS
    while True:
        answer = await asyncio.to_thread(workplace.frontier.claim_host, host, clock_now=lease_clock())
        if isinstance(answer, HostLease):
            return answer
        left = (answer.until - workplace.now()).total_seconds()
        if lease_clock() + left > patient_until:
            raise HostBusyError(f"{host} waits until {answer.until:%Y-%m-%d %H:%M:%S} UTC: {answer.reason}")
        await asyncio.sleep(min(max(left, 0.05), _LOOK_SECONDS))


def newest(reading: Reading) -> datetime | None:
    """The youngest date among the entries of a document."""
    claims = [candidate.published or candidate.updated for candidate in reading.candidates]
    return max((claim.at for claim in claims if claim is not None), default=None)


def problem_of(error: DatelineError) -> str:
    """An error as a line of a report."""
    return error.detail or str(error)
