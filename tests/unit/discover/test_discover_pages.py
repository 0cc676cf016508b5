"""Home pages: links that look like articles, endpoints that they name; and the dispatch of any document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.discover.autodiscover import common_paths, feed_pages, find_endpoints, sitemap_lines
from pipeline.discover.document import read_document
from pipeline.discover.links import read_links, url_points
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, EndpointSpec, Precision

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
URL = "https://www.example.org/"

PAGE = """<!doctype html><html><head><base href="https://www.example.org/"></head><body>
<header><nav><a href="/politics">Politics</a> <a href="/tag/some-long-tag-name-here">A tag with a long name</a>
  <a href="/about-us">About us and our work</a></nav></header>
<main>
  <article><h2><a href="/world/2026/11/14/river-floods-three-towns">River floods three towns after a week of rain</a></h2></article>
  <article><a href="/world/2026/11/14/river-floods-three-towns?utm_source=home"><img></a></article>
  <a href="politics/parliament-votes-on-new-budget-law-12345.html">Parliament votes on the new budget law</a>
  <h3><a href="/a/9f3a2c1d.html">Minister resigns over the harbour contract</a></h3>
  <a href="/amp/politics/parliament-votes-on-new-budget-law-12345.html">AMP</a>
  <a href="https://elsewhere.com/2026/11/14/an-advertisement-for-something">Buy this now, it is cheap</a>
  <a href="/files/annual-report-of-the-year-2026.pdf">Our annual report of the year</a>
  <a href="mailto:desk@example.org">mail</a><a href="javascript:void(0)">x</a><a href="#top">top</a><a>no address</a>
  <a href="/author/jane-doe-long-name">Jane Doe</a><a href="/">Home</a>
