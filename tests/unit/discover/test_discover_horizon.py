"""Which entries of feeds and sitemaps are young enough to be queued."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.discover.horizon import children_within_horizon, within_horizon
from pipeline.records import Candidate, ChildSitemap, DateClaim, EndpointKind, Precision
from pipeline.settings import Settings

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SETTINGS = Settings(_env_file=None)


@pytest.mark.parametrize(
    ("age", "precision", "kind", "young"),
    [
        (2 * DAY, Precision.SECOND, EndpointKind.SITEMAP, True),
        (4 * DAY, Precision.SECOND, EndpointKind.SITEMAP, False),
        (4 * DAY, Precision.DAY, EndpointKind.SITEMAP, True),  # that day ended within the horizon
        (5 * DAY, Precision.DAY, EndpointKind.SITEMAP, False),
        (4 * DAY, Precision.SECOND, EndpointKind.RSS, False),
        (None, None, EndpointKind.SITEMAP, False),
        (None, None, EndpointKind.NEWS_SITEMAP, True),
        (None, None, EndpointKind.ATOM, True),
        (None, None, EndpointKind.HOMEPAGE, True),
    ],
)
def test_horizon(age: timedelta | None, precision: Precision | None, kind: EndpointKind, young: bool) -> None:
    claim = DateClaim(at=NOW - age, precision=precision) if age is not None and precision is not None else None
    assert within_horizon(Candidate(url="https://e.org/a", updated=claim), kind, NOW, SETTINGS) is young


def test_an_edit_does_not_make_an_old_article_young() -> None:
    old, new = (DateClaim(at=NOW - age, precision=Precision.SECOND) for age in (30 * DAY, HOUR))
    assert not within_horizon(Candidate(url="https://e.org/a", published=old, updated=new), EndpointKind.ATOM, NOW, SETTINGS)


def test_archives_of_an_index_are_left_alone() -> None:
    def child(name: str, age: timedelta | None = None) -> ChildSitemap:
        claim = None if age is None else DateClaim(at=NOW - age, precision=Precision.SECOND)
        return ChildSitemap(kind=EndpointKind.SITEMAP, url=f"https://e.org/{name}", updated=claim)

    named = [child("2020-01.xml"), child("map-2026-11.xml"), child("2026/11/15.xml"), child("2026/11/01.xml"), child("map-2026.xml")]
    dated = [child("a.xml", HOUR), child("b.xml", 30 * DAY)]
    unknown = [child(f"part{n}.xml") for n in range(100)]
    kept = {one.url.removeprefix("https://e.org/") for one in children_within_horizon([*named, *dated, *unknown], NOW, SETTINGS)}
    assert kept - {one.url.removeprefix("https://e.org/") for one in unknown} == {
        "map-2026-11.xml",
        "2026/11/15.xml",
        "map-2026.xml",
        "a.xml",
    }
    assert {"part0.xml", "part99.xml"} <= kept and len(kept) == 24
