"""Small questions about a response, and the two deciders built from them: what becomes of a page, or of a request that failed."""

from __future__ import annotations

from datetime import datetime, timedelta

import ada_url

from pipeline.errors import DatelineError, ExchangeTimeoutError, PermanentError, UnsafeAddressError, UnsafeUrlError
from pipeline.fetch.content import ContentKind, content_kind
from pipeline.headers import parse_date, parse_seconds, safe_validators
from pipeline.records import Outcome, PageRequest, Postponed, Refused, Response, Validators
from pipeline.settings import Settings

_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT_REDIRECTS = (301, 308)
_TRANSIENT = (408, 425)  # 4xx statuses that ask to try again
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(hours=24)  # clamp of Retry-After (COURTESY H4)
_BUSY_WAIT = {429: timedelta(minutes=15), 503: timedelta(minutes=5)}  # without Retry-After: slow down, never speed up (COURTESY 16)
_AGE_WAIT = (timedelta(minutes=10), timedelta(hours=6))  # a busy URL waits as long again as it has been known, between these
_PATIENCE = timedelta(days=7)  # a URL that was busy for a week is not read any more
_BACK_OFF_FACTOR = 3

# -- redirects ---------------------------------------------------------------------------


def is_permanent(response: Response) -> bool:
    """Whether a redirect is meant for good: 301 and 308."""
    return response.status in _PERMANENT_REDIRECTS