</main><footer><a href="/privacy-policy">Privacy policy of this site</a><a href="/login">Log in</a></footer></body></html>"""


def test_article_links_of_a_home_page() -> None:
    reading = read_links(PAGE.encode(), url=URL, now=NOW)
    assert [candidate.url for candidate in reading.candidates] == [
        "https://www.example.org/world/2026/11/14/river-floods-three-towns",
        "https://www.example.org/politics/parliament-votes-on-new-budget-law-12345.html",
        "https://www.example.org/a/9f3a2c1d.html",
    ]
    published = reading.candidates[0].published
    assert published is not None and (published.at, published.precision) == (datetime(2026, 11, 14, tzinfo=UTC), Precision.DAY)
    assert reading.candidates[1].published is None


def test_links_in_scripts_without_spaces() -> None:
    page = "".join(f'<h3><a href="/articles/{n}">首相が新しい予算案について国会で説明した</a></h3>' for n in range(10_001, 10_004))
    assert len(read_links(page.encode(), url=URL, now=NOW).candidates) == 3


def test_links_of_a_shape_that_others_prove() -> None:
    sure = "".join(f'<h3><a href="/n/{n}-abc">A headline of more than five words {n}</a></h3>' for n in range(50_001, 50_005))
    page = sure + '<a href="/n/50009-abc">Short one here</a>'
    assert len(read_links(page.encode(), url=URL, now=NOW).candidates) == 5


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff", b"<a href", b"<a href=''>x</a>", "<a href='http://\ud800'>".encode("utf-8", "surrogatepass")]
)
def test_any_bytes_are_a_page(body: bytes) -> None:
    assert read_links(body, url=URL, now=NOW).candidates == ()


@pytest.mark.parametrize(
    "url", ["https://e.org/", "https://e.org/tag/", "https://e.org/a.jpg", "https://e.org/news/rss", "https://e.org/weather"]
)
def test_addresses_that_cant_be_articles(url: str) -> None:
    assert url_points(url) is None


HEAD = """<html><head>
<link rel="alternate" type="application/rss+xml" title="News" href="/feed.xml">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="https://feeds.example.org/atom">
<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2"><link rel="alternate" hreflang="de" href="/de/">
<link rel="alternate" type="application/feed+json" href="feed.json"><link rel="alternate" type="application/rss+xml" href="/feed.xml">
<link rel="sitemap" type="application/xml" href="/news-sitemap.xml"><link rel="alternate" type="application/rss+xml" href="javascript:0">
</head><body><a href="/rss/sport.xml">Sport</a><a href="https://other.com/rss/x.xml">other</a><a href="/service/rss">RSS</a>
<a href="/service/web-feeds.html">Our RSS feeds</a><a href="/feedback">Feedback</a></body></html>"""


def test_endpoints_of_a_page_in_order() -> None:
    header = '<https://www.example.org/first.xml>; rel="alternate"; type="application/rss+xml", </style.css>; rel=preload'
    assert find_endpoints(HEAD.encode(), url=URL, link_header=header) == (
        EndpointSpec(kind=EndpointKind.RSS, url="https://www.example.org/first.xml"),
        EndpointSpec(kind=EndpointKind.RSS, url="https://www.example.org/feed.xml"),
        EndpointSpec(kind=EndpointKind.ATOM, url="https://feeds.example.org/atom"),
        EndpointSpec(kind=EndpointKind.JSONFEED, url="https://www.example.org/feed.json"),
        EndpointSpec(kind=EndpointKind.NEWS_SITEMAP, url="https://www.example.org/news-sitemap.xml"),
        EndpointSpec(kind=EndpointKind.RSS, url="https://www.example.org/rss/sport.xml"),
        EndpointSpec(kind=EndpointKind.RSS, url="https://www.example.org/service/rss"),
    )
    assert feed_pages(HEAD.encode(), url=URL) == ("https://www.example.org/service/web-feeds.html",)


def test_base_href_counts() -> None:
    page = b'<base href="https://www.example.org/en/"><link rel=alternate type=application/rss+xml href=feed>'
    assert [spec.url for spec in find_endpoints(page, url=URL)] == ["https://www.example.org/en/feed"]


def test_common_paths_are_three_at_the_most() -> None:
    assert len(common_paths("https://www.example.org/en/")) <= 3
    assert common_paths("https://www.example.org/en/")[0] == "https://www.example.org/feed/"


def test_sitemap_lines() -> None:
    robots = "SITEMAP: https://cdn.example.net/news.xml # ours\nSitemap:/sitemap_index.xml\nsitemap: ftp://x\nSitemap: /map.xml\n"
    assert sitemap_lines(robots, url="https://www.example.org/robots.txt") == (
        EndpointSpec(kind=EndpointKind.NEWS_SITEMAP, url="https://cdn.example.net/news.xml"),
        EndpointSpec(kind=EndpointKind.SITEMAP_INDEX, url="https://www.example.org/sitemap_index.xml"),
        EndpointSpec(kind=EndpointKind.SITEMAP, url="https://www.example.org/map.xml"),
    )


RSS = b"<rss><channel><item><link>https://www.example.org/a</link></item></channel></rss>"
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"/>'
URLSET = b"<urlset><url><loc>https://www.example.org/a</loc></url></urlset>"


@pytest.mark.parametrize(
    ("registered", "body", "found"),
    [
        (EndpointKind.RSS, ATOM, EndpointKind.ATOM),
        (EndpointKind.RSS, URLSET, EndpointKind.SITEMAP),
        (EndpointKind.NEWS_SITEMAP, RSS, EndpointKind.RSS),
        (EndpointKind.HOMEPAGE, RSS, EndpointKind.RSS),
        (EndpointKind.HOMEPAGE, PAGE.encode(), EndpointKind.HOMEPAGE),
        (EndpointKind.SITEMAP, b"https://www.example.org/a\n", EndpointKind.SITEMAP),
        (EndpointKind.ATOM, b'{"version":"https://jsonfeed.org/version/1","items":[]}', EndpointKind.JSONFEED),
    ],
)
def test_documents_are_read_for_what_they_are(registered: EndpointKind, body: bytes, found: EndpointKind) -> None:
    assert read_document(registered, body, url=URL, content_type=None, now=NOW).kind is found


@pytest.mark.parametrize(
    ("registered", "body"), [(EndpointKind.RSS, PAGE.encode()), (EndpointKind.HOMEPAGE, b"\x89PNG\x00"), (EndpointKind.RSS, b"")]
)
def test_documents_that_are_nothing_are_named(registered: EndpointKind, body: bytes) -> None:
    with pytest.raises(FeedUnreadableError, match="it is"):
        read_document(registered, body, url=URL, content_type=None, now=NOW)
