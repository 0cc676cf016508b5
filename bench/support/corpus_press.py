"""Serves labelled real pages as small outlets on loopback, each page several times under other paths: load for `bench/ingest.py`.

    python bench/support/corpus_press.py --articles FOLDER --port 8800 --outlets 40 --copies 8

FOLDER holds truth.jsonl (file, site, title) and gzipped pages. Each outlet is an origin 127.0.0.<k>:PORT with /robots.txt, /feed.xml,
/news-sitemap.xml and pages /<copy>/<id>.html; ETag, 304, gzip and keep-alive are answered. Prints "ready" when it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import html
import json
import time
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from pathlib import Path

from newsroom.request_head import read_request


@dataclass(frozen=True)
class Document:
    """What one path answers: bytes as sent, gzipped or not."""

    content_type: str
    body: bytes
    gzipped: bool
    etag: str


def read_pages(articles: Path) -> list[dict[str, str]]:
    """The rows of truth.jsonl."""
    with (articles / "truth.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def plain(content_type: str, text: str) -> Document:
    """A document made here."""
    body = text.encode()
    return Document(content_type, body, False, f'"{hashlib.md5(body).hexdigest()[:16]}"')


def outlet_documents(articles: Path, rows: list[dict[str, str]], origin: str, copies: int) -> dict[str, Document]:
    """All paths of one outlet."""
    documents, items, entries = {}, [], []
    stamp, iso = formatdate(time.time() - 3600, usegmt=True), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
    for row in rows:
        body = (articles / row["file"]).read_bytes()
        document = Document("text/html", body, True, f'"{hashlib.md5(body).hexdigest()[:16]}"')
        title = html.escape(row.get("title") or row["file"])
        for copy in range(copies):
            path = f"/{copy}/{Path(row['file']).name.split('.')[0]}.html"
            documents[path] = document
            items.append(
                f"<item><title>{title}</title><link>{origin}{path}</link><guid>{origin}{path}</guid><pubDate>{stamp}</pubDate></item>"
            )
            entries.append(
                f"<url><loc>{origin}{path}</loc><n:news><n:publication><n:name>x</n:name><n:language>en</n:language></n:publication>"
                f"<n:publication_date>{iso}</n:publication_date><n:title>{title}</n:title></n:news></url>"
            )
    documents["/robots.txt"] = plain("text/plain", "User-agent: *\nDisallow: /private/\n")
    documents["/feed.xml"] = plain(
        "application/rss+xml",
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>o</title><link>{origin}/</link>{"".join(items)}</channel></rss>',
    )
    namespaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    documents["/news-sitemap.xml"] = plain(
        "application/xml", f'<?xml version="1.0" encoding="UTF-8"?><urlset {namespaces}>{"".join(entries)}</urlset>'
    )
    return documents


def press(articles: Path, port: int, outlets: int, copies: int) -> dict[str, dict[str, Document]]:
    """Documents by address and path; a site's pages all go to one outlet."""
    dealt: dict[str, list[dict[str, str]]] = {f"127.0.0.{k + 2}": [] for k in range(outlets)}
    names = list(dealt)
    for row in read_pages(articles):
        dealt[names[int(hashlib.md5(row["site"].encode()).hexdigest(), 16) % outlets]].append(row)
    return {address: outlet_documents(articles, rows, f"http://{address}:{port}", copies) for address, rows in dealt.items() if rows}


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, documents: dict[str, Document]) -> None:
    """One connection, request after request."""
    try:
        while request := await read_request(reader):
            path, headers = request
            writer.write(response(documents.get(path), headers.get("if-none-match")))
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


def response(document: Document | None, if_none_match: str | None) -> bytes:
    """The bytes of one answer."""
    if document is None:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    if if_none_match == document.etag:
        return f"HTTP/1.1 304 Not Modified\r\nETag: {document.etag}\r\n\r\n".encode()
    coding = "Content-Encoding: gzip\r\n" if document.gzipped else ""
    length = len(document.body)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {document.content_type}\r\nContent-Length: {length}\r\nETag: {document.etag}\r\n{coding}\r\n"
    return head.encode() + document.body


async def serve(articles: Path, port: int, outlets: int, copies: int) -> None:
    """Serve until killed."""
    for address, documents in press(articles, port, outlets, copies).items():
        await asyncio.start_server(partial(answer, documents=documents), address, port)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--outlets", type=int, default=40)
    parser.add_argument("--copies", type=int, default=8)
    options = parser.parse_args()
    asyncio.run(serve(options.articles, options.port, options.outlets, options.copies))
