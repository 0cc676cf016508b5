"""The product with protections taken out, for bench/courtesy.py: the judge has to object to the points that each of them kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from sqlalchemy import Engine, text

from pipeline.discover import polling
from pipeline.fetch.http import Fetcher
from pipeline.fetch.robots import RobotsRules
from pipeline.fetch.targets import Target
from pipeline.headers import conditional_headers
from pipeline.records import PollResult, Response, Validators
from pipeline.settings import Settings
from pipeline.store.database import transaction

_FORGET = text((Path(__file__).resolve().parent / "forget.sql").read_text(encoding="utf-8"))
_EPOCH = "Thu, 01 Jan 1970 00:00:00 GMT"
_SHORT = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Lapse:
    """Some protections taken out together: none of them keeps a point that another one keeps."""

    what: str
    days: float  # until each has had its occasion
    points: Sequence[str]  # the beginnings of their names: those that must be violated
    instead: dict[str, Any]  # by the name of what is replaced
    at_start: Callable[[Engine], None] = lambda _engine: None  # whenever the worker starts

    @contextmanager
    def committed(self) -> Iterator[None]:
        """The product without them as long as the block lasts."""
        with ExitStack() as stack:
            for name, replacement in self.instead.items():
                stack.enter_context(patch(name, replacement))
            yield


# The product's own, which the replacements call.
_unchanged, _failed = polling._unchanged, polling._failed
_exchange, _request, _parse = Fetcher.exchange, Fetcher._request, RobotsRules.parse


def _first_alone(validators: Validators) -> tuple[tuple[str, str], ...]:
    return conditional_headers(validators)[:1]


def _forget(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(_FORGET)


def _unrenewed(poll: polling.Poll, response: Response, _: Validators, settings: Settings) -> PollResult:
    return _unchanged(poll, response, poll.endpoint.validators, settings)


async def _twice(fetcher: Fetcher, url: str, **options: Any) -> Response:
    answer, _ = await asyncio.gather(_exchange(fetcher, url, **options), _exchange(fetcher, url, **options), return_exceptions=True)
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _otherwise(fetcher: Fetcher, target: Target, validators: Validators, accept: str) -> httpx.Request:
    request = _request(fetcher, target, validators, accept)
    request.headers.update({"User-Agent": "python-httpx/0.28.1", "Accept-Encoding": "identity", "Referer": target.url})
    if "If-None-Match" in request.headers:
        request.headers["If-None-Match"] = request.headers["If-None-Match"].removeprefix("W/").strip('"')
    if "If-Modified-Since" in request.headers:
        request.headers["If-Modified-Since"] = _EPOCH
    return request


def _undeterred(poll: polling.Poll, weight: float, status: str, settings: Settings, **_: Any) -> PollResult:
    return replace(_failed(poll, weight, status, settings), next_poll_at=poll.now + _SHORT)


def _unreachable_allows(_: type[RobotsRules], status: int | None, body: str) -> RobotsRules:
    return _parse(404 if status is None or status >= 500 else status, body)


def lapses() -> list[Lapse]:
    """All of them; together they leave out no point."""
    return [
        Lapse(
            what="asks every ten minutes, remembers no validators, and reads no Retry-After",
            days=2,
            points=("1 ", "8 ", "9 ", "16 ", "18 "),
            instead={
                "pipeline.steps.poll.request_validators": lambda *_: Validators(),
                "pipeline.discover.polling.next_interval": lambda *_, **__: _SHORT,
                "pipeline.discover.polling.retry_after": lambda *_: None,
                "pipeline.discover.polling._AFTER_429": timedelta(0),
            },
        ),
        Lapse(
            what="sends one validator of two, and starts anew with each start",
            days=2,
            points=("4 ", "10 "),
            instead={"pipeline.fetch.http.conditional_headers": _first_alone},
            at_start=_forget,
        ),
        Lapse(
            what="keeps the validators at hand while the body is the same",
            days=2,
            points=("5 ",),
            instead={"pipeline.discover.polling._unchanged": _unrenewed},
        ),
        Lapse(
            what="two workers without leases; headers of a library, tags without quotes, dates of 1970",
            days=1,
            points=("2 ", "3 ", "11 ", "12 ", "13 ", "14 ", "19 one"),
            instead={"pipeline.fetch.http.Fetcher.exchange": _twice, "pipeline.fetch.http.Fetcher._request": _otherwise},
        ),
        Lapse(
            what="heeds no redirect, no 410, no robots.txt that fails, and asks on when nobody answers",
            days=4,
            points=("17 ", "19 out"),
            instead={
                "pipeline.discover.polling._SIGHTINGS_TO_MOVE": 1_000,
                "pipeline.discover.polling._failed": _undeterred,
                "pipeline.fetch.robots.RobotsRules.parse": classmethod(_unreachable_allows),
            },
        ),
    ]
