"""What the formats promise, point by point (Atom, RFC 5005, XML Base, RSS 2.0, JSON Feed 1.1, sitemaps.org), read strictly and loosely."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from test_discover_polling import ENDPOINT, HOUR, NOW, decide, entries, reading, response, wait

from pipeline.discover.document import read_document
from pipeline.discover.gaps import find_gap
from pipeline.discover.wire import reading_from_json, reading_to_json
from pipeline.records import Candidate, EndpointKind, EndpointSpec, Precision, Reading

URL = "https://feeds.e.org/dir/feed.xml"
SPACES = 'xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"'
BOTH_READERS = pytest.mark.parametrize("slip", ["", "</p>"], ids=["strict", "loose"])  # a stray tag leaves a feed to feedparser


def atom(inside: str, attributes: str = "", slip: str = "") -> str:
    return f"<feed {SPACES} {attributes}>{inside}{slip}</feed>"


def rss(inside: str, attributes: str = "", slip: str = "") -> str:
    return f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom" {attributes}><channel>{inside}{slip}</channel></rss>'


def read(body: str, kind: EndpointKind = EndpointKind.RSS, url: str = URL) -> Reading:
    found = read_document(kind, body.encode(), url=url, content_type=None, now=datetime(2026, 11, 15, 12, tzinfo=UTC))
    assert reading_from_json(reading_to_json(found)) == found
    return found


def only(body: str) -> Candidate:
    (candidate,) = read(body).candidates
    return candidate


NESTED = 'xml:base="https://www.e.org/news/"'
BASES = {
    "feed and entry": (
        atom('<entry xml:base="2026/"><title>t</title><link href="a.html"/></entry>', NESTED),
        "https://www.e.org/news/2026/a.html",
    ),
    "relative all the way": (
        atom('<entry xml:base="2026/"><title>t</title><link href="a.html" xml:base="11/"/></entry>', 'xml:base="/n/"'),
        "https://feeds.e.org/n/2026/11/a.html",
    ),
    "link, from the root": (
        atom('<entry><title>t</title><link href="a.html" xml:base="/sport/"/></entry>', NESTED),
        "https://www.e.org/sport/a.html",
    ),
    "content that lies elsewhere": (
        atom('<entry><id>tag:1</id><title>t</title><content type="text/html" src="c.html" xml:base="c/"/></entry>', NESTED),
        "https://www.e.org/news/c/c.html",
    ),
    "none": (atom('<entry><title>t</title><link href="a.html"/></entry>'), "https://feeds.e.org/dir/a.html"),
    "RSS, before its site": (
        rss("<link>https://e.org/</link><item><title>t</title><link>a</link></item>", NESTED),
        "https://www.e.org/news/a",
    ),
    "RSS, its site": (rss("<link>https://e.org/s/</link><item><title>t</title><link>a</link></item>"), "https://e.org/s/a"),
    "RSS, item below its site": (
        rss('<link>https://e.org/s/</link><item xml:base="x/"><title>t</title><link>a</link></item>'),
        "https://e.org/s/x/a",
    ),
}


@BOTH_READERS
@pytest.mark.parametrize("case", BASES)
def test_relative_links_follow_xml_base(case: str, slip: str) -> None:
    body, url = BASES[case]
    end = body.rindex("</feed>") if body.startswith("<feed") else body.rindex("</channel>")
    assert only(body[:end] + slip + body[end:]).url == url


@BOTH_READERS
@pytest.mark.parametrize(
    ("feed", "entry", "title", "language"),
    [
        ('xml:lang="de-AT"', "", "", "de"),
        ('xml:lang="de-AT"', 'xml:lang="fr"', "", "fr"),
        ('xml:lang="de-AT"', 'xml:lang="fr"', 'xml:lang="en-GB"', "en"),
        ("", 'xml:lang="it"', "", "it"),
        ("", "", "", None),
    ],
)
def test_xml_lang_is_inherited(feed: str, entry: str, title: str, language: str | None, slip: str) -> None:
    inside = f'<entry {entry}><title {title}>t</title><link href="/a"/></entry>'
    assert only(atom(inside, feed, slip)).language == language


@BOTH_READERS
@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("<title>A &lt; B &amp; C</title>", "A < B & C"),
        (
            '<title type="text">Rain &amp;amp; wind</title>',
            "Rain & wind",
        ),  # escaped twice in most feeds that do it: no outlet means "&amp;"
        ('<title type="html">A &lt;b&gt;bold&lt;/b&gt; claim &amp;amp; more</title>', "A bold claim & more"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>bold</b> claim</div></title>', "A bold claim"),
        ('<title type="html"><![CDATA[A <i>b</i>]]></title>', "A b"),
    ],
)
def test_titles_by_their_type(title: str, text: str, slip: str) -> None:
    assert only(atom(f'<entry>{title}<link href="/a"/></entry>', slip=slip)).title == text


@BOTH_READERS
def test_whole_feeds_and_archived_documents_say_so(slip: str) -> None:
    links = '<link rel="next" href="?p=2"/><link rel="prev-archive" href="/2026-10"/><link rel="current" href="feed.xml"/>'
    entry = '<entry><title>t</title><link href="/a"/></entry>'
    plain = read(atom(links + entry, slip=slip))
    assert (plain.next_url, plain.archive_url, plain.current_url) == (URL + "?p=2", "https://feeds.e.org/2026-10", None)
    assert not plain.complete
    whole = read(atom(f"<fh:complete/>{links}{entry}", slip=slip))
    assert (whole.complete, whole.next_url, whole.archive_url) == (True, None, None)
    archived = read(atom(f"<fh:archive/>{links}{entry}", 'xml:base="https://e.org/x/"', slip))
    assert (archived.current_url, archived.archive_url) == ("https://e.org/x/feed.xml", "https://e.org/2026-10")


@BOTH_READERS
def test_what_a_feed_asks_of_pollers_is_read(slip: str) -> None:
    head = "<ttl>90</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    asked = read(rss(head + "<item><title>t</title><link>/a</link></item>", slip=slip)).hints
    assert (asked.min_interval_seconds, asked.skip_hours, asked.skip_days) == (5400, {3}, {6})


@BOTH_READERS
@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>https://e.org/g</guid>", "https://e.org/g"),
        ('<guid isPermaLink="true">https://e.org/g</guid>', "https://e.org/g"),
        ('<guid isPermaLink="false">https://e.org/g</guid>', None),
    ],
)
def test_guids_are_links_unless_they_say_no(guid: str, url: str | None, slip: str) -> None:
    second = "<item><title>u</title><link>https://e.org/z</link></item>"
    found = [candidate.url for candidate in read(rss(f"<item><title>t</title>{guid}</item>{second}", slip=slip)).candidates]
    assert found == ([url] if url else []) + ["https://e.org/z"]


@BOTH_READERS
@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("Sat, 14 Nov 26 08:05:09 GMT", datetime(2026, 11, 14, 8, 5, 9, tzinfo=UTC)),
        ("14 Nov 2026 08:05:09 EST", datetime(2026, 11, 14, 13, 5, 9, tzinfo=UTC)),
        ("Sat, 14 Nov 2026 08:05:09 CET", datetime(2026, 11, 14, 7, 5, 9, tzinfo=UTC)),
        ("Sat, 14 Nov 2026 08:05 +0530", datetime(2026, 11, 14, 2, 35, tzinfo=UTC)),
    ],
)
def test_rfc_822_dates(printed: str, moment: datetime, slip: str) -> None:
    claim = only(rss(f"<item><title>t</title><link>/a</link><pubDate>{printed}</pubDate></item>", slip=slip)).published
    assert claim is not None and claim.at == moment


def json_feed(**fields: object) -> Reading:
    body = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 7, "url": "/a"}], **fields}
    return read(json.dumps(body), EndpointKind.JSONFEED)


def test_json_feeds() -> None:
    plain = json_feed(hubs=[{"type": "WebSub", "url": "https://hub.e.org/"}])
    assert (plain.kind, plain.expired, plain.next_url, plain.skipped) == (EndpointKind.JSONFEED, False, None, 0)
    assert plain.candidates[0].guid == "7"
    assert json_feed(version="http://jsonfeed.org/version/1").candidates
    both = json_feed(items=[{"id": "1", "url": "/a", "author": {"name": "Old"}, "authors": [{"name": "A"}, {"name": "B"}]}])
    assert both.candidates[0].authors == ("A", "B", "Old")
    assert json_feed(next_url="feed.xml").next_url is None  # itself
    assert json_feed(next_url="/2").next_url == "https://feeds.e.org/2"
    assert json_feed(expired=True).expired and not json_feed(expired="true").expired


MAP = "https://www.e.org/map.xml"
URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


@pytest.mark.parametrize(
    ("body", "kind", "urls"),
    [
        (URLSET.format("<url><loc>https://other.net/a</loc></url>"), EndpointKind.NEWS_SITEMAP, []),  # S3
        ("https://www.e.org/a\nhttps://www.e.org/b", EndpointKind.SITEMAP, ["https://www.e.org/a", "https://www.e.org/b"]),  # S5
        (rss("<item><link>https://www.e.org/a</link></item>"), EndpointKind.RSS, ["https://www.e.org/a"]),  # S5
        (atom('<entry><link href="https://www.e.org/a"/></entry>'), EndpointKind.ATOM, ["https://www.e.org/a"]),  # S5
        (
            URLSET.format("<url><loc>https://www.e.org/a?x=1&amp;y=&#50;</loc></url>"),
            EndpointKind.SITEMAP,
            ["https://www.e.org/a?x=1&y=2"],
        ),  # S6
    ],
)
def test_sitemaps_of_every_form(body: str, kind: EndpointKind, urls: list[str]) -> None:
    found = read(body, EndpointKind.SITEMAP, MAP)
    assert [candidate.url for candidate in found.candidates] == urls
    assert not urls or found.kind is kind


@pytest.mark.parametrize(
    ("printed", "moment", "precision"),
    [
        ("2026-11-14", datetime(2026, 11, 14, tzinfo=UTC), Precision.DAY),
        ("2026-11-14T08:05+01:00", datetime(2026, 11, 14, 7, 5, tzinfo=UTC), Precision.MINUTE),
        ("2026-11-14T08:05:09.25Z", datetime(2026, 11, 14, 8, 5, 9, tzinfo=UTC), Precision.SECOND),
        ("yesterday", None, None),
    ],
)
def test_lastmod_alone_dates_a_sitemaps_entry(printed: str, moment: datetime | None, precision: Precision | None) -> None:
    advice = "<changefreq>always</changefreq><priority>1.0</priority>"
    body = URLSET.format(f"<url><loc>https://www.e.org/a</loc><lastmod>{printed}</lastmod>{advice}</url>")
    (candidate,) = read(body, EndpointKind.SITEMAP, MAP).candidates
    claim = candidate.updated
    assert (claim and claim.at, claim and claim.precision) == (moment, precision)


# -- RFC 5005, as a poller acts on it ---------------------------------------------------------------


def test_of_a_whole_feed_no_gap_is_suspected() -> None:
    seen = replace(ENDPOINT, publish_rate=10.0, rate_at=NOW - 6 * HOUR, window=20)
    full = reading(20, candidates=entries(20, age=HOUR))
    assert find_gap(seen, full, 20, NOW) is not None
    assert find_gap(seen, replace(full, complete=True), 20, NOW) is None


def test_a_whole_feed_is_polled_by_its_rate_alone() -> None:
    busy = replace(ENDPOINT, publish_rate=6.0, window=4)
    some, all_there_are = (decide(response(), busy, read=reading(4, complete=complete), new=4) for complete in (False, True))
    assert wait(all_there_are) > wait(some)
    assert (some.complete, some.listed) == (False, None)
    assert (all_there_are.complete, all_there_are.listed) == (True, tuple(f"https://e.org/{n}" for n in range(4)))
    unchanged, unchanged_whole = (decide(response(304), replace(busy, complete=complete)) for complete in (False, True))
    assert wait(unchanged_whole) > wait(unchanged)


def test_a_whole_feed_that_breaks_off_takes_nothing_out() -> None:
    assert decide(response(), read=reading(4, complete=True, broken_off=True), new=4).listed is None


def test_an_archived_document_gives_way_to_its_feed() -> None:
    result = decide(response(), read=reading(4, current_url="https://feeds.e.org/now"), new=4)
    assert result.children == (EndpointSpec(kind=EndpointKind.RSS, url="https://feeds.e.org/now"),)
    assert result.retired_reason is not None and "archived" in result.retired_reason and len(result.candidates) == 4


@pytest.mark.parametrize("current", [ENDPOINT.url, "https://elsewhere.net/feed"])
def test_a_feed_that_names_itself_or_another_site_is_polled_on(current: str) -> None:
    result = decide(response(), read=reading(4, current_url=current), new=4)
    assert (result.children, result.retired_reason) == ((), None)