def redirect_target(response: Response) -> str | None:
    """The absolute URL that a redirect names (any scheme, not normalised), None when the response is none or names none that parses."""
    location = response.header("location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        return ada_url.URL(location, base=response.url).href
    except ValueError:
        return None


# -- asking again --------------------------------------------------------------------------


def validators(response: Response) -> Validators:
    """What to ask "changed?" with the next time, verbatim; what can't be sent back is left out."""
    return safe_validators(response.header("etag"), response.header("last-modified"))


def retry_after(response: Response, now: datetime) -> datetime | None:
    """Until when the server asks us to wait: seconds or a date (RFC 9110, 10.2.3), clamped to 1 s … 24 h from now; None when it doesn't."""
    value = response.header("retry-after")
    if value is None:
        return None
    seconds = parse_seconds(value)
    moment = parse_date(value) if seconds is None else now + min(timedelta(seconds=seconds), _LONGEST_WAIT)
    return None if moment is None else min(max(moment, now + _SHORTEST_WAIT), now + _LONGEST_WAIT)


# -- statuses ----------------------------------------------------------------------------


def is_ok(response: Response) -> bool:
    """Whether the body is what was asked for: 200, or 203 from a proxy on the way."""
    return response.status in (200, 203)


def is_gone(response: Response) -> bool:
    """Whether there is nothing at this URL: 404 and 410."""
    return response.status in (404, 410)


def is_blocked(response: Response) -> bool:
    """Whether we in particular are kept out: 401, 403, 451, or a firewall's bot check whatever its status."""
    return response.status in (401, 403, 451) or is_bot_check(response)


def is_bot_check(response: Response) -> bool:
    """Whether a firewall says in a header that it serves a challenge: Cloudflare, Amazon."""
    return response.header("cf-mitigated") == "challenge" or response.header("x-amzn-waf-action") in ("challenge", "captcha")


def is_busy(response: Response) -> bool:
    """Whether the server asks for quiet: 429 and 503."""
    return response.status in (429, 503)


def is_too_many(response: Response) -> bool:
    """Whether it is we who send too much, wherever to (RFC 6585, 4); a 503 speaks of what was asked for (RFC 9110, 15.6.4)."""
    return response.status == 429


def wait_of_host(response: Response, now: datetime) -> datetime:
    """Until when a busy host waits: as long as it asks, else 15 minutes after 429 and 5 after 503."""
    return retry_after(response, now) or now + _BUSY_WAIT[response.status]


def is_server_error(response: Response) -> bool:
    """Whether the server failed, so that trying again may help: 5xx but 503, and the 4xx that ask for it."""
    return response.status in _TRANSIENT or (response.status >= 500 and response.status != 503)


# -- deciders ----------------------------------------------------------------------------


def judge_page(response: Response, request: PageRequest, now: datetime, settings: Settings) -> Refused | Postponed | None:
    """None when the response is a page to archive and extract; else what becomes of its URL. Redirects and 304s are the caller's."""
    if is_blocked(response):
        return _refused(Outcome.BLOCKED, response, "a bot check" if is_bot_check(response) else None)
    if is_gone(response):
        return _refused(Outcome.HTTP_GONE, response)
    if response.status == 402:
        return _refused(Outcome.PAYWALLED, response)
    if is_busy(response):
        return _busy(response, request, now)
    if is_server_error(response):
        return _spend_try(Outcome.HTTP_ERROR, f"status {response.status}", request, now, settings)
    if response.status in _REDIRECTS:
        return _refused(Outcome.HTTP_ERROR, response, "a redirect without a usable target")
    if response.status in (202, 204, 205) and not response.body:
        return _refused(Outcome.TOO_SHORT, response, "no body")
    if not is_ok(response) and response.status != 202:
        return _refused(Outcome.HTTP_ERROR, response)
    return _judge_content(response)


def _judge_content(response: Response) -> Refused | None:
    kind = content_kind(response)
    if kind is ContentKind.HTML:
        return None
    if kind is ContentKind.EMPTY:
        return Refused(outcome=Outcome.TOO_SHORT, detail="an empty body")
    declared = response.header("content-type") or "no type"
    return Refused(outcome=Outcome.NON_HTML, detail=f"{kind}, declared as {declared[:100]}")


def _refused(outcome: Outcome, response: Response, why: str | None = None) -> Refused:
    return Refused(outcome=outcome, detail=f"status {response.status}" + (f": {why}" if why else ""))


def _busy(response: Response, request: PageRequest, now: datetime) -> Postponed | Refused:
    """429 and 503 spend no try. A single page that is always busy comes back ever more rarely, and not for ever."""
    age = now - request.first_seen_at
    if age > _PATIENCE:
        return _refused(Outcome.HTTP_ERROR, response, f"for {age.days} days")
    asked = retry_after(response, now)
    shortest, longest = _AGE_WAIT
    until = wait_of_host(response, now)
    retry_at = asked or now + min(max(age, shortest), longest)
    said = f"Retry-After {response.header('retry-after')}" if asked else "no Retry-After"
    return Postponed(
        detail=f"status {response.status}, {said}"[:200],
        retry_at=max(retry_at, until),
        spends_try=False,
        host_until=until if is_too_many(response) else None,
        quiet_until=None if is_too_many(response) else until,
    )


def _spend_try(outcome: Outcome, detail: str, request: PageRequest, now: datetime, settings: Settings) -> Postponed | Refused:
    tries = request.tries + 1
    if tries >= settings.max_tries:
        return Refused(outcome=outcome, detail=f"{detail}, {tries} tries")
    return Postponed(detail=detail, retry_at=now + back_off(request.tries, settings), spends_try=True)


def back_off(failed_before: int, settings: Settings) -> timedelta:
    """The wait after a failed try: the setting, and three times as long after each further one, a day at the most.

    With the defaults (5 min, 6 tries) a URL outlives an outage of ten hours.
    """
    seconds: float = settings.back_off_seconds * _BACK_OFF_FACTOR ** min(failed_before, 20)
    return min(timedelta(seconds=seconds), _LONGEST_WAIT)


def judge_failure(error: DatelineError, request: PageRequest, now: datetime, settings: Settings) -> Refused | Postponed:
    """What becomes of a URL whose exchange raised `error`."""
    if isinstance(error, UnsafeAddressError | UnsafeUrlError):
        return Refused(outcome=Outcome.UNSAFE_URL, detail=error.detail)
    if isinstance(error, PermanentError):
        return Refused(outcome=Outcome.BAD_PAGE, detail=str(error))
    outcome = Outcome.TIMEOUT if isinstance(error, ExchangeTimeoutError) else Outcome.HTTP_ERROR
    return _spend_try(outcome, str(error), request, now, settings)
