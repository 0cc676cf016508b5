"""Judges a client's manners from the server's own log. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsroom.access_log import LoggedRequest
from newsroom.findings import Finding

PACE_TOLERANCE = 0.005  # seconds: a server sees a client hang up a little late
_CONTACT = re.compile(r"https?://|\S@\S")


def courtesy(log: Sequence[LoggedRequest]) -> list[Finding]:
    """Requests against robots.txt, too fast for the crawl-delay, before Retry-After is over, without a contact, with invented validators.

    `log` is in the order of starts. The pace is measured for each host from the end of its last response to the next request's start.
    """
    findings: list[Finding] = []
    free_at: dict[str, float] = {}
    quiet, given = _Quiet(), _Given()
    for request in log:
        where = f"{request.host} {request.path}"
        if request.disallowed:
            findings.append(Finding(what="disallowed", where=where, detail="robots.txt disallows it"))
        early = free_at.get(request.host, request.started) + request.crawl_delay - request.started
        if request.host in free_at and early > PACE_TOLERANCE:
            findings.append(Finding(what="too_fast", where=where, detail=f"{early:.3f} s before the crawl-delay was over"))
        wait = quiet.left(request)
        if wait > PACE_TOLERANCE:
            findings.append(Finding(what="too_early", where=where, detail=f"{wait:.3f} s before Retry-After was over"))
        if not _CONTACT.search(request.user_agent):
            findings.append(Finding(what="no_contact", where=where, detail=f"user agent {request.user_agent!r}"))
        findings += [Finding(what="invented", where=where, detail=f"{value!r} was never sent") for value in given.invented(request)]
        given.note(request)
        free_at[request.host] = max(free_at.get(request.host, 0.0), request.ended)
        quiet.note(request)
    return findings


class _Quiet:
    """Who asked for quiet until when: a URL for itself (503), the whole host after a 429, a busy robots.txt, or a second URL that asks."""

    def __init__(self) -> None:
        self._hosts: dict[str, float] = {}
        self._paths: dict[str, dict[str, float]] = {}  # by host

    def left(self, request: LoggedRequest) -> float:
        """How much too early a request comes, in seconds."""
        until = self._paths.get(request.host, {}).get(request.path, request.started)
        return max(until, self._hosts.get(request.host, request.started)) - request.started

    def note(self, request: LoggedRequest) -> None:
        """Take down what the answer asks for."""
        if request.retry_after is None:
            return
        until, asked = request.ended + request.retry_after, self._paths.setdefault(request.host, {})
        others = any(end > request.ended for path, end in asked.items() if path != request.path)
        if request.status == 429 or request.path == "/robots.txt" or others:
            self._hosts[request.host] = max(until, self._hosts.get(request.host, until))
        asked[request.path] = until


class _Given:
    """The validators that outlets gave out, to be sent back verbatim (RFC 9110, 8.8). Outlets whose log tells none are not judged."""

    def __init__(self) -> None:
        self._values: dict[str, set[str]] = {}  # by outlet: a page's may be asked for at another of its addresses

    def invented(self, request: LoggedRequest) -> list[str]:
        """The validators of a request that its outlet never gave out."""
        known = self._values.get(request.outlet)
        sent = (request.if_none_match, request.if_modified_since)
        return [] if known is None else [value for value in sent if value is not None and value not in known]

    def note(self, request: LoggedRequest) -> None:
        """Take down what the answer carries."""
        values = {value for value in (request.etag, request.last_modified) if value is not None}
        if values:
            self._values.setdefault(request.outlet, set()).update(values)
