"""A server on a raw socket that gives one answer of its own to every request: what the misfits of newsroom/misfits.py are made of."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import ClassVar

from pipeline.errors import DatelineError
from pipeline.records import Outcome

PAGE = b"<!doctype html><title>Ferry</title><p>" + b"The ferry left at noon. " * 40


def head(*fields: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Status line and headers of a response."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", *fields]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class Server(ABC):
    """One bad habit."""

    error: ClassVar[type[DatelineError] | None] = None
    outcome: ClassVar[Outcome | None] = None

    def __init__(self) -> None:
        self.requests: list[bytes] = []

    @abstractmethod
    async def answer(self, writer: asyncio.StreamWriter) -> None:
        """Send what it sends after a request; the connection is closed when it returns."""


class Scripted(Server):
    """Sends fixed bytes and closes."""

    sends: ClassVar[bytes]

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self.sends)
        await writer.drain()


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[str]:
    """Run a server on loopback; gives its URL."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            server.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await server.answer(writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/story"
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
