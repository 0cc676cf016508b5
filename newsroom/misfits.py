"""Misbehaving servers, each class one bad habit, on raw sockets: what no framework would let itself be made to send. Used by
tests/faults, and by the press, one of whose outlets has them all behind its links (newsroom/ragged.py).

`error` is what one exchange with it must raise, None where a response must come back; `outcome` is what becomes of a URL that
always answers so, once its tries are used up (None: it is a page, or its URL waits).
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from functools import cache
from typing import ClassVar

import brotli
import zstandard

from newsroom.raw_server import PAGE, Scripted, Server, head
from pipeline.errors import (
    BodyTooLargeError,
    BodyUndecodableError,
    DatelineError,
    ExchangeFailedError,
    ExchangeTimeoutError,
    ResponseCutError,
)
from pipeline.records import Outcome

BOMB = 20_000_000  # bytes, decoded: twice the cap of a page


# -- slow ----------------------------------------------------------------------------------


class Silent(Server):
    """Takes the request and says nothing."""

    error, outcome = ExchangeTimeoutError, Outcome.TIMEOUT

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()


class HeaderDrip(Server):
    """Sends its headers byte by byte, for ever: no single read ever takes long."""

    error, outcome = ExchangeTimeoutError, Outcome.TIMEOUT

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.01)


class BodyDrip(Server):
    """Sends its body byte by byte."""

    error, outcome = ExchangeTimeoutError, Outcome.TIMEOUT

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        writer.write(head(length=500_000))
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.01)


class StallsInBody(Server):
    """Sends half the body and stops, the connection open."""

    error, outcome = ExchangeTimeoutError, Outcome.TIMEOUT

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        writer.write(head(length=2 * len(PAGE)) + PAGE)
        await asyncio.Event().wait()


class HintsForEver(Server):
    """Sends 103 Early Hints without end and never the response."""

    error, outcome = ExchangeTimeoutError, Outcome.TIMEOUT

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)


# -- broken off ------------------------------------------------------------------------------


class EmptyReply(Scripted):
    """Closes the connection without a word."""

    error, outcome = ExchangeFailedError, Outcome.HTTP_ERROR
    sends = b""


class Reset(Server):
    """Resets the connection in the middle of the body."""

    error, outcome = ResponseCutError, Outcome.HTTP_ERROR

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        writer.write(head(length=2 * len(PAGE)) + PAGE)
        await writer.drain()
        linger = struct.pack("ii", 1, 0)  # on, for 0 s: the kernel sends a reset in place of an end
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


class Truncated(Scripted):
    """Ends before the length it announced."""

    error, outcome = ResponseCutError, Outcome.HTTP_ERROR
    sends = head(length=len(PAGE) + 1) + PAGE


class TruncatedChunks(Scripted):
    """Ends without the last chunk."""

    error, outcome = ResponseCutError, Outcome.HTTP_ERROR
    sends = head("Transfer-Encoding: chunked") + b"%x\r\n%s\r\n" % (len(PAGE), PAGE)


class TruncatedHeaders(Scripted):
    """Ends within its headers."""

    error, outcome = ExchangeFailedError, Outcome.HTTP_ERROR
    sends = b"HTTP/1.1 200 OK\r\nContent-Type: text/h"


# -- not HTTP ----------------------------------------------------------------------------------


class AnotherProtocol(Scripted):
    """Speaks SSH."""

    error, outcome = ExchangeFailedError, Outcome.HTTP_ERROR
    sends = b"SSH-2.0-OpenSSH_9.2p1\r\n"


class BadChunks(Scripted):
    """Gives a chunk's length in no number."""

    error, outcome = ResponseCutError, Outcome.HTTP_ERROR
    sends = head("Transfer-Encoding: chunked") + b"many\r\n" + PAGE


class TwoLengths(Scripted):
    """Announces two different lengths: a smuggler's response."""

    error, outcome = ExchangeFailedError, Outcome.HTTP_ERROR
    sends = head("Content-Length: 5", length=len(PAGE)) + PAGE


class NegativeLength(Scripted):
    """Announces a length below nothing."""

    error, outcome = ExchangeFailedError, Outcome.HTTP_ERROR
    sends = head(length=-5) + PAGE


class NulInHeader(Scripted):
    """Hides a NUL in a header."""

    error, outcome = ExchangeFailedError, Outcome.HTTP_ERROR
    sends = head("X-Nul: a\0b", length=len(PAGE)) + PAGE


class EndlessHeaders(Server):
    """Sends headers without end, as fast as it can."""

    error, outcome = ExchangeFailedError, Outcome.HTTP_ERROR

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + b"a" * 8000 + b"\r\n")
            await writer.drain()


