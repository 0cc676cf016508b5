"""Renders what an outlet lists its articles in: feeds, sitemaps, its home page and robots.txt. Pure: facts in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from newsroom.records import Outlet
from newsroom.sources import FeedAddress

SITEMAP_SIZE = 50  # URLs of one child sitemap
NEWS_SITEMAP_SIZE = 1000  # at the most, and of the last two days (Google's rules for news sitemaps)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One article as a feed, sitemap or home page names it."""

    url: str
    title: str
    summary: str
    authors: tuple[str, ...]
    section: str
    published_at: datetime  # UTC
    changed_at: datetime  # UTC; the publication or the last edit


def rss(outlet: Outlet, entries: Sequence[Listing]) -> bytes:
    """RSS 2.0 with Dublin Core creators."""
    items = "".join(
        f"<item><title>{escape(entry.title)}</title><link>{escape(entry.url)}</link>"
        f'<guid isPermaLink="true">{escape(entry.url)}</guid><description>{escape(entry.summary)}</description>'
        + "".join(f"<dc:creator>{escape(author)}</dc:creator>" for author in entry.authors)
        + f"<category>{escape(entry.section)}</category><pubDate>{format_datetime(entry.published_at)}</pubDate></item>\n"
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(outlet.name)}</title><link>{escape(outlet.origin())}/</link><description>{escape(outlet.name)}</description>"
        f"<language>{outlet.language}</language>\n{items}</channel></rss>\n"
    ).encode()


def atom(outlet: Outlet, entries: Sequence[Listing]) -> bytes:
    """Atom (RFC 4287)."""
    items = "".join(
        f"<entry><title>{escape(entry.title)}</title><id>{escape(entry.url)}</id>"
        f'<link rel="alternate" type="text/html" href="{escape(entry.url)}"/>'
        f"<published>{entry.published_at.isoformat()}</published><updated>{entry.changed_at.isoformat()}</updated>"
        + "".join(f"<author><name>{escape(author)}</name></author>" for author in entry.authors)
        + f'<category term="{escape(entry.section)}"/><summary>{escape(entry.summary)}</summary></entry>\n'
        for entry in entries
    )
    updated = max((entry.changed_at for entry in entries), default=None)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<title>{escape(outlet.name)}</title><id>{escape(outlet.origin())}/</id><author><name>{escape(outlet.name)}</name></author>"
        + ("" if updated is None else f"<updated>{updated.isoformat()}</updated>")
        + f"\n{items}</feed>\n"
    ).encode()


def json_feed(outlet: Outlet, entries: Sequence[Listing]) -> bytes:
    """JSON Feed 1.1."""
    items = [
        {
            "id": entry.url,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "content_text": entry.summary,
            "date_published": entry.published_at.isoformat(),
            "date_modified": entry.changed_at.isoformat(),
            "authors": [{"name": author} for author in entry.authors],
            "tags": [entry.section],
        }
        for entry in entries
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": outlet.name, "home_page_url": outlet.origin() + "/"}
    return json.dumps({**head, "language": outlet.language, "items": items}, ensure_ascii=False).encode()


def sitemap(entries: Sequence[Listing]) -> bytes:
    """A sitemap (sitemaps.org) with the time of the last change of each page."""
    urls = "".join(f"<url><loc>{escape(entry.url)}</loc><lastmod>{entry.changed_at.isoformat()}</lastmod></url>\n" for entry in entries)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'.encode()
    )


def news_sitemap(outlet: Outlet, entries: Sequence[Listing]) -> bytes:
    """A news sitemap: name, language, date and title of each article."""
    urls = "".join(
        f"<url><loc>{escape(entry.url)}</loc><news:news><news:publication><news:name>{escape(outlet.name)}</news:name>"
        f"<news:language>{outlet.language}</news:language></news:publication>"
        f"<news:publication_date>{entry.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(entry.title)}</news:title></news:news></url>\n"
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{urls}</urlset>\n'
    ).encode()


def sitemap_index(children: Sequence[tuple[str, datetime]]) -> bytes:
    """A sitemap index over (URL, last change) of its children."""
    maps = "".join(f"<sitemap><loc>{escape(url)}</loc><lastmod>{at.isoformat()}</lastmod></sitemap>\n" for url, at in children)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{maps}</sitemapindex>\n'.encode()


def home_page(outlet: Outlet, entries: Sequence[Listing], *, feed: FeedAddress | None) -> bytes:
    """The home page: headlines, departments, furniture; `feed` is announced in its head."""
    announced = "" if feed is None else f'<link rel="alternate" type="{feed.media_type}" href="{escape(feed.url)}">'
    departments = "".join(f'<li><a href="/section/{section.slug}">{escape(section.name)}</a></li>' for section in outlet.sections)
    stories = "".join(
        f'<article><h2><a href="{escape(entry.url)}">{escape(entry.title)}</a></h2><p>{escape(entry.summary)}</p></article>\n'
        for entry in entries
    )
    return (
        f'<!doctype html><html lang="{outlet.language}"><head><meta charset="utf-8"><title>{escape(outlet.name)}</title>{announced}</head>'
        "<body>"
        f"<header><h1>{escape(outlet.name)}</h1><nav><ul>{departments}</ul></nav></header><main>\n{stories}</main>"
        '<footer><a href="/about">About</a> <a href="/contact">Contact</a> <a href="/newsletter">Newsletter</a></footer></body></html>\n'
    ).encode()


def robots_txt(outlet: Outlet, *, disallow: Sequence[str], sitemaps: Sequence[str]) -> bytes:
    """robots.txt (RFC 9309) with the outlet's crawl-delay."""
    rules = "".join(f"Disallow: {path}\n" for path in disallow)
    maps = "".join(f"Sitemap: {url}\n" for url in sitemaps)
    return f"# {outlet.slug}\nUser-agent: *\nCrawl-delay: {outlet.crawl_delay:g}\n{rules}\n{maps}".encode()
