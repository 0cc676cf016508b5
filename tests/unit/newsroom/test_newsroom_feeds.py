"""Feeds, sitemaps, home page and robots.txt, read back by readers that are not ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import feedparser
import pytest
from lxml import etree, html
from protego import Protego

from newsroom import feeds
from newsroom.feeds import Listing
from newsroom.outlets import host_names, load_outlets, with_origins
from newsroom.records import Edition, FeedKind, Outlet
from newsroom.render import template_names
from newsroom.sources import feed_address, source_spec, sources_toml
from pipeline.records import EndpointKind

OUTLETS = load_outlets(template_names())
PORTS = {host: 20_000 + number for number, host in enumerate(host_names(OUTLETS))}
BEACON = with_origins(next(outlet for outlet in OUTLETS if outlet.slug == "beacon"), PORTS)
ENTRY = Listing(
    url=BEACON.origin() + "/news/a-%C3%A9-1.html?x=1&y=2",
    title='Ferry & pier <reopen> "soon" – 再開',
    summary="The pier & the ferry.",
    authors=("Ana O'Neil", "Bo Ng"),
    section="Local",
    published_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    changed_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
)


@pytest.mark.parametrize("render", [feeds.rss, feeds.atom])
def test_xml_feeds_say_all_facts(render: object) -> None:
    assert callable(render)
    parsed = feedparser.parse(render(BEACON, [ENTRY]))
    assert not parsed.bozo
    assert parsed.feed.title == BEACON.name
    (entry,) = parsed.entries
    assert (entry.link, entry.title) == (ENTRY.url, 'Ferry & pier <reopen> "soon" – 再開')
    assert entry.published_parsed[:5] == (2026, 11, 20, 9, 30)
    assert [author.name for author in entry.authors] == list(ENTRY.authors)


def test_the_json_feed_says_all_facts() -> None:
    document = json.loads(feeds.json_feed(BEACON, [ENTRY]))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["items"][0]["url"] == ENTRY.url
    assert document["items"][0]["date_published"] == "2026-11-20T09:30:00+00:00"
    assert document["items"][0]["authors"] == [{"name": "Ana O'Neil"}, {"name": "Bo Ng"}]


def test_sitemaps_are_well_formed_and_dated() -> None:
    plain = etree.fromstring(feeds.sitemap([ENTRY]))
    assert plain.findtext(".//{*}loc") == ENTRY.url
    assert plain.findtext(".//{*}lastmod") == "2026-11-20T10:00:00+00:00"
    news = etree.fromstring(feeds.news_sitemap(BEACON, [ENTRY]))
    assert news.findtext(".//{*}news/{*}title") == ENTRY.title
    assert news.findtext(".//{*}publication_date") == "2026-11-20T09:30:00+00:00"
    index = etree.fromstring(feeds.sitemap_index([(BEACON.origin() + "/sitemap-0.xml", ENTRY.changed_at)]))
    assert index.findtext(".//{*}sitemap/{*}loc") == BEACON.origin() + "/sitemap-0.xml"


def test_the_home_page_links_articles_and_announces_the_feed() -> None:
    address = feed_address(BEACON)
    tree = html.fromstring(feeds.home_page(BEACON, [ENTRY], feed=address))
    assert ENTRY.url in tree.xpath("//main//a/@href")
    assert tree.xpath("//link[@rel='alternate']/@href") == [BEACON.origin(Edition.FEEDS) + "/feed.xml"]


def test_robots_txt_states_delay_rules_and_sitemaps() -> None:
    text = feeds.robots_txt(BEACON, disallow=("/print",), sitemaps=("http://x.test/sitemap.xml",)).decode()
    rules = Protego.parse(text)
    assert rules.crawl_delay("Dateline") == BEACON.crawl_delay
    assert not rules.can_fetch(BEACON.origin() + "/print/news/1", "Dateline")
    assert rules.can_fetch(BEACON.origin() + "/news/1", "Dateline")
    assert list(rules.sitemaps) == ["http://x.test/sitemap.xml"]


def test_outlets_are_as_many_and_as_different_as_promised() -> None:
    assert len(OUTLETS) >= 24
    assert len({outlet.slug for outlet in OUTLETS}) == len(OUTLETS)
    assert len({outlet.language for outlet in OUTLETS}) >= 4
    assert "ja" in {outlet.language for outlet in OUTLETS}
    assert sum(outlet.tls for outlet in OUTLETS) >= 4
    assert len({outlet.template for outlet in OUTLETS}) >= 10
    assert all(0.1 <= outlet.crawl_delay <= 0.2 and 10 <= outlet.feed_window <= 100 for outlet in OUTLETS)
    assert {outlet.feed for outlet in OUTLETS} == set(FeedKind)
    by_slug = {outlet.slug: outlet for outlet in OUTLETS}
    for outlet in OUTLETS:
        assert outlet.agency is None or by_slug[outlet.agency].language == outlet.language


def test_the_source_file_names_every_endpoint_of_every_outlet() -> None:
    import tomllib

    outlets = tuple(with_origins(outlet, PORTS) for outlet in OUTLETS)
    table = tomllib.loads(sources_toml([source_spec(outlet) for outlet in outlets]))
    assert [source["slug"] for source in table["source"]] == [outlet.slug for outlet in outlets]
    for source, outlet in zip(table["source"], outlets, strict=True):
        assert source["endpoints"] == [{"kind": one.kind, "url": one.url} for one in source_spec(outlet).endpoints]
        assert source["endpoints"], "every outlet can be found"
        assert source["name"] == outlet.name
    kinds = {one["kind"] for source in table["source"] for one in source["endpoints"]}
    assert kinds == set(EndpointKind)


def test_an_outlet_without_a_feed_has_none() -> None:
    silent: Outlet = replace(BEACON, feed=FeedKind.NONE)
    assert feed_address(silent) is None
