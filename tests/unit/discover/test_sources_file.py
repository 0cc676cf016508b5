"""The list of sources: TOML with named mistakes, OPML, and the list that ships."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceFileError
from pipeline.opml import read_opml, write_opml
from pipeline.records import EndpointKind, EndpointSpec, Respect, SourceSpec
from pipeline.sources import read_sources, write_sources

SHIPPED = Path(__file__).parents[3] / "sources.toml"

GOOD = """# a comment
[[source]]
slug = "daily"
name = "The Daily"
homepage = "https://www.daily.example/"
country = "RS"
language = "sr"
timezone = "Europe/Belgrade"
media_type = "newspaper"
respect = "tdm"
enabled = false
endpoints = [
  { kind = "rss", url = "https://www.daily.example/feed.xml" },
]

[[source]]
slug = "weekly"
name = "Weekly"
homepage = "https://weekly.example"
"""


def test_a_good_file() -> None:
    daily, weekly = read_sources(GOOD, "sources.toml")
    assert daily == SourceSpec(
        slug="daily",
        name="The Daily",
        homepage="https://www.daily.example/",
        country="RS",
        language="sr",
        timezone="Europe/Belgrade",
        media_type="newspaper",
        respect=Respect.TDM,
        enabled=False,
        endpoints=(EndpointSpec(kind=EndpointKind.RSS, url="https://www.daily.example/feed.xml"),),
    )
    assert weekly == SourceSpec(slug="weekly", name="Weekly", homepage="https://weekly.example/")
    assert read_sources("", "empty.toml") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('timezone = "Europe/Belgrade"', 'timezone = "Europe/Beograd"', "line 8, source 'daily', field 'timezone': 'Europe/Beograd'"),
        ('timezone = "Europe/Belgrade"', 'timezone = "../etc/passwd"', "line 8, source 'daily', field 'timezone'"),
        ('country = "RS"', 'country = "Serbia"', "line 6, source 'daily', field 'country'"),
        ('language = "sr"', 'language = "sr-RS"', "line 7, source 'daily', field 'language'"),
        ('language = "sr"', "language = 7", "line 7, source 'daily', field 'language'"),
        ('media_type = "newspaper"', 'media_type = "blog"', "line 9, source 'daily', field 'media_type'"),
        ('respect = "tdm"', 'respect = "some"', "line 10, source 'daily', field 'respect': 'some' is none of none, tdm, all"),
        ("enabled = false", 'enabled = "no"', "line 11, source 'daily', field 'enabled'"),
        ("enabled = false", "recheck_looks = 1000", "line 11, source 'daily', field 'recheck_looks'"),
        ("enabled = false", "colour = 1", "line 11, source 'daily', field 'colour': is not known"),
        ('kind = "rss"', 'kind = "rssx"', "line 13, source 'daily', field 'kind': 'rssx'"),
        ("https://www.daily.example/feed.xml", "ftp://www.daily.example/feed.xml", "line 13, source 'daily', field 'url'"),
        ('kind = "rss", url', 'kind = "rss", address', "field 'endpoints'"),
        ('slug = "daily"', 'slug = "The Daily"', "line 3, source number 1, field 'slug'"),
        ('slug = "daily"\n', "", "source number 1, field 'slug'"),
        ('name = "Weekly"\n', "", "line 16, source 'weekly', field 'name': is missing"),
        ('slug = "weekly"', 'slug = "daily"', "line 17, source 'daily', field 'slug': is there twice"),
        ("https://weekly.example", "weekly.example", "line 19, source 'weekly', field 'homepage'"),
        ('name = "Weekly"', 'name = "Weekly', "line 18"),
        ("# a comment", "title = 'x'", "line 1: only [[source]]"),
        ("# a comment", "source = 3\n#", "sources.toml"),
    ],
)
def test_each_mistake_is_named_with_its_place(old: str, new: str, said: str) -> None:
    with pytest.raises(SourceFileError) as mistake:
        read_sources(GOOD.replace(old, new, 1), "sources.toml")
    assert "sources.toml" in str(mistake.value)
    assert said in str(mistake.value)


def test_an_endpoint_belongs_to_one_source() -> None:
    doubled = GOOD + 'endpoints = [{ kind = "atom", url = "https://www.daily.example/feed.xml#x" }]\n'
    with pytest.raises(SourceFileError, match=r"line 20, source 'weekly', field 'url': .* endpoint of 'daily' already"):
        read_sources(doubled, "sources.toml")


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Z")), min_size=1, max_size=30)
SPECS = st.builds(
    SourceSpec,
    slug=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
    name=NAMES.filter(lambda name: "\ufeff" not in name and "\ufffc" not in name),
    homepage=st.just("https://www.example.org/"),
    country=st.none() | st.sampled_from(["RS", "JP"]),
    language=st.none() | st.just("ja"),
    timezone=st.sampled_from(["UTC", "Asia/Tokyo"]),
    media_type=st.none() | st.just("agency"),
    respect=st.sampled_from(list(Respect)),
    enabled=st.booleans(),
    recheck_looks=st.none() | st.integers(0, 500),
    endpoints=st.lists(
        st.builds(EndpointSpec, kind=st.sampled_from(list(EndpointKind)), url=st.integers(0, 9).map("https://e.org/{}".format)),
        max_size=3,
        unique_by=lambda endpoint: endpoint.url,
    ).map(tuple),
)


@given(SPECS)
def test_what_is_written_reads_back_the_same(spec: SourceSpec) -> None:
    assert read_sources(write_sources([spec]), "written.toml") == (spec,)


def test_the_list_that_ships() -> None:
    specs = read_sources(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)
    assert len(specs) >= 30
    assert len({spec.language for spec in specs}) >= 12 and len({spec.country for spec in specs}) >= 12
    assert sum(spec.media_type == "agency" for spec in specs) >= 5
    assert all(spec.endpoints and spec.language and spec.country and spec.timezone != "UTC" and spec.enabled for spec in specs)


OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body><outline text="News">
  <outline type="rss" text="Daily &amp; co" xmlUrl="https://feeds.daily.co.uk/a.xml" htmlUrl="https://www.daily.co.uk/" language="en-GB"/>
  <outline type="rss" version="ATOM" text="Daily sport" xmlUrl="https://feeds.daily.co.uk/sport.xml" htmlUrl="https://www.daily.co.uk/sport"/>
  <outline type="rss" text="" xmlUrl="https://weekly.example/feed"/><outline text="broken" xmlUrl="javascript:0"/><outline text="folder"/>
</outline></body></opml>"""


