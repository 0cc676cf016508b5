"""Feeds with manners of their own, on loopback, and the log of what they were asked: each knows all that it ever sent."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial

from newsroom.request_head import read_request

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ENTRIES = 10
_A_MOMENT = 0.001  # seconds for an answer: one that took none would never be beside another
_ROBOTS = "User-agent: *\nDisallow: /story/\n"  # the feeds are judged: their pages are not wanted

Headers = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; a status of 0 hangs up."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as the server saw it, and what it answered."""

    at: datetime
    host: str
    path: str
    headers: Mapping[str, str]  # lower-case names
    reply: Reply
    beside: int  # other requests to this host that were open

    def sent(self, name: str) -> str | None:
        """A header of the answer."""
        return self.reply.headers.get(name)

    @property
    def is_conditional(self) -> bool:
        """Whether it asked for changes only."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(kw_only=True)
class Manner:
    """A feed that publishes every `every`, gives both validators and heeds them; others differ from it."""

    name: str
    start: datetime
    every: timedelta = _DAY
    path: str = "/feed"
    head: str = ""  # in the channel
    gives: Callable[[int, datetime], Headers] = lambda _version, _at: {}
    special: Callable[[int, datetime], Reply | None] = lambda _number, _at: None  # by the number of the request, from 1
    robots_out: Callable[[datetime], bool] = lambda _at: False  # whether its robots.txt is out of order
    asked: int = 0

    @property
    def host(self) -> str:
        """Its name."""
        return f"{self.name}.test"

    def version(self, at: datetime) -> int:
        """How many entries it has published since the start."""
        return max(int((at - self.start) / self.every), 0)

    def answer(self, path: str, headers: Mapping[str, str], at: datetime, port: int) -> Reply:
        """What it answers."""
        if path == "/robots.txt":
            return Reply(status=503) if self.robots_out(at) else Reply(headers={"Content-Type": "text/plain"}, body=_ROBOTS.encode())
        if path == self.path:
            self.asked += 1
            if (reply := self.special(self.asked, at)) is not None:
                return reply
        return self.feed(headers, at, port)

    def feed(self, headers: Mapping[str, str], at: datetime, port: int) -> Reply:
        """The feed, or that it is unchanged (RFC 9110, 13.1: the tag goes before the date)."""
        given = self.gives(self.version(at), at)
        tag, date = headers.get("if-none-match"), headers.get("if-modified-since")
        known = tag == given.get("ETag") if tag and "ETag" in given else date is not None and date == given.get("Last-Modified")
        return Reply(status=304, headers=given) if known else Reply(headers=given | self.more(), body=self.document(at, port))

    def more(self) -> Headers:
        """Headers of a document."""
        return {"Content-Type": "application/rss+xml"}

    def document(self, at: datetime, port: int) -> bytes:
        """The latest entries, newest first."""
        last = self.version(at)
        moments = {n: format_datetime(self.start + n * self.every) for n in range(last, last - _ENTRIES, -1)}
        items = "".join(
            f"<item><title>Story {n}</title><link>http://{self.host}:{port}/story/{n}</link><pubDate>{moment}</pubDate></item>"
            for n, moment in moments.items()
        )
        return f'<rss version="2.0"><channel><title>t</title>{self.head}{items}</channel></rss>'.encode()


@dataclass(kw_only=True)
class Zipped(Manner):
    """Compresses, and would like to leave a cookie."""

    def more(self) -> Headers:
        """The same, and a cookie."""
        return {"Content-Type": "application/rss+xml", "Content-Encoding": "gzip", "Set-Cookie": "id=1; Path=/"}

    def document(self, at: datetime, port: int) -> bytes:
        """The same, compressed."""
        return gzip.compress(super().document(at, port), mtime=0)


@dataclass(kw_only=True)
class Json(Manner):
    """A JSON Feed that ends after two days."""

    def more(self) -> Headers:
        """JSON's type."""
        return {"Content-Type": "application/feed+json"}

    def document(self, at: datetime, port: int) -> bytes:
        """The feed; in the end it says so."""
        items = [{"id": str(n), "url": f"http://{self.host}:{port}/story/{n}"} for n in range(_ENTRIES)]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items, "expired": at >= self.start + 2 * _DAY}
        return json.dumps(feed).encode()


@dataclass(kw_only=True)
class Renewing(Manner):
    """Each 304 carries a new ETag and no date (RFC 9111, 4.3.4)."""

    def feed(self, headers: Mapping[str, str], at: datetime, port: int) -> Reply:
        """Unchanged, under another tag, where the tag is of this version."""
        version = self.version(at)
        tag = f'"v{version}-{at:%d%H}"'
        if headers.get("if-none-match", "").startswith(f'"v{version}-'):
            return Reply(status=304, headers={"ETag": tag})
        return Reply(headers={"ETag": tag, "Last-Modified": dated(version)} | self.more(), body=self.document(at, port))


def both(version: int, _at: datetime) -> Headers:
    """Both validators, by the version."""
    return {"ETag": f'"v{version}"', "Last-Modified": dated(version)}


