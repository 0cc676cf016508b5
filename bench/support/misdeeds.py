"""Misdeeds in the log of a polite week, for each point of COURTESY that is judged: a judge that sees none of them proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from support.manners import Asked

Log = Sequence[Asked]
_CONDITIONS = frozenset(["if-none-match", "if-modified-since"])


@dataclass(frozen=True, kw_only=True)
class Misdeed:
    """What a worse poller would have done."""

    point: str  # the name of the point that it violates
    commit: Callable[[Log], Log]


def misdeeds(back_at: datetime) -> list[Misdeed]:
    """At least one for each point. `back_at`: when the worker was back after it had been away."""
    return [
        Misdeed(point="1 unconditional", commit=_with_headers("plain", _without(*_CONDITIONS))),
        Misdeed(point="2 If-Modified-Since", commit=_with_headers("date-only", _instead("if-modified-since", lambda _: _EPOCH))),
        Misdeed(point="3 If-None-Match", commit=_with_headers("plain", _instead("if-none-match", lambda tag: tag.strip('"')))),
        Misdeed(point="4 both or neither", commit=_with_headers("plain", _without("if-modified-since"))),
        *(
            Misdeed(
                point="5 touch, 6 one of two new, 7 new with a 304",
                commit=_with_headers(name, _instead("if-none-match", lambda _: '"old"')),
            )
            for name in ("touched", "same-date", "renewing")
        ),
        Misdeed(point="8 never under the floor", commit=_again("plain", minutes=10)),
        Misdeed(point="9 max-age, Expires", commit=_again("fresh", minutes=30)),
        Misdeed(point="10 restart: no burst, nothing forgotten", commit=lambda log: _burst(log, back_at)),
        Misdeed(point="11 first contact: one request, no invented address", commit=_changed("plain", path="/favicon.ico")),
        Misdeed(point="12 no cookie, referrer, query", commit=_changed("zipped", path="/feed?null")),
        Misdeed(
            point="13 user agent with a contact", commit=_with_headers("plain", _instead("user-agent", lambda _: "python-httpx/0.28.1"))
        ),
        Misdeed(point="14 gzip is offered", commit=_with_headers("plain", _instead("accept-encoding", lambda _: "identity"))),
        Misdeed(point="19 one request at a time", commit=_changed("plain", beside=1)),
        Misdeed(point="16 429 and 503: Retry-After, else slower", commit=_after_refusal("busy-delta", minutes=60)),
        Misdeed(point="17 301 and 308 move, 302 does not, 410 ends", commit=_after_refusal("gone", minutes=720)),
        Misdeed(point="17 301 and 308 move, 302 does not, 410 ends", commit=_redirected_again),
        Misdeed(point="17 301 and 308 move, 302 does not, 410 ends", commit=_changed("found", path="/elsewhere", which=2)),
        Misdeed(point="18 ttl, skipHours, skipDays, expired", commit=_again("ttl", minutes=100)),
        Misdeed(point="19 out of reach: fewer requests; robots.txt out of order: none", commit=_in_spite_of_robots),
    ]


_EPOCH = "Thu, 01 Jan 1970 00:00:00 GMT"
Headers = dict[str, str]


def _polls(log: Log, name: str) -> list[int]:
    """The places of a feed's polls."""
    return [number for number, asked in enumerate(log) if asked.host == f"{name}.test" and asked.path != "/robots.txt"]


def _with_headers(name: str, change: Callable[[Headers], Headers]) -> Callable[[Log], Log]:
    def commit(log: Log) -> Log:
        polls = frozenset(_polls(log, name))
        return [replace(asked, headers=change(dict(asked.headers))) if number in polls else asked for number, asked in enumerate(log)]

    return commit


def _without(*names: str) -> Callable[[Headers], Headers]:
    return lambda headers: {name: value for name, value in headers.items() if name not in names}


def _instead(name: str, change: Callable[[str], str]) -> Callable[[Headers], Headers]:
    return lambda headers: headers | ({name: change(headers[name])} if name in headers else {})


def _changed(name: str, path: str | None = None, beside: int = 0, which: int = 1) -> Callable[[Log], Log]:
    """One of the feed's polls (from 0), otherwise."""

    def commit(log: Log) -> Log:
        number = _polls(log, name)[which]
        otherwise = replace(log[number], path=path or log[number].path, beside=beside)
        return [*log[:number], otherwise, *log[number + 1 :]]

    return commit


def _again(name: str, minutes: int, which: int = 3) -> Callable[[Log], Log]:
    """One of the feed's polls once more, so much later."""
    return lambda log: _repeated(log, _polls(log, name)[which], timedelta(minutes=minutes))


def _after_refusal(name: str, minutes: int) -> Callable[[Log], Log]:
    """The first poll that was refused once more, so much later."""

    def commit(log: Log) -> Log:
        refused = next(number for number in _polls(log, name) if log[number].reply.status >= 400)
        return _repeated(log, refused, timedelta(minutes=minutes))

    return commit


def _redirected_again(log: Log) -> Log:
    """The old address of a feed that moved is asked days later."""
    first = next(number for number in _polls(log, "moved") if log[number].reply.status == 301)
    return _repeated(log, first, timedelta(days=2))


def _burst(log: Log, back_at: datetime) -> Log:
    first = next(number for number in _polls(log, "plain") if log[number].at >= back_at)
    soon = replace(log[first], at=back_at + timedelta(minutes=1))
    return _sorted([*log, soon, replace(soon, at=back_at + timedelta(minutes=2))])


def _in_spite_of_robots(log: Log) -> Log:
    closed = next(asked for asked in log if asked.host == "busy-robots.test" and asked.path == "/robots.txt" and asked.reply.status == 503)
    poll = log[_polls(log, "busy-robots")[0]]
    return _sorted([*log, replace(poll, at=closed.at + timedelta(minutes=1))])


def _repeated(log: Log, number: int, later: timedelta) -> Log:
    return _sorted([*log, replace(log[number], at=log[number].at + later)])


def _sorted(log: Log) -> Log:
    return sorted(log, key=lambda asked: asked.at)
