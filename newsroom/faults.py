"""A catalogue of misbehaving servers: each class is one bad habit, used by the press and by tests/faults.

A fault is given the reply that a well-behaved server would send and a channel to the client, and spoils it. `outcome` is
what must become of a URL that always answers so; None: nothing is wrong with the URL, it must be tried again or read as it is.
"""

from __future__ import annotations

import gzip
import zlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from newsroom.channel import HTML, Channel, Reply
from pipeline.records import Outcome


class Fault(ABC):
    """One way to misbehave."""

    outcome: ClassVar[Outcome | None] = None

    @abstractmethod
    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Answer one request, in place of sending `reply`."""


# -- statuses ------------------------------------------------------------------------


@dataclass(frozen=True)
class Busy(Fault):
    """Says 503 or 429, with or without Retry-After in seconds."""

    status: int = 503
    retry_after: int | None = 1

    async def answer(self, reply: Reply, channel: Channel) -> None:  # noqa: ARG002  # nothing of the good reply is sent
        """Send the status with an empty page."""
        wait = () if self.retry_after is None else (("retry-after", str(self.retry_after)),)
        await channel.reply(Reply(status=self.status, headers=(HTML, *wait)))


@dataclass(frozen=True)
class Status(Fault):
    """Sends the page under an error's status; the subclasses say which."""

    status: ClassVar[int]

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send the page as it is, but for the status."""
        await channel.reply(Reply(status=self.status, headers=reply.headers, body=reply.body))


class ServerError(Status):
    """Says 500, always."""

    status = 500
    outcome = Outcome.HTTP_ERROR


class Gone(Status):
    """Says 410."""

    status = 410
    outcome = Outcome.HTTP_GONE


class NotFound(Status):
    """Says 404."""

    status = 404
    outcome = Outcome.HTTP_GONE


class Forbidden(Status):
    """Says 403."""

    status = 403
    outcome = Outcome.BLOCKED


class Unavailable(Status):
    """Says 451, unavailable for legal reasons (RFC 7725)."""

    status = 451
    outcome = Outcome.BLOCKED


# -- time ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Slow(Fault):
    """Thinks for a while, then answers well."""

    seconds: float = 1.5

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Wait, then send the reply."""
        await channel.wait(self.seconds)
        await channel.reply(reply)


@dataclass(frozen=True)
class Stall(Fault):
    """Sends the headers and then nothing, for an hour."""

    outcome = Outcome.TIMEOUT

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send headers only."""
        await channel.start(200, (*reply.without("content-length"), ("content-length", "1000")))
        await channel.wait(3600)


@dataclass(frozen=True)
class Drip(Fault):
    """Sends a byte at a time, each well within any read timeout."""

    seconds: float = 0.1
    outcome = Outcome.TIMEOUT

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send the body byte by byte; a client with a total deadline hangs up first."""
        await channel.start(200, reply.without("content-length", "content-encoding"))
        while True:
            await channel.write(b"<p>"[channel.sent % 3 : channel.sent % 3 + 1])
            await channel.wait(self.seconds)


# -- bodies --------------------------------------------------------------------------


@dataclass(frozen=True)
class Truncated(Fault):
    """Promises the whole body, sends half of it and closes the connection."""

    outcome = Outcome.HTTP_ERROR

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send half."""
        await channel.start(reply.status, (*reply.without("content-length"), ("content-length", str(len(reply.body)))))
        await channel.cut(reply.body[: len(reply.body) // 2])


@dataclass(frozen=True)
class WrongCharset(Fault):
    """Declares ISO-8859-1 in the header over a UTF-8 page that says so itself."""

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send the page with a lying header."""
        headers = (("content-type", "text/html; charset=iso-8859-1"), *reply.without("content-type"))
        await channel.reply(Reply(status=reply.status, headers=headers, body=reply.body))


