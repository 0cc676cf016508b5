"""When two looks at a feed do not overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from test_discover_polling import ENDPOINT, HOUR, NOW, decide, entries, reading, response

from pipeline.discover.feeds import read_feed
from pipeline.discover.gaps import PagedBack, find_gap, reaches
from pipeline.records import Endpoint, EndpointKind, Gap, Reading

SEEN = replace(ENDPOINT, publish_rate=10.0, rate_at=NOW - 6 * HOUR, window=20)


def full(age: timedelta | None = HOUR, count: int = 20) -> Reading:
    return reading(count, candidates=entries(count, age=age))


def test_a_full_window_of_new_entries_is_a_gap() -> None:
    gap = find_gap(SEEN, full(), 20, NOW)
    assert gap == Gap(start=NOW - 6 * HOUR, end=NOW - HOUR, estimated=pytest.approx(50.0))


def test_without_dates_the_estimate_is_what_was_expected_less_what_is_shown() -> None:
    gap = find_gap(SEEN, full(age=None), 20, NOW)
    assert gap is not None and (gap.end, gap.estimated) == (NOW, pytest.approx(40.0))
    quiet = find_gap(replace(SEEN, publish_rate=0.01), full(age=None), 20, NOW)
    assert quiet is not None and quiet.estimated == 1.0


@pytest.mark.parametrize(
    ("endpoint", "document", "new"),
    [
        (SEEN, full(), 19),  # one was known
        (SEEN, full(), 0),
        (SEEN, full(age=7 * HOUR), 20),  # new addresses of old entries
        (SEEN, full(count=19), 19),  # not pushed full
        (replace(SEEN, window=0), full(), 20),  # was empty
        (replace(SEEN, window=None, rate_at=None), full(), 20),  # the first look
        (SEEN, replace(full(), kind=EndpointKind.NEWS_SITEMAP), 20),  # lists days, not a number of entries
    ],
)
def test_no_gap(endpoint: Endpoint, document: Reading, new: int) -> None:
    assert find_gap(endpoint, document, new, NOW) is None


def test_an_older_page_reaches_what_is_known_or_older() -> None:
    gap = Gap(start=NOW - 6 * HOUR, end=NOW - HOUR, estimated=9.0)
    assert reaches(entries(20, age=2 * HOUR), 19, gap)
    assert reaches(entries(20, age=6 * HOUR), 20, gap)
    assert not reaches(entries(20, age=2 * HOUR), 20, gap)
    assert not reaches((), 0, gap)


def test_a_poll_tells_of_the_gap_and_what_older_pages_brought() -> None:
    open_gap = decide(response(), SEEN, read=full(), new=20)
    assert open_gap.gap is not None and not open_gap.gap.healed and open_gap.status.endswith("a gap before them")
    older = tuple(replace(candidate, url=f"{candidate.url}-older") for candidate in entries(20, age=3 * HOUR))
    healed = decide(response(), SEEN, read=full(), new=20, paged=PagedBack(candidates=older, new_entries=15, whole=True))
    assert healed.gap is not None and (healed.gap.healed, healed.gap.recovered) == (True, 15)
    assert (len(healed.candidates), healed.beyond_horizon, healed.window) == (40, 0, 20)
    assert healed.publish_rate > open_gap.publish_rate  # what was recovered was published too


@pytest.mark.parametrize("relation", ["next", "prev-archive", "NEXT"])
def test_links_to_older_entries(relation: str) -> None:
    link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="{relation}" href="?page=2"/>'
    body = f'<rss version="2.0"><channel><title>t</title>{link}<item><link>https://e.org/1</link></item></channel></rss>'.encode()
    found = read_feed(body, url="https://e.org/feed", content_type=None, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert "https://e.org/feed?page=2" in (found.next_url, found.archive_url)
