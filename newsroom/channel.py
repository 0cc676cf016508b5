"""The way from the press to one client: a whole reply, or pieces of one, over ASGI."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

Header = tuple[str, str]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Any], Awaitable[None]]
HTML: Header = ("content-type", "text/html; charset=utf-8")


class ClientGoneError(Exception):
    """The client closed the connection before it had the whole response."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A whole response."""

    status: int = 200
    headers: tuple[Header, ...] = (HTML,)
    body: bytes = b""

    def without(self, *names: str) -> tuple[Header, ...]:
        """The headers but those called `names` (lower case)."""
        return tuple(header for header in self.headers if header[0] not in names)


class Channel:
    """The way to one client: an ASGI `receive` and `send`, and what was sent so far."""

    def __init__(self, receive: Receive, send: Send, *, http_version: str) -> None:
        self._receive = receive
        self._send = send
        self._http_version = http_version
        self.status = 0
        self.headers: tuple[Header, ...] = ()
        self.sent = 0  # bytes of body
        self.ended: float | None = None  # monotonic, when the last byte was handed over

    async def start(self, status: int, headers: tuple[Header, ...]) -> None:
        """Send status and headers."""
        self.status, self.headers = status, headers
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    def header(self, name: str) -> str | None:
        """The header called `name` (lower case) that was sent, or None."""
        return next((value for key, value in self.headers if key == name), None)

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """Send a piece of the body."""
        self.sent += len(data)
        if last:  # before the sending: a client that has all of it can't have waited longer than from here on
            self.ended = time.monotonic()
        await self._send({"type": "http.response.body", "body": data, "more_body": not last})

    async def cut(self, data: bytes) -> None:
        """Send `data` and end before the promised length: HTTP/1.1 loses its connection (hypercorn closes what an application leaves
        unfinished), HTTP/2 ends the stream short of its content-length, which makes it malformed (RFC 9113, 8.1.1).
        """
        self.ended = time.monotonic()
        await self.write(data, last=self._http_version == "2")

    async def reply(self, reply: Reply) -> None:
        """Send a whole response, with its length."""
        await self.start(reply.status, (*reply.without("content-length"), ("content-length", str(len(reply.body)))))
        await self.write(reply.body, last=True)

    async def wait(self, seconds: float) -> None:
        """Let time pass; raises ClientGoneError as soon as the client hangs up."""
        try:
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return
        raise ClientGoneError
