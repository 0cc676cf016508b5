"""The press on the air: one ASGI application for all hosts, each host on a port of its own, served by hypercorn."""

from __future__ import annotations

import asyncio
import gzip
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from hypercorn.asyncio import serve
from hypercorn.config import Config

from newsroom.access_log import AccessLog, LoggedRequest
from newsroom.channel import Channel, ClientGoneError, Header, Receive, Reply, Send
from newsroom.desk import Answer, Desk, is_disallowed
from newsroom.records import Edition, Outlet
from newsroom.tls import TlsFiles
from pipeline.errors import PortInUseError

LOOPBACK = "127.0.0.1"
GZIP_FROM = 500  # bytes; smaller bodies are sent as they are

Scope = Mapping[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Door:
    """What is behind one port."""

    outlet: Outlet
    edition: Edition

    @property
    def host(self) -> str:
        """The host name of this door."""
        return self.outlet.host(self.edition)


class PressApp:
    """The ASGI application: looks up the door by the port, asks the desk, sends the answer, writes the log."""

    def __init__(self, desk: Desk, doors: Mapping[int, Door], log: AccessLog, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._doors = doors
        self._log = log
        self._now = now  # the press's clock, which stands still when it is frozen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = _request(scope, self._doors[scope["server"][1]])
        answer = self._answer(request)
        channel = Channel(receive, send, http_version=request.http_version)
        try:
            if answer.fault is None:
                await channel.reply(reply_to(answer, request.headers))
            else:
                await answer.fault.answer(reply_to(answer, {}), channel)
        except ClientGoneError:
            pass
        self._log.write(_logged(request, answer, channel))

    def _answer(self, request: _Request) -> Answer:
        door = request.door
        if request.headers.get("host", "").rsplit(":", 1)[0] != door.host:
            return Answer(status=421)  # RFC 9110, 15.5.20: misdirected request
        if request.method not in {"GET", "HEAD"}:
            return Answer(status=405, headers=(("allow", "GET, HEAD"),))
        return self._desk.answer(door.outlet, door.edition, request.path, self._now())


@dataclass(frozen=True, kw_only=True)
class _Request:
    """A request, and when it came."""

    door: Door
    method: str
    http_version: str
    path: str  # percent-encoded in one way, without query
    headers: Mapping[str, str]  # names lower case
    started: float  # monotonic
    started_at: datetime


def _request(scope: Scope, door: Door) -> _Request:
    return _Request(
        door=door,
        method=scope["method"],
        http_version=scope["http_version"],
        path=quote(scope["path"], safe="/-._~"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        started=time.monotonic(),
        started_at=datetime.now(UTC),
    )


def _logged(request: _Request, answer: Answer, channel: Channel) -> LoggedRequest:
    """The log's line of a request whose response has just ended."""
    retry_after = channel.header("retry-after")
    ended = time.monotonic() if channel.ended is None else channel.ended  # None: the client hung up
    return LoggedRequest(
        started=request.started,
        ended=ended,
        started_at=request.started_at,
        ended_at=request.started_at + timedelta(seconds=ended - request.started),
        outlet=request.door.outlet.slug,
        host=request.door.host,
        path=request.path,
        method=request.method,
        http_version=request.http_version,
        status=channel.status,
        sent=channel.sent,
        user_agent=request.headers.get("user-agent", ""),
        if_none_match=request.headers.get("if-none-match"),
        if_modified_since=request.headers.get("if-modified-since"),
        etag=channel.header("etag"),
        last_modified=channel.header("last-modified"),
        disallowed=is_disallowed(request.path),
        crawl_delay=request.door.outlet.crawl_delay,
        retry_after=None if retry_after is None else float(retry_after),
        fault=None if answer.fault is None else type(answer.fault).__name__,
        lists=answer.lists,
    )


def reply_to(answer: Answer, request: Mapping[str, str]) -> Reply:
    """The whole response: 304 where the request's validators still hold, gzip where the client takes it (RFC 9110)."""
    headers: list[Header] = list(answer.headers)
    if answer.etag is not None:
        headers.append(("etag", answer.etag))
    if answer.last_modified is not None:
        headers.append(("last-modified", format_datetime(answer.last_modified, usegmt=True)))
    if _unchanged(answer, request):
        return Reply(status=304, headers=tuple(headers))
    body = answer.body()
    if "gzip" in request.get("accept-encoding", "") and len(body) >= GZIP_FROM:
        headers += [("content-encoding", "gzip"), ("vary", "accept-encoding")]
        body = gzip.compress(body, compresslevel=1)
    return Reply(status=answer.status, headers=tuple(headers), body=body)


def _unchanged(answer: Answer, request: Mapping[str, str]) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides where it is given, else If-Modified-Since."""
    if answer.status != 200:
        return False
    if "if-none-match" in request:
        return answer.etag is not None and answer.etag in {tag.strip().removeprefix("W/") for tag in request["if-none-match"].split(",")}
    if "if-modified-since" not in request or answer.last_modified is None:
        return False
    try:
        return answer.last_modified <= parsedate_to_datetime(request["if-modified-since"])
    except (ValueError, TypeError):  # not a date, or one without a zone
        return False


# -- ports and the server around an application ------------------------------------------


def listen(port: int = 0) -> socket.socket:
    """A listening socket on loopback; 0: any free port. Raises PortInUseError."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        door.bind((LOOPBACK, port))
    except OSError:
        door.close()
        raise PortInUseError(f"{LOOPBACK}:{port}, which the simulated press had before") from None
    door.listen(100)
    return door


@asynccontextmanager
async def serving(
    app: App, *, plain: tuple[socket.socket, ...], secure: tuple[socket.socket, ...] = (), tls: TlsFiles | None = None
) -> AsyncIterator[None]:
    """Serve `app` on listening sockets, which it takes over; `secure` ones speak TLS and offer HTTP/2."""
    config = Config()
    config.loglevel = "ERROR"
    config.graceful_timeout = 0.2
    config.keep_alive_timeout = 20.0  # more than httpx keeps one for, and than a handshake takes on a busy machine
    if tls is not None:
        config.certfile, config.keyfile = str(tls.certificate), str(tls.key)
        config.bind = [f"fd://{door.detach()}" for door in secure]
        config.insecure_bind = [f"fd://{door.detach()}" for door in plain]
    else:
        config.bind = [f"fd://{door.detach()}" for door in plain]
    stop = asyncio.Event()
    server = asyncio.create_task(serve(_with_lifespan(app), config, shutdown_trigger=stop.wait))
    try:
        yield
    finally:
        stop.set()
        await server


def _with_lifespan(app: App) -> App:
    """`app` with the start and stop handshake of ASGI."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    return handle
