"""Asks a site for the files in which it reserves rights: once a day, under the host's lease, at its pace, where robots.txt allows it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pipeline.errors import DatelineError, LeaseTooShortError, UnsafeAddressError
from pipeline.fetch.response import is_ok, is_too_many, wait_of_host
from pipeline.fetch.siterights import RIGHTS_FILE_CAP, RightsFile, site_rights
from pipeline.records import Postponed, Purpose, Refused, SiteRights
from pipeline.steps.visit import Ask, Visit
from pipeline.store.siterights import StoredRightsFile
from pipeline.urls import origin

_FRESH = timedelta(hours=24)  # COURTESY T3; also where there is none, or no answer
_ASK = Ask(purpose=Purpose.RIGHTS, accept="application/json,text/plain;q=0.9,*/*;q=0.5", cap_bytes=RIGHTS_FILE_CAP)


async def learn_site_rights(visit: Visit, url: str) -> SiteRights | Postponed:
    """What the site of a URL that robots.txt lets us fetch reserves for it; Postponed when the host asks for quiet, or our network is down.

    Raises LeaseTooShortError, and UnsafeAddressError.
    """
    settings = visit.workplace.settings
    robots = await visit.rules(url)
    if isinstance(robots, Postponed):
        return robots
    if settings.rights_files and (no := await _learn_files(visit, origin(url))):
        return no
    return site_rights(url, visit.rights_files.get(origin(url), {}), robots=robots, robots_token=settings.robots_token)


async def _learn_files(visit: Visit, where: str) -> Postponed | None:
    """See to it that the visit knows the files of an origin."""
    if where in visit.rights_files:
        return None
    known = await asyncio.to_thread(visit.workplace.rights_files.find, where, now=visit.workplace.now())
    bodies = {RightsFile(kind): body for kind, body in known.items()}
    for kind in RightsFile:
        if kind not in bodies:
            body = await _ask_for(visit, where, kind)
            if isinstance(body, Postponed):
                return body
            bodies[kind] = body
    visit.rights_files[where] = bodies
    return None


async def _ask_for(visit: Visit, where: str, kind: RightsFile) -> str | Postponed:
    """The text of a file, empty where there is none; whatever came of it is kept, so that nobody asks again today."""
    no = await visit.permit(where + kind.path)
    if no is not None:
        return "" if isinstance(no, Refused) else no
    status, body, quiet = None, "", None
    try:
        response = await visit.follow(where + kind.path, _ASK)
        status = response.status
        body = response.body.decode("utf-8", "replace").replace("\0", "") if is_ok(response) else ""
        quiet = wait_of_host(response, visit.workplace.now()) if is_too_many(response) else None
    except (LeaseTooShortError, UnsafeAddressError):
        raise
    except DatelineError as error:  # it stands in the fetch log; what the file would say is unknown
        if excuse := visit.excuse(error):
            return excuse
    now = visit.workplace.now()
    file = StoredRightsFile(
        origin=where, kind=kind.value, host=visit.lease.host, status=status, body=body, fetched_at=now, expires_at=now + _FRESH
    )
    await asyncio.to_thread(visit.workplace.rights_files.save, file)
    if quiet is None:
        return body
    return Postponed(detail=f"{kind.path}: status {status}", retry_at=quiet, spends_try=False, host_until=quiet)
