"""Which entries of sitemaps lie in a window."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.discover.site import SiteFacts, site_facts
from pipeline.discover.window import Window, children_of_window, sift
from pipeline.records import Candidate, ChildSitemap, DateClaim, EndpointKind, Precision

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAY = Window(start=datetime(2026, 5, 1, tzinfo=UTC), end=datetime(2026, 6, 1, tzinfo=UTC))


def claim(month: int, day: int) -> DateClaim:
    return DateClaim(at=datetime(2026, month, day, tzinfo=UTC), precision=Precision.SECOND)


def test_publication_counts_before_the_address_and_the_last_change() -> None:
    candidates = [
        Candidate(url="https://x.test/published-in-may", published=claim(5, 1), updated=claim(9, 1)),
        Candidate(url="https://x.test/2026/05/31/changed-later", updated=claim(9, 1)),
        Candidate(url="https://x.test/changed-in-may", updated=claim(5, 31)),
        Candidate(url="https://x.test/published-in-june", published=claim(6, 1), updated=claim(5, 5)),
        Candidate(url="https://x.test/2026/04/30/changed-in-may", updated=claim(5, 5)),
        Candidate(url="https://x.test/no-date"),
    ]
    found = sift(candidates, MAY, NOW)
    assert found.wanted == tuple(candidates[:3])
    assert (found.outside, found.undated) == (2, 1)


@pytest.mark.parametrize(
    ("name", "changed", "read"),
    [
        ("sitemap-2026-05.xml", claim(5, 31), True),
        ("sitemap-2026-05.xml", claim(4, 1), True),  # the name is believed before the date
        ("sitemap-2026-04.xml", claim(9, 1), True),  # April ends where May begins, in another time zone
        ("sitemap-2026-03.xml", claim(9, 1), False),
        ("2026/08/01.xml", None, False),
        ("archive-2025.xml", None, False),
        ("archive-2026.xml", None, True),
        ("posts-7.xml", claim(4, 30), False),  # unchanged since before the window
        ("posts-8.xml", claim(9, 1), True),
        ("posts-9.xml", None, True),
    ],
)
def test_sitemaps_that_can_hold_something_of_the_window(name: str, changed: DateClaim | None, read: bool) -> None:
    child = ChildSitemap(kind=EndpointKind.SITEMAP, url=f"https://x.test/{name}", updated=changed)
    assert bool(children_of_window([child], MAY)) is read


@pytest.mark.parametrize(
    ("page", "facts"),
    [
        (b'<html lang="pt-BR"><meta property="og:site_name" content=" Folha  da Manh\xc3\xa3 "><title>x</title>', ("Folha da Manhã", "pt")),
        (b"<title>The Beacon | News from the coast</title>", ("The Beacon", None)),
        (b'<html lang="x"><title></title>', (None, None)),
        (b"\xff\x00", (None, None)),
    ],
)
def test_what_a_home_page_says_of_its_outlet(page: bytes, facts: tuple[str | None, str | None]) -> None:
    assert site_facts(page) == SiteFacts(name=facts[0], language=facts[1])