def test_opml_in() -> None:
    listed = read_opml(OPML)
    daily, weekly = listed.sources
    assert (daily.slug, daily.name, daily.homepage, daily.language) == ("daily.co.uk", "Daily & co", "https://www.daily.co.uk/", "en")
    assert [endpoint.kind for endpoint in daily.endpoints] == [EndpointKind.RSS, EndpointKind.ATOM]
    assert (weekly.slug, weekly.name, weekly.homepage) == ("weekly.example", "weekly.example", "https://weekly.example/")
    (skipped,) = listed.skipped  # the folder is no feed
    assert skipped.startswith("broken: ") and "javascript:0" in skipped


def test_a_list_that_is_too_long_says_where_it_was_cut() -> None:
    outlines = "".join(f'<outline xmlUrl="https://x.example/{number}"/>' for number in range(10_002))
    listed = read_opml(f"<opml>{outlines}</opml>".encode())
    assert len(listed.sources[0].endpoints) == 10_000
    assert listed.skipped == ("the 2 feeds after the first 10,000: no more are read of one list",)


def test_opml_out_and_in_again() -> None:
    specs = read_opml(OPML).sources
    written = write_opml(specs)
    assert [outline.get("xmlUrl") for outline in ElementTree.fromstring(written).iter("outline")] == [
        endpoint.url for spec in specs for endpoint in spec.endpoints
    ]
    assert [spec.endpoints for spec in read_opml(written).sources] == [spec.endpoints for spec in specs]


@pytest.mark.parametrize("data", [b"", b"<rss/>", b"<opml>", b"not xml", b'<!DOCTYPE o [<!ENTITY a "b">]><opml>&a;'])
def test_what_is_no_opml_is_refused(data: bytes) -> None:
    with pytest.raises(SourceFileError):
        read_opml(data)
