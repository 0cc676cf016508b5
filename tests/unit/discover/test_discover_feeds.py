"""Feeds of every dialect, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.discover.feeds import read_feed
from pipeline.discover.wire import reading_from_json, reading_to_json
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, Precision, Reading

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
URL = "https://feeds.example.org/news.xml"


def read(body: str | bytes, content_type: str | None = None) -> Reading:
    """The reading, after a trip over the wire of the child process."""
    data = body.encode() if isinstance(body, str) else body
    reading = read_feed(data, url=URL, content_type=content_type, now=NOW)
    assert reading_from_json(reading_to_json(reading)) == reading
    return reading


def rss(items: str, head: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>Daily</title><link>https://www.example.org/</link><language>sr-RS</language>{head}{items}</channel></rss>"
    )


def test_rss_entry_with_all_its_facts() -> None:
    entry = """<item><title>Rivers &amp;amp; <![CDATA[<b>roads</b>]]></title><link>https://www.example.org/a?utm_source=rss</link>
      <guid isPermaLink="false">tag-1</guid><pubDate>Sat, 14 Nov 2026 08:05:09 +0100</pubDate><dc:creator>Ana Anić</dc:creator>
      <author>desk@example.org (Petar P.)</author><category>World</category>
      <category>World</category><description>&lt;p&gt;Short.&lt;/p&gt;</description></item>"""
    (candidate,) = read(rss(entry)).candidates
    assert candidate.url == "https://www.example.org/a"
    assert (candidate.title, candidate.guid, candidate.summary) == ("Rivers & roads", "tag-1", "Short.")
    assert candidate.authors == ("Petar P.",)
    assert candidate.categories == ("World",)
    assert candidate.language == "sr"
    assert candidate.published is not None
    assert (candidate.published.at, candidate.published.precision) == (datetime(2026, 11, 14, 7, 5, 9, tzinfo=UTC), Precision.SECOND)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/a</link>", "https://www.example.org/a"),
        ("<link>\n https://x.example/a \n</link>", "https://x.example/a"),
        ("<guid>https://www.example.org/g</guid>", "https://www.example.org/g"),
        ('<guid isPermaLink="true">https://www.example.org/g</guid>', "https://www.example.org/g"),
        ('<atom:link rel="alternate" href="https://www.example.org/h"/>', "https://www.example.org/h"),
        ('<atom:link rel="self" href="https://www.example.org/s"/><link>https://www.example.org/l</link>', "https://www.example.org/l"),
        ("<link>javascript:void(0)</link><guid>https://www.example.org/g</guid>", "https://www.example.org/g"),
    ],
)
def test_rss_links(item: str, url: str) -> None:
    (candidate,) = read(rss(f"<item><title>t</title>{item}</item>")).candidates
    assert candidate.url == url


@pytest.mark.parametrize(
    "item", ["", "<link/>", '<guid isPermaLink="false">https://www.example.org/g</guid>', "<link>https://u:p@example.org/</link>"]
)
def test_entries_without_a_usable_link_are_counted(item: str) -> None:
    reading = read(rss(f"<item><title>t</title>{item}</item><item><link>/b</link></item>"))
    assert reading.skipped == 1
    assert [candidate.url for candidate in reading.candidates] == ["https://www.example.org/b"]


def test_channel_hints() -> None:
    head = "<ttl>90</ttl><skipHours><hour>24</hour><hour>3</hour><hour>x</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    reading = read(rss("", head + '<sy:updatePeriod>hourly</sy:updatePeriod><atom:link rel="next" href="?page=2"/>'))
    assert reading.min_interval_seconds == 5400
    assert reading.skip_hours == {0, 3} and reading.skip_days == {6}
    assert reading.next_url == URL + "?page=2"


def test_hints_of_publishing_software_count_an_hour_at_the_most() -> None:
    assert read(rss("", "<sy:updatePeriod>monthly</sy:updatePeriod>")).min_interval_seconds == 3600
    assert read(rss("", "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>")).min_interval_seconds == 900
    assert read(rss("", "<ttl>99999999</ttl>")).min_interval_seconds == 86_400


def test_an_empty_feed_is_a_reading() -> None:
    assert read(rss("")) == Reading(kind=EndpointKind.RSS, candidates=())
    assert read('<feed xmlns="http://www.w3.org/2005/Atom"/>') == Reading(kind=EndpointKind.ATOM, candidates=())


def test_an_entry_shown_twice_counts_once() -> None:
    reading = read(rss("<item><title>new</title><link>/a</link></item><item><title>old</title><link>/a#x</link></item>"))
    assert [candidate.title for candidate in reading.candidates] == ["new"]


def test_rdf() -> None:
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="https://example.org/"><title>t</title><link>https://example.org/</link></channel>
      <item rdf:about="https://example.org/a"><title>新聞</title><dc:date>2026-11-14</dc:date><dc:subject>x</dc:subject></item></rdf:RDF>"""
    reading = read(body)
    assert reading.kind is EndpointKind.RSS
    assert reading.candidates[0].url == "https://example.org/a" and reading.candidates[0].categories == ("x",)
    assert reading.candidates[0].published is not None and reading.candidates[0].published.precision is Precision.DAY