def dated(version: int) -> str:
    """A Last-Modified by a version."""
    return format_datetime(datetime.fromisoformat("2026-01-04T00:00:00+00:00") + version * timedelta(minutes=7), usegmt=True)


class Press:
    """All of them, behind one port."""

    def __init__(self, manners: list[Manner], now: Callable[[], datetime]) -> None:
        """`now` is the clock by which they publish."""
        self.manners = {manner.host: manner for manner in manners}
        self.log: list[Asked] = []
        self.port = 0
        self._now = now
        self._open: dict[str, int] = {}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await read_request(reader):
                path, headers = request
                host = headers["host"].partition(":")[0]
                beside = self._open.get(host, 0)
                self._open[host] = beside + 1
                reply = self._reply(path, host, headers, beside)
                await asyncio.sleep(_A_MOMENT)
                self._open[host] -= 1
                if not reply.status:
                    break
                given = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items()).replace("{port}", str(self.port))
                length = "" if reply.status == 304 else f"Content-Length: {len(reply.body)}\r\n"
                writer.write(f"HTTP/1.1 {reply.status} x\r\n{given}{length}\r\n".encode("latin-1") + reply.body)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client is done, or the measure is
        finally:
            writer.close()

    def _reply(self, path: str, host: str, headers: Headers, beside: int) -> Reply:
        at, manner = self._now(), self.manners.get(host)
        reply = manner.answer(path, headers, at, self.port) if manner else Reply(status=404)
        self.log.append(Asked(at=at, host=host, path=path, headers=headers, reply=reply, beside=beside))
        return reply

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """On a free port of 127.0.0.1."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()


def manners(start: datetime) -> list[Manner]:
    """One of each."""

    feed = partial(Manner, start=start, gives=both)

    def hours(at: datetime) -> int:
        return int((at - start) / _HOUR)

    def every_twelfth(reply: Callable[[datetime], Reply]) -> Callable[[int, datetime], Reply | None]:
        return lambda number, at: None if number % 12 else reply(at)

    def after(days: float, reply: Reply, until: float = 99) -> Callable[[int, datetime], Reply | None]:
        return lambda _, at: reply if days * _DAY <= at - start < until * _DAY else None

    def odd_tag(version: int, _at: datetime) -> Headers:
        return {"ETag": f"W/\"v{version}, x;y='z'  \\\""}

    def quiet(seconds: int) -> Headers:
        return {"Retry-After": str(seconds)}

    half_hours = _HOUR / 2
    return [
        feed(name="plain"),
        feed(name="odd-tag", gives=odd_tag),
        feed(name="date-only", gives=lambda version, _: {"Last-Modified": dated(version)}),
        feed(name="bare", gives=lambda _version, _at: {}),
        feed(name="touched", every=99 * _DAY, gives=lambda _, at: both(hours(at) // 3, at)),
        feed(name="same-date", gives=lambda version, _: {"ETag": f'"v{version}"', "Last-Modified": dated(0)}),
        feed(name="same-tag", gives=lambda version, _: {"ETag": '"always"', "Last-Modified": dated(version)}),
        Renewing(name="renewing", start=start, gives=both),
        feed(name="forgetful", gives=lambda version, at: both(version, at) if hours(at) // 6 % 2 else {}),
        feed(name="fresh", every=half_hours, gives=lambda version, at: both(version, at) | {"Cache-Control": "max-age=5400", "Age": "600"}),
        feed(name="expiring", every=half_hours, gives=lambda v, at: both(v, at) | _until(at, timedelta(minutes=45))),
        feed(name="ttl", every=half_hours, head="<ttl>150</ttl>"),
        feed(name="skipping", every=half_hours, head=_SKIPS),
        feed(name="busy-delta", special=every_twelfth(lambda _: Reply(status=429, headers=quiet(5400)))),
        feed(name="busy-date", special=every_twelfth(lambda at: Reply(status=503, headers={"Retry-After": _date(at + 3 * _HOUR)}))),
        feed(name="busy", special=every_twelfth(lambda _: Reply(status=429))),
        feed(name="moved", path="/old", special=after(1, Reply(status=301, headers={"Location": "/new"}))),
        feed(name="moved-away", special=lambda _n, at: Reply(status=308, headers={"Location": _AWAY}) if at >= start + _DAY else None),
        feed(name="moved-here"),
        feed(name="found", special=lambda _n, _at: Reply(status=302, headers={"Location": "/elsewhere"})),
        feed(name="gone", special=after(3, Reply(status=410))),
        Json(name="ended", start=start, gives=both),
        feed(name="down", every=half_hours, special=after(2.3, Reply(status=0), until=2.8)),
        feed(name="busy-robots", robots_out=lambda at: 3 * _DAY <= at - start < 4 * _DAY),
        Zipped(name="zipped", start=start, gives=both),
    ]


_AWAY = "http://moved-here.test:{port}/feed"
_SKIPS = f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(6))}</skipHours><skipDays><day>Sunday</day></skipDays>"


def _date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def _until(at: datetime, fresh: timedelta) -> Headers:
    return {"Date": _date(at), "Expires": _date(at + fresh)}
