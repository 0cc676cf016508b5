"""Fetches one article page: robots.txt, redirects, conditional requests; the answer is a page or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import DatelineError, LeaseTooShortError, UnsafeAddressError, UnsafeUrlError
from pipeline.fetch.response import is_permanent, judge_failure, judge_page, redirect_target
from pipeline.records import MovedAway, NotModified, Outcome, Page, PageRequest, Postponed, Purpose, Refused, Response, SiteRights
from pipeline.redaction import redact
from pipeline.steps.siterights import learn_site_rights
from pipeline.steps.visit import Ask, Visit
from pipeline.urls import normalise, pace_key

_HOPS = 5  # redirects on one host; longer chains are loops or traps
_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"

NotAPage = Refused | Postponed | NotModified | MovedAway


async def fetch_page(visit: Visit, request: PageRequest) -> Page | NotAPage:
    """Fetch the page of a request from the visited host. Raises LeaseTooShortError: then nothing was sent for this URL."""
    url, permanent = request.url, True
    hops: tuple[str, ...] = ()
    for _ in range(_HOPS + 1):
        if pace_key(url) != visit.lease.host:
            return MovedAway(target=url, permanent=permanent)
        asked = await _ask_once(visit, request, url)
        if not isinstance(asked, _Asked):
            return asked
        answer = asked.response
        if answer.status == 304 and request.purpose is Purpose.RECHECK:
            return NotModified()
        target = redirect_target(answer)
        if target is None:
            no = judge_page(answer, request, visit.workplace.now(), visit.workplace.settings)
            return no or Page(request=request, response=answer, site=asked.site, hops=hops, for_good=permanent)
        try:
            target = normalise(target)
        except UnsafeUrlError as error:
            return Refused(outcome=Outcome.UNSAFE_URL, detail=f"redirect: {error.detail}")
        hops, permanent, url = (*hops, url), permanent and is_permanent(answer), target
    return Refused(outcome=Outcome.HTTP_ERROR, detail=f"more than {_HOPS} redirects, last to {redact(url)}")


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """An answer, and what the site reserves for its URL."""

    response: Response
    site: SiteRights


async def _ask_once(visit: Visit, request: PageRequest, url: str) -> _Asked | NotAPage:
    """One request, if robots.txt allows it and what the site reserves is known; what went wrong with it as a value."""
    settings = visit.workplace.settings
    try:
        no = await visit.permit(url)
        if no is not None:
            return no
        site = await learn_site_rights(visit, url)
        if isinstance(site, Postponed):
            return site
        ask = Ask(
            purpose=request.purpose, accept=_ACCEPT, cap_bytes=settings.page_cap_bytes, validators=request.validators, url_id=request.url_id
        )
        return _Asked(response=await visit.send(url, ask), site=site)
    except LeaseTooShortError:
        raise
    except UnsafeAddressError as error:
        return Refused(outcome=Outcome.UNSAFE_URL, detail=error.detail)
    except DatelineError as error:
        return visit.excuse(error) or judge_failure(error, request, visit.workplace.now(), settings)