def test_atom() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://www.example.org/news/" xml:lang="de-AT"><link href="/"/>
      <link rel="next" href="https://www.example.org/feed?p=2"/>
      <entry xml:base="2026/"><id>tag:1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>bold</b> claim</div></title>
        <link rel="enclosure" href="x.mp3"/><link rel="alternate" type="application/pdf" href="a.pdf"/>
        <link href="a.html" type="text/html"/>
        <author><name>Eva E.</name><email>e@example.org</email></author><category term="pol" label="Politik"/>
        <published>2026-11-14T08:00:00Z</published><updated>2026-11-14T09:00Z</updated>
        <summary type="html">&lt;i&gt;S&lt;/i&gt;</summary></entry>
      <entry><id>https://www.example.org/by-id</id><title>no link</title></entry></feed>"""
    reading = read(body)
    first, second = reading.candidates
    assert reading.kind is EndpointKind.ATOM and reading.next_url == "https://www.example.org/feed?p=2"
    assert first.url == "https://www.example.org/news/2026/a.html"
    assert (first.title, first.authors, first.categories, first.language, first.summary) == (
        "A bold claim",
        ("Eva E.",),
        ("Politik",),
        "de",
        "S",
    )
    assert first.updated is not None and first.updated.precision is Precision.MINUTE
    assert second.url == "https://www.example.org/by-id" and second.published is None


def test_json_feed() -> None:
    body = """{"version": "https://jsonfeed.org/version/1.1", "title": "T", "home_page_url": "https://example.org/", "language": "en-GB",
      "expired": true,
      "authors": [{"name": "The Desk"}], "next_url": "/feed2.json",
      "items": [{"id": 7, "url": "/a", "title": "T &amp; U", "date_published": "2026-11-14T08:00:00Z", "tags": ["x", 3, null],
                 "author": {"name": "Old Style"}},
                {"id": "https://example.org/b"}, {"id": "c"}, "nonsense"]}"""
    reading = read(body)
    first, second = reading.candidates
    assert (reading.kind, reading.expired, reading.skipped) == (EndpointKind.JSONFEED, True, 2)
    assert reading.next_url == "https://feeds.example.org/feed2.json"
    assert (first.url, first.guid, first.title, first.authors, first.categories) == (
        "https://example.org/a",
        "7",
        "T & U",
        ("Old Style",),
        ("x", "3"),
    )
    assert (second.url, second.authors, second.language) == ("https://example.org/b", ("The Desk",), "en")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "windows-1251", "shift_jis", "utf-32"])
def test_encodings(encoding: str) -> None:
    title = "ニュース" if encoding == "shift_jis" else "Новости"
    body = rss(f"<item><title>{title}</title><link>/a</link></item>").replace("UTF-8", encoding.removesuffix("-sig"))
    assert read(body.encode(encoding)).candidates[0].title == title