@dataclass(frozen=True)
class Endless(Fault):
    """Sends a body without end."""

    outcome = Outcome.BAD_PAGE

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send paragraphs until the client hangs up."""
        await channel.start(200, reply.without("content-length", "content-encoding"))
        while True:
            await channel.write(b"<p>And so on.</p>\n" * 3600)
            await channel.wait(0.001)


@dataclass(frozen=True)
class GzipBomb(Fault):
    """Sends a hundred kilobytes of gzip that grow to `size` bytes."""

    size: int = 100_000_000
    outcome = Outcome.BAD_PAGE

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send the bomb, packed in steps so that this server stays small."""
        packer = zlib.compressobj(9, wbits=31)  # 31: gzip
        packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(self.size // 1_000_000)) + packer.flush()
        headers = (*reply.without("content-encoding", "content-length"), ("content-encoding", "gzip"))
        await channel.reply(Reply(headers=headers, body=packed))


@dataclass(frozen=True)
class StackedEncodings(Fault):
    """Packs the body twice."""

    outcome = Outcome.BAD_PAGE

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send gzip within gzip."""
        headers = (*reply.without("content-encoding", "content-length"), ("content-encoding", "gzip, gzip"))
        await channel.reply(Reply(headers=headers, body=gzip.compress(gzip.compress(reply.body))))


@dataclass(frozen=True)
class BrokenGzip(Fault):
    """Says gzip and sends something else."""

    outcome = Outcome.BAD_PAGE

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send the plain page under a false encoding."""
        headers = (*reply.without("content-encoding", "content-length"), ("content-encoding", "gzip"))
        await channel.reply(Reply(headers=headers, body=b"<html>" + reply.body))


@dataclass(frozen=True)
class NotHtml(Fault):
    """Sends a PDF."""

    outcome = Outcome.NON_HTML

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send the smallest thing that is a PDF file to those who sniff."""
        headers = (("content-type", "application/pdf"), *reply.without("content-type", "content-encoding", "content-length"))
        await channel.reply(Reply(headers=headers, body=b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n"))


@dataclass(frozen=True)
class Empty(Fault):
    """Says 200 and sends nothing."""

    outcome = Outcome.TOO_SHORT

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send an empty body."""
        await channel.reply(Reply(headers=reply.without("content-encoding", "content-length")))


@dataclass(frozen=True)
class TagStorm(Fault):
    """Sends 1.2 MB of table cells, which keep an extractor busy for half a minute."""

    outcome = Outcome.BAD_PAGE

    async def answer(self, reply: Reply, channel: Channel) -> None:
        """Send the storm."""
        cells = b"<html><body><table><tr>" + b"<td>word word" * 100_000 + b"</tr></table></body></html>"
        await channel.reply(Reply(headers=reply.without("content-encoding", "content-length"), body=cells))


# -- redirects -----------------------------------------------------------------------


@dataclass(frozen=True)
class Redirect(Fault):
    """Redirects to `location`; None: a redirect without a Location."""

    location: str | None = None
    status: int = 302
    outcome = Outcome.HTTP_ERROR

    async def answer(self, reply: Reply, channel: Channel) -> None:  # noqa: ARG002  # nothing of the good reply is sent
        """Send the redirect."""
        where = () if self.location is None else (("location", self.location),)
        await channel.reply(Reply(status=self.status, headers=(HTML, *where)))


@dataclass(frozen=True)
class RedirectLoop(Redirect):
    """Redirects to itself: the empty reference names the same document (RFC 3986, 5.2.2)."""

    location: str | None = "?"


@dataclass(frozen=True)
class RedirectInside(Redirect):
    """Redirects to the address where clouds keep their machines' secrets."""

    location: str | None = "http://169.254.169.254/latest/meta-data/"
    outcome = Outcome.UNSAFE_URL


CATALOGUE: Mapping[str, Fault] = {
    "busy_503": Busy(503, 1),
    "busy_429": Busy(429, 2),
    "busy_without_hint": Busy(503, None),
    "server_error": ServerError(),
    "gone": Gone(),
    "not_found": NotFound(),
    "forbidden": Forbidden(),
    "unavailable": Unavailable(),
    "slow": Slow(),
    "stall": Stall(),
    "drip": Drip(),
    "truncated": Truncated(),
    "wrong_charset": WrongCharset(),
    "endless": Endless(),
    "gzip_bomb": GzipBomb(),
    "stacked_encodings": StackedEncodings(),
    "broken_gzip": BrokenGzip(),
    "not_html": NotHtml(),
    "empty": Empty(),
    "tag_storm": TagStorm(),
    "redirect_nowhere": Redirect(),
    "redirect_loop": RedirectLoop(),
    "redirect_inside": RedirectInside(),
}