class LongerThanSaid(Scripted):
    """Sends more than it announced: the page is what was announced, the rest is nobody's."""

    sends = head(length=len(PAGE)) + PAGE + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"


class NoLength(Scripted):
    """Says no length and closes at the end, as HTTP/1.0 does."""

    sends = head() + PAGE


# -- too much, and wrongly packed ------------------------------------------------------------


class Endless(Server):
    """Sends a body without end."""

    error, outcome = BodyTooLargeError, Outcome.BAD_PAGE

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        writer.write(head())
        while True:
            writer.write(PAGE * 20)
            await writer.drain()


class HugeLength(Scripted):
    """Announces a terabyte."""

    error, outcome = BodyTooLargeError, Outcome.BAD_PAGE
    sends = head(length=10**12) + PAGE


class Bomb(Server):
    """Little that grows to twenty megabytes; packed when it is first asked for."""

    error: ClassVar[type[DatelineError] | None] = BodyTooLargeError
    outcome = Outcome.BAD_PAGE
    coding: ClassVar[str]

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        packed = _packed(self.coding)
        writer.write(head(f"Content-Encoding: {self.coding}", length=len(packed)) + packed)
        await writer.drain()


@cache
def _packed(coding: str) -> bytes:
    plain = bytes(BOMB)
    match coding:
        case "gzip":
            return gzip.compress(plain)
        case "deflate":
            return zlib.compress(plain)
        case "br":
            return bytes(brotli.compress(plain, quality=1))
        case "zstd":
            return zstandard.compress(plain)
    return gzip.compress(gzip.compress(plain))


class GzipBomb(Bomb):
    """Twenty kilobytes that grow to twenty megabytes."""

    coding = "gzip"


class DeflateBomb(Bomb):
    """The same, as deflate."""

    coding = "deflate"


class BrotliBomb(Bomb):
    """The same, in some hundred bytes."""

    coding = "br"


class ZstdBomb(Bomb):
    """The same, as zstd."""

    coding = "zstd"


class StackedBomb(Bomb):
    """A bomb in a bomb."""

    error = BodyUndecodableError
    coding = "gzip, gzip"


class BadGzip(Scripted):
    """Says gzip and sends a plain page."""

    error, outcome = BodyUndecodableError, Outcome.BAD_PAGE
    sends = head("Content-Encoding: gzip", length=len(PAGE)) + PAGE


class CutGzip(Scripted):
    """Its compressed stream ends early, its response does not."""

    error, outcome = BodyUndecodableError, Outcome.BAD_PAGE
    sends = head("Content-Encoding: gzip", length=50) + gzip.compress(PAGE)[:50]


class UnknownCoding(Scripted):
    """Packs the page in a way that nobody asked for."""

    error, outcome = BodyUndecodableError, Outcome.BAD_PAGE
    sends = head("Content-Encoding: compress", length=len(PAGE)) + PAGE


# -- statuses ------------------------------------------------------------------------------------


class TooManyRequests(Scripted):
    """429, come back in an hour."""

    sends = head("Retry-After: 3600", status="429 Too Many Requests", length=0)


class Unavailable(Scripted):
    """503, without a word about when."""

    sends = head(status="503 Service Unavailable", length=0)


class ServerError(Scripted):
    """500."""

    outcome = Outcome.HTTP_ERROR
    sends = head(status="500 Internal Server Error", length=0)


class Upgrades(Scripted):
    """Switches to a protocol that nobody asked for."""

    error, outcome = ExchangeFailedError, Outcome.HTTP_ERROR
    sends = head("Upgrade: smoke-signals", "Connection: upgrade", status="101 Switching Protocols")


class OddStatus(Scripted):
    """A status that does not exist."""

    outcome = Outcome.HTTP_ERROR
    sends = head(status="799 Whatever", length=0)


class RedirectNowhere(Scripted):
    """A redirect without a target."""

    outcome = Outcome.HTTP_ERROR
    sends = head(status="302 Found", length=0)


class UnreadableLocation(Scripted):
    """A redirect to what is no URL."""

    outcome = Outcome.HTTP_ERROR
    sends = head("Location: http://[::1/", status="302 Found", length=0)


class EmptyPage(Scripted):
    """200, and nothing."""

    outcome = Outcome.TOO_SHORT
    sends = head(length=0)


class PdfAsHtml(Scripted):
    """A PDF that calls itself a page."""

    outcome = Outcome.NON_HTML
    sends = head(length=9) + b"%PDF-1.7\n"


def _leaves(kind: type[Server]) -> list[type[Server]]:
    below = [leaf for child in kind.__subclasses__() for leaf in _leaves(child)]
    return below or [kind]


ALL = [leaf for kind in Server.__subclasses__() for leaf in _leaves(kind)]
