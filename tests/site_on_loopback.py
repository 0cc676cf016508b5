"""A small site on loopback and a drain of it, for tests of the whole way from a feed to rows."""

from __future__ import annotations

import asyncio
import html
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from builders import source
from sqlalchemy import Engine

from newsroom.request_head import read_request
from pipeline.records import EndpointKind, EndpointSpec, Run, SourceSpec, Tally
from pipeline.settings import Settings
from pipeline.steps.shift import Shift
from pipeline.steps.workplace import open_workplace
from pipeline.store.sources import Sources

HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml"
STORY = (
    "The harbour council of Northmere voted to rebuild the old ferry pier, which storms had closed in March.",
    "Work is to begin in May, and the first boats are expected before the end of the following summer.",
    "“We have waited for this day since the spring,” said Mara Ellingsen, who runs the only shop on the far shore.",
    "The pier will cost four million crowns, of which the county pays a half and the town the rest over ten years.",
    "Opponents had asked for a bridge instead, but a survey found the ground on the northern bank too soft to carry one.",
)


def story_page(title: str, *, paragraphs: Sequence[str] = STORY, head: str = "") -> bytes:
    """A plain article page."""
    body = "".join(f"<p>{text} ({title})</p>" for text in paragraphs)
    text = f"<body><article><h1>{title}</h1>{body}</article></body>"
    return f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>{text}</html>".encode()


def rss(items: Sequence[str]) -> bytes:
    """A feed of these <item> elements' contents."""
    joined = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>http://x/</link>{joined}</channel></rss>'.encode()


def item(url: str, title: str = "Story", more: str = "") -> str:
    """One entry of a feed."""
    return f"<title>{html.escape(title)}</title><link>{html.escape(url)}</link>{more}"


@dataclass
class Site:
    """What the site answers by path, and the requests it got."""

    documents: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)  # path: 429 or 503, with a Retry-After of an hour
    breaks: dict[str, int] = field(default_factory=dict)  # path: so many connections that ask for it are closed without an answer
    requests: list[tuple[str, int]] = field(default_factory=list)
    origin: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await read_request(reader):
                path, headers = request
                if self.breaks.get(path):
                    self.breaks[path] -= 1
                    self.requests.append((path, 0))
                    break
                status, reply = self._reply(path, headers.get("if-none-match"))
                self.requests.append((path, status))
                writer.write(reply)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client is done, or the test is
        finally:
            writer.close()

    def _reply(self, path: str, if_none_match: str | None) -> tuple[int, bytes]:
        if status := self.busy.get(path):
            return status, f"HTTP/1.1 {status} Busy\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n".encode()
        if path not in self.documents:
            return 404, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        kind, body = self.documents[path]
        etag = self.etags.get(path)
        validator = f"ETag: {etag}\r\n" if etag else ""
        if etag and if_none_match == etag:
            return 304, f"HTTP/1.1 304 Not Modified\r\n{validator}\r\n".encode()
        return 200, f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{validator}\r\n".encode() + body


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[Site]:
    """Serve the site on a free port of 127.0.0.1."""
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    site.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield site
    finally:
        server.close()


def site_settings(settings: Settings) -> Settings:
    """Settings under which loopback is the web, and nothing is waited for."""
    wanted = {
        "allow_loopback": True,
        "allow_any_port": True,
        "ignore_pace": True,
        "drain_patience_seconds": 0.0,
        "total_deadline_seconds": 20.0,
        "rights_files": False,
    }
    return settings.model_copy(update={**wanted, "extractor_processes": 1, "lanes": 2, "full_get_every": 0})


def feeds(site: Site, *paths: str) -> SourceSpec:
    """A source whose endpoints are these paths of the site."""
    endpoints = tuple(EndpointSpec(kind=EndpointKind.RSS, url=f"{site.origin}{path}") for path in paths)
    return SourceSpec(slug="beacon", name="Beacon", homepage=source().homepage, language="en", endpoints=endpoints)


async def drain(engine: Engine, settings: Settings, spec: SourceSpec) -> Tally:
    """One drain of a source. Fails when a batch broke off."""
    tally, errors = await drain_with_errors(engine, settings, spec)
    assert errors == []
    return tally


async def drain_with_errors(engine: Engine, settings: Settings, spec: SourceSpec) -> tuple[Tally, list[str]]:
    """One drain of a source, and of what its batches broke off."""
    run = Run(run_id=uuid.uuid4(), flow="test", code_version="test")
    await asyncio.to_thread(Sources(engine).sync, [spec])
    async with open_workplace(settings, engine, run.run_id) as workplace:
        workplace.runs.start(run)
        shift = Shift(workplace, ends_at=None)
        await asyncio.gather(*(shift.work_lane() for _ in range(settings.lanes)))
    return shift.tally, shift.errors
