"""Sitemaps: URL sets, news, indexes, text lists, gzip."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from pipeline.discover.sitemaps import read_sitemap
from pipeline.discover.wire import reading_from_json, reading_to_json
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, Precision, Reading

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
URL = "https://www.example.org/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def read(body: str | bytes, homepage: str = "") -> Reading:
    data = body.encode() if isinstance(body, str) else body
    reading = read_sitemap(data, url=URL, now=NOW, homepage=homepage)
    assert reading_from_json(reading_to_json(reading)) == reading
    return reading


def urlset(entries: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{entries}</urlset>'


def test_news_fields() -> None:
    reading = read(
        urlset("""<url><loc> https://www.example.org/a?x=1&amp;y=2 </loc><lastmod>2026-11-15</lastmod><news:news><news:publication>
        <news:name>E</news:name><news:language>pt-br</news:language></news:publication><news:publication_date>2026-11-14T08:00+01:00</news:publication_date>
        <news:title>Um título</news:title><news:keywords>rio, mar ,rio</news:keywords></news:news></url>""")
    )
    (candidate,) = reading.candidates
    assert reading.kind is EndpointKind.NEWS_SITEMAP
    assert (candidate.url, candidate.title, candidate.language) == ("https://www.example.org/a?x=1&y=2", "Um título", "pt")
    assert candidate.categories == ("rio", "mar")
    assert candidate.published is not None and candidate.published.precision is Precision.MINUTE
    assert candidate.updated is not None and candidate.updated.precision is Precision.DAY


def test_ordinary_sitemap() -> None:
    reading = read(urlset("<url><loc>https://www.example.org/a</loc><lastmod>2026-11-14T08:00:00Z</lastmod></url><url><loc>/b</loc></url>"))
    first, second = reading.candidates
    assert reading.kind is EndpointKind.SITEMAP
    assert first.updated is not None and first.published is None
    assert second.url == "https://www.example.org/b" and second.updated is None


def test_an_empty_news_sitemap_is_one() -> None:
    assert read(urlset("")) == Reading(kind=EndpointKind.NEWS_SITEMAP, candidates=())
    assert read('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>').kind is EndpointKind.SITEMAP


def test_no_namespace_and_an_unusual_prefix() -> None:
    assert len(read("<urlset><url><loc>https://www.example.org/a</loc></url></urlset>").candidates) == 1
    prefixed = (
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>https://www.example.org/a</s:loc></s:url></s:urlset>'
    )
    assert len(read(prefixed).candidates) == 1


def test_locations_of_other_sites_are_skipped_unless_the_source_is_there() -> None:
    body = urlset("<url><loc>https://m.example.org/a</loc></url><url><loc>https://elsewhere.com/b</loc></url>")
    assert [candidate.url for candidate in read(body).candidates] == ["https://m.example.org/a"]
    assert read(body).skipped == 1
    assert len(read(body, homepage="https://www.elsewhere.com/").candidates) == 2


def test_index() -> None:
    reading = read(f"""<sitemapindex {NS}><sitemap><loc>https://www.example.org/news.xml</loc><lastmod>2026-11-15T01:00:00Z</lastmod></sitemap>
      <sitemap><loc>https://www.example.org/2020.xml.gz</loc></sitemap><sitemap><loc>{URL}</loc></sitemap>
      <sitemap><loc>https://evil.com/x.xml</loc></sitemap></sitemapindex>""")
    assert [(child.kind, child.url) for child in reading.children] == [
        (EndpointKind.NEWS_SITEMAP, "https://www.example.org/news.xml"),
        (EndpointKind.SITEMAP, "https://www.example.org/2020.xml.gz"),
    ]
    assert reading.children[0].updated is not None
    assert (reading.kind, reading.candidates, reading.skipped) == (EndpointKind.SITEMAP_INDEX, (), 2)


def test_text_list() -> None:
    reading = read(
        "\ufeffhttps://www.example.org/a\r\n\r\nhttps://www.example.org/b\nnot a url\n" + "https://www.example.org/" + "x" * 9000
    )
    assert [candidate.url for candidate in reading.candidates] == ["https://www.example.org/a", "https://www.example.org/b"]


def test_gzip_is_known_by_its_bytes() -> None:
    body = gzip.compress(urlset("<url><loc>https://www.example.org/a</loc></url>").encode())
    assert len(read(body).candidates) == 1
    with pytest.raises(FeedUnreadableError, match="break off"):
        read(body[:-12])
    with pytest.raises(FeedUnreadableError, match="compression is broken"):
        read(body[:15] + b"\xff" * 20)


def test_a_sitemap_that_breaks_off_gives_what_it_has_and_says_so() -> None:
    whole = urlset("<url><loc>https://www.example.org/a</loc></url><url><loc>https://www.example.org/b</loc></url>")
    reading = read(whole[: whole.index("/b<")])
    assert [candidate.url for candidate in reading.candidates] == ["https://www.example.org/a"]
    assert reading.broken_off
    with pytest.raises(FeedUnreadableError):
        read(whole[: whole.index("/a<")])


def test_at_most_fifty_thousand_locations() -> None:
    body = "".join(f"https://www.example.org/{n}\n" for n in range(50_010))
    assert len(read_sitemap(body.encode(), url=URL, now=NOW).candidates) == 50_000


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"<rss/>", b"hello"])
def test_what_is_no_sitemap_is_named(body: bytes) -> None:
    with pytest.raises(FeedUnreadableError, match="it is"):
        read(body)
