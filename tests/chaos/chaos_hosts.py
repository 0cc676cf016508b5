"""Sixty small hosts on loopback in one process: `python chaos_hosts.py FOLDER`, with `tests` on the path. The folder gets what a press's
folder has: log, sources, resolver.

Each host has a feed of four pages and of one that its robots.txt disallows. BUSY answers its first pages with 429 and Retry-After;
SILENT reads each request and never answers.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from stories import paragraphs

from newsroom.access_log import AccessLog, LoggedRequest
from newsroom.house import LOG_FILE, SOURCES_FILE
from newsroom.request_head import read_request
from newsroom.server import LOOPBACK, listen
from newsroom.sources import AUTHORITY_FILE, RESOLVER_FILE

HOSTS = tuple(f"paper-{number:02}.example" for number in range(60))
BUSY, SILENT = HOSTS[20], HOSTS[40]
HEALTHY = frozenset(HOSTS) - {BUSY, SILENT}
PAGES = 4  # of each host
RETRY_AFTER = 3  # seconds
_BUSY_ANSWERS = 3
_DELAYS = (0.2, 0.3, 0.5)  # seconds, in turn
_ANSWER_SECONDS = 0.02  # so that two requests at once would be seen


@dataclass
class _Host:
    """What answers under one name."""

    number: int
    log: AccessLog
    port: int = 0
    busy_answers: int = 0  # left

    @property
    def name(self) -> str:
        return HOSTS[self.number]

    @property
    def delay(self) -> float:
        return _DELAYS[self.number % len(_DELAYS)]

    def source(self) -> str:
        """Its table in a source file."""
        origin = f"http://{self.name}:{self.port}"
        endpoints = f'[{{kind = "rss", url = "{origin}/feed.xml"}}]'
        return f'[[source]]\nslug = "paper-{self.number:02}"\nname = "Paper"\nhomepage = "{origin}/"\nendpoints = {endpoints}\n'

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        with closing(writer), suppress(ConnectionError):
            while request := await read_request(reader):
                path, headers = request
                await self._respond(path, headers.get("user-agent", ""), reader, writer)

    async def _respond(self, path: str, user_agent: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        started, started_at, status, sent = time.monotonic(), datetime.now(UTC), 0, 0
        if self.name == SILENT:
            await reader.read()  # until the client hangs up
        else:
            await asyncio.sleep(_ANSWER_SECONDS)
            status, kind, body = self._answer(path)
            retry = f"Retry-After: {RETRY_AFTER}\r\n" if status == 429 else ""
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{retry}\r\n".encode() + body)
            await writer.drain()
            sent = len(body)
        ended = time.monotonic()
        self.log.write(
            LoggedRequest(
                started=started,
                ended=ended,
                started_at=started_at,
                ended_at=started_at + timedelta(seconds=ended - started),
                outlet=self.name,
                host=self.name,
                path=path,
                status=status,
                sent=sent,
                user_agent=user_agent,
                disallowed=path.startswith("/private/"),
                crawl_delay=self.delay,
                retry_after=RETRY_AFTER if status == 429 else None,
            )
        )

    def _answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        if path == "/robots.txt":
            return 200, "text/plain", f"User-agent: *\nDisallow: /private/\nCrawl-delay: {self.delay}\n".encode()
        if path == "/feed.xml":
            return 200, "application/rss+xml", self._feed()
        if not path.startswith(("/news/", "/private/")):
            return 404, "text/plain", b"not here"
        if self.busy_answers:
            self.busy_answers -= 1
            return 429, "text/plain", b"busy"
        return 200, "text/html; charset=utf-8", self._page(int(path.rpartition("/")[2]))

    def _feed(self) -> bytes:
        paths = ["/private/0", *(f"/news/{page}" for page in range(1, PAGES + 1))]
        items = "".join(f"<item><title>Story</title><link>http://{self.name}:{self.port}{path}</link></item>" for path in paths)
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()

    def _page(self, page: int) -> bytes:
        title = f"Paper {self.number} on matter {page}"
        body = "".join(f"<p>{text}</p>" for text in paragraphs(self.number * 100 + page))
        text = f"<head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body>"
        return f"<!doctype html><html lang=en>{text}</html>".encode()


async def _run(folder: Path) -> None:
    """Serve until killed."""
    log = AccessLog(folder / LOG_FILE)
    hosts = [_Host(number, log, busy_answers=_BUSY_ANSWERS if name == BUSY else 0) for number, name in enumerate(HOSTS)]
    for host in hosts:
        door = listen()
        host.port = door.getsockname()[1]
        await asyncio.start_server(host.serve, sock=door)
    _write_files(folder, hosts)
    sys.stdout.write("running\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _write_files(folder: Path, hosts: Sequence[_Host]) -> None:
    (folder / SOURCES_FILE).write_text("\n".join(host.source() for host in hosts), encoding="utf-8")
    (folder / RESOLVER_FILE).write_text(json.dumps(dict.fromkeys(HOSTS, LOOPBACK)), encoding="utf-8")
    (folder / AUTHORITY_FILE).write_bytes(Path(certifi.where()).read_bytes())  # nobody speaks TLS here, but a file is asked for


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