def test_the_headers_charset_counts_where_the_document_names_none() -> None:
    body = "<rss><channel><item><title>Žuti</title><link>/a</link></item></channel></rss>".encode("windows-1250")
    assert read(body, "text/xml; charset=windows-1250").candidates[0].title == "Žuti"


@pytest.mark.parametrize(
    ("broken", "title"),
    [
        (rss("<item><title>R&D & more</title><link>/a?x=1&y=2</link></item>"), "R&D & more"),
        (rss("<item><title>a&nbsp;b&eacute;</title><link>/a?x=1&amp;y=2</link></item>"), "a bé"),
        (rss("<item><title>a\x02b\x0b</title><link>/a?x=1&amp;y=2</link></item>"), "ab"),
        ("\n\n<br/>Warning: x in y\n" + rss("<item><title>t</title><link>/a?x=1&amp;y=2</link></item>"), "t"),
        (rss("<item><title><b>t</title><link>/a?x=1&amp;y=2</link></item>"), "t"),
        (rss("<item><title>t</title><link><![CDATA[/a?x=1&y=2]]></link></item>& "), "t"),
    ],
)
def test_common_slips_are_mended(broken: str, title: str) -> None:
    reading = read(broken)
    assert [candidate.title for candidate in reading.candidates] == [title]
    assert reading.candidates[0].url == "https://www.example.org/a?x=1&y=2"
    assert not reading.broken_off


def test_a_feed_that_breaks_off_gives_what_it_has_and_says_so() -> None:
    whole = rss(
        "<item><title>a</title><link>https://www.example.org/a</link></item><item><title>b</title><link>https://www.example.org/b</link></item>"
    )
    reading = read(whole[: whole.index("<title>b")])
    assert reading.candidates[0].url == "https://www.example.org/a"
    assert reading.broken_off


def test_an_empty_feed_is_one_also_where_a_common_slip_is_mended() -> None:
    assert read(rss("", head="<description>R&D</description>")).candidates == ()


def test_text_from_outside_is_clean() -> None:
    assert read(rss("<item><title>a&#x1F600;b&#x9F;&#xFFFC;c</title><link>/a</link></item>")).candidates[0].title == "a😀bc"
    assert (
        read('{"version":"https://jsonfeed.org/version/1","items":[{"url":"/a","title":"x\\u0000\\ud800y"}]}').candidates[0].title == "xy"
    )


def test_a_title_of_a_megabyte_is_cut() -> None:
    candidate = read(rss(f"<item><title>{'word ' * 200_000}</title><link>/a</link></item>")).candidates[0]
    assert candidate.title is not None and len(candidate.title) <= 2000


def test_dates_in_1970_and_2099_are_none() -> None:
    items = "".join(f"<item><link>/{year}</link><pubDate>Thu, 01 Jan {year} 00:00:00 GMT</pubDate></item>" for year in (1970, 2099))
    assert [candidate.published for candidate in read(rss(items)).candidates] == [None, None]


def test_a_url_of_ten_thousand_characters_is_no_candidate() -> None:
    reading = read(rss(f"<item><link>https://www.example.org/{'a' * 10_000}</link></item>"))
    assert (reading.candidates, reading.skipped) == ((), 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!doctype html><html><head><title>Page not found</title></head></html>", "HTML page titled 'Page not found'"),
        (b"<html><body>Maintenance</body></html>", "HTML page"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html/>', "HTML page"),
        (b"Just a moment...<script>challenge()</script>", "HTML page"),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "a sitemap"),
        (b"<opml version='2.0'/>", "OPML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "XML of another kind"),
        (b"OK", "plain text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b'{"error": "not found"}', "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "without items"),
        (b'{"version": ', "starts like JSON"),
        (b"\xff\xfe<", "utf-16"),
        (b"<rss><chan", "not well-formed: .*Start Tag"),
        (b"<rss><channel><item>", "not well-formed: .*line 1"),
        (b'<rss version="2.0"><channel><title>x</title><item><title>a', "not well-formed"),
        (b'<rss version="2.0"><channel><title>x</title></chan></rss>', "not well-formed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>', "not well-formed"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, said: str) -> None:
    with pytest.raises(FeedUnreadableError, match=said):
        read(body)
