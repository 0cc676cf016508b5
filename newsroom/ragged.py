"""The Ragged Post: an outlet whose feed is well and whose pages are each another misbehaving server (newsroom/misfits.py).

Its pages are those whose first answer ends them, by the name that the truth says. They lie on a raw socket, beside the ASGI press.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from newsroom.access_log import AccessLog, LoggedRequest
from newsroom.misfits import ALL, EmptyPage, PdfAsHtml, RedirectNowhere, UnreadableLocation
from newsroom.raw_server import Server
from newsroom.truth import TruthArticle, TruthVersion
from pipeline.records import EndpointKind, EndpointSpec, Outcome, SourceSpec

SLUG, HOST = "ragged", "www.ragged.test"
CRAWL_DELAY = 0.1  # seconds
PAGES: tuple[type[Server], ...] = tuple(
    kind for kind in ALL if kind.outcome is Outcome.BAD_PAGE or kind in (EmptyPage, PdfAsHtml, RedirectNowhere, UnreadableLocation)
)
_WELL = {"/robots.txt", "/feed.xml"}


def ragged_source(port: int) -> SourceSpec:
    """The outlet as a source of Dateline."""
    origin = f"http://{HOST}:{port}"
    return SourceSpec(
        slug=SLUG,
        name="The Ragged Post",
        homepage=f"{origin}/",
        country="GB",
        language="en",
        media_type="online",
        endpoints=(EndpointSpec(kind=EndpointKind.RSS, url=f"{origin}/feed.xml"),),
    )


def ragged_truth(port: int, published_at: datetime) -> tuple[TruthArticle, ...]:
    """What must become of each of its pages."""
    return tuple(
        TruthArticle(
            outlet=SLUG,
            number=number,
            url=f"http://{HOST}:{port}{_path(kind)}",
            aliases=(),
            outcome=kind.outcome or Outcome.LOADED,
            published_at=published_at,
            authors=(),
            beside=(),
            versions=(TruthVersion(since=published_at, title=kind.__name__, lines=()),),
            moved_at=None,
            deleted_at=None,
            syndicated_from=None,
        )
        for number, kind in enumerate(PAGES)
    )


def _path(kind: type[Server]) -> str:
    return f"/news/{kind.__name__.lower()}"


@asynccontextmanager
async def serving_ragged(door: socket.socket, log: AccessLog, published_at: datetime) -> AsyncIterator[None]:
    """Serve the outlet on a listening socket, which it takes over, until the block ends."""
    origin = f"http://{HOST}:{door.getsockname()[1]}"
    answering: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            answering.add(task)
            task.add_done_callback(answering.discard)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            asked = _Asked.read(await reader.readuntil(b"\r\n\r\n"))
            timed = _TimedWriter(writer.transport, writer.transport.get_protocol(), reader, asyncio.get_running_loop())
            await _answer(asked, timed, log, _feed(origin, published_at))
        writer.close()

    listener = await asyncio.start_server(handle, sock=door)
    try:
        yield
    finally:
        listener.close()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A request, and when it came."""

    path: str
    user_agent: str
    started: float  # monotonic
    started_at: datetime

    @classmethod
    def read(cls, head: bytes) -> _Asked:
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        path = line.split(" ")[1].partition("?")[0] if line.count(" ") else ""
        return cls(path=path, user_agent=headers.get("user-agent", ""), started=time.monotonic(), started_at=datetime.now(UTC))


class _TimedWriter(asyncio.StreamWriter):
    """Notes when the client was last known to listen: when a wait for it began. A busy server learns late how that ended."""

    listened_at: float | None = None  # monotonic

    async def drain(self) -> None:
        if not self.is_closing():
            self.listened_at = time.monotonic()
        await super().drain()


async def _answer(asked: _Asked, writer: _TimedWriter, log: AccessLog, feed: bytes) -> None:
    """An answer that the client breaks off ends when it was last known to listen."""
    kind = next((kind for kind in PAGES if _path(kind) == asked.path), None)
    ended = None
    try:
        if kind is not None:
            await kind().answer(writer)
        else:
            writer.write(_well(asked.path, feed))
            await writer.drain()
    except OSError:
        ended = writer.listened_at
        raise
    finally:
        log.write(_logged(asked, kind, ended or time.monotonic()))


def _well(path: str, feed: bytes) -> bytes:
    bodies = {
        "/robots.txt": ("200 OK", "text/plain", f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}\n".encode()),
        "/feed.xml": ("200 OK", "application/rss+xml", feed),
    }
    status, media_type, body = bodies.get(path, ("404 Not Found", "text/plain", b"not here"))
    return f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def _feed(origin: str, published_at: datetime) -> bytes:
    date = format_datetime(published_at, usegmt=True)
    items = "".join(
        f"<item><title>{kind.__name__}</title><link>{origin}{_path(kind)}</link><pubDate>{date}</pubDate></item>" for kind in PAGES
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Ragged</title>{items}</channel></rss>'.encode()


def _logged(asked: _Asked, kind: type[Server] | None, ended: float) -> LoggedRequest:
    return LoggedRequest(
        started=asked.started,
        ended=ended,
        started_at=asked.started_at,
        ended_at=asked.started_at + timedelta(seconds=ended - asked.started),
        outlet=SLUG,
        host=HOST,
        path=asked.path,
        status=200 if asked.path in _WELL else 404 if kind is None else 0,
        sent=0,
        user_agent=asked.user_agent,
        crawl_delay=CRAWL_DELAY,
        fault=None if kind is None else kind.__name__,
        lists=(0, len(PAGES)) if asked.path == "/feed.xml" else None,
    )
