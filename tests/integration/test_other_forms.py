"""URLs that are known to be an article in another form are not fetched a second time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import article, candidates, finished, poll_result
from desk import Desk

from pipeline.records import Candidate


def _listed(desk: Desk, url: str) -> tuple[str | None, str | None]:
    """What becomes of a URL that the feed lists now: its outcome and the detail."""
    desk.rows("UPDATE news.endpoint SET next_poll_at = now(); UPDATE news.host SET next_due_at = now() WHERE host LIKE 'feeds.%'")
    batch = desk.claim()
    (endpoint,) = batch.endpoints
    desk.polls.finish(poll_result(endpoint, (Candidate(url=url),)), token=batch.token, run_id=desk.run_id)
    desk.release(batch)
    (row,) = desk.rows("SELECT outcome, outcome_detail FROM news.url WHERE url = :url", url=url)
    return row.outcome, row.outcome_detail


@pytest.fixture
def loaded(desk: Desk) -> Desk:
    """A desk with the article of https://www.beacon.test/news/0, which nothing makes due again."""
    desk.add_source("beacon", range(1))
    batch = desk.claim()
    desk.load(batch, finished(batch.pages[0], article(1)))
    desk.release(batch)
    desk.rows("UPDATE news.recheck SET due_at = 'infinity'")
    return desk


@pytest.mark.parametrize(
    "url",
    [
        "https://m.beacon.test/news/0",
        "http://www.beacon.test/news/0",
        "https://beacon.test/news/0/",
        "https://www.beacon.test/news/0/amp",
        "https://www.beacon.test/news/0?print=1",
    ],
)
def test_another_form_of_an_article_is_ended_unfetched(loaded: Desk, url: str) -> None:
    outcome, detail = _listed(loaded, url)
    assert outcome == "duplicate" and "form" in str(detail)
    assert loaded.rows("SELECT count(DISTINCT article_id) FROM news.url") == [(1,)]
    assert loaded.rows("SELECT balanced FROM news.v_ledger_total") == [(True,)]


@pytest.mark.parametrize(
    "url", ["https://www.beacon.test/news/0?id=2", "https://live.beacon.test/news/0", "https://www.beacon.test/news/00"]
)
def test_another_address_is_queued(loaded: Desk, url: str) -> None:
    assert _listed(loaded, url) == (None, None)


def test_a_form_of_another_outlets_article_is_queued(loaded: Desk) -> None:
    """Two sources may list one site; what the other one has is judged by the text, once it is fetched."""
    loaded.add_source("courier", range(0))
    loaded.rows("UPDATE news.article SET source_id = (SELECT source_id FROM news.source WHERE slug = 'courier')")
    assert _first_of_beacon(loaded, "https://m.beacon.test/news/0") == (None, None)


def _first_of_beacon(desk: Desk, url: str) -> tuple[str | None, str | None]:
    desk.rows("UPDATE news.endpoint SET next_poll_at = now(); UPDATE news.host SET next_due_at = now() WHERE host = 'feeds.beacon.test'")
    batch = desk.claim()
    endpoint = next(one for one in batch.endpoints if one.host == "feeds.beacon.test")
    desk.polls.finish(poll_result(endpoint, (Candidate(url=url),)), token=batch.token, run_id=desk.run_id)
    (row,) = desk.rows("SELECT outcome, outcome_detail FROM news.url WHERE url = :url", url=url)
    return row.outcome, row.outcome_detail


def test_an_article_that_was_found_as_amp_is_known_by_its_canonical_url(desk: Desk) -> None:
    desk.add_source("beacon", range(0))
    desk.rows("UPDATE news.endpoint SET next_poll_at = now(); UPDATE news.host SET next_due_at = now() WHERE host LIKE 'feeds.%'")
    batch = desk.claim()
    amp = replace(candidates("beacon", range(1))[0], url="https://www.beacon.test/news/0/amp")
    desk.polls.finish(poll_result(batch.endpoints[0], (amp,)), token=batch.token, run_id=desk.run_id)
    desk.release(batch)
    batch = desk.claim()
    desk.load(batch, finished(batch.pages[0], article(1, claimed_url="https://www.beacon.test/news/0")))
    desk.release(batch)
    assert _listed(desk, "https://www.beacon.test/news/0") == ("duplicate", "another form of the article's URL")
