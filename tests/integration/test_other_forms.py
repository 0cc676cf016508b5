"""URLs that are known to be an article in another form are not fetched a second time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import article, candidates, finished, poll_result
from desk import Desk

from pipeline.records import Candidate
from pipeline.store.forgetting import Forgetting


def _listed(desk: Desk, url: str, **facts: Any) -> tuple[str | None, str | None]:
    """What becomes of a URL that the feed lists now: its outcome and the detail."""
    desk.rows("UPDATE news.endpoint SET next_poll_at = now(); UPDATE news.host SET next_due_at = now() WHERE host LIKE 'feeds.%'")
    batch = desk.claim()
    (endpoint,) = batch.endpoints
    desk.polls.finish(poll_result(endpoint, (Candidate(url=url, **facts),)), token=batch.token, run_id=desk.run_id)
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


def test_an_article_that_was_found_as_amp_is_read_at_its_canonical_url_but_at_no_third_one(desk: Desk) -> None:
    desk.add_source("beacon", range(0))
    desk.rows("UPDATE news.endpoint SET next_poll_at = now(); UPDATE news.host SET next_due_at = now() WHERE host LIKE 'feeds.%'")
    batch = desk.claim()
    amp = replace(candidates("beacon", range(1))[0], url="https://www.beacon.test/news/0/amp")
    desk.polls.finish(poll_result(batch.endpoints[0], (amp,)), token=batch.token, run_id=desk.run_id)
    desk.release(batch)
    batch = desk.claim()
    desk.load(batch, finished(batch.pages[0], article(1, claimed_url="https://www.beacon.test/news/0")))
    desk.release(batch)
    assert _listed(desk, "https://m.beacon.test/news/0") == ("duplicate", "another form of the article's URL")
    assert _listed(desk, "https://www.beacon.test/news/0") == (None, None)
    (page,) = desk.claim().pages
    assert page.url == "https://www.beacon.test/news/0"


_MOVED = "https://www.beacon.test/{}/mayor-opens-new-bridge-9480213.html"


@pytest.fixture
def entry(desk: Desk) -> Desk:
    """A desk with the article of an entry that has a guid, in the politics section."""
    desk.add_source("beacon", range(0))
    url = _MOVED.format("politics/2026/11")
    assert _listed(desk, url, guid="tag:beacon,9480213", title="Mayor opens bridge") == (None, None)
    batch = desk.claim()
    desk.load(batch, finished(batch.pages[0], article(1)))
    desk.release(batch)
    desk.rows("UPDATE news.recheck SET due_at = 'infinity'")
    return desk


def test_an_article_that_moved_to_another_section_is_known_by_slug_and_number(entry: Desk) -> None:
    assert _listed(entry, _MOVED.format("local")) == ("duplicate", "the same slug and number in another section")
    assert _listed(entry, _MOVED.format("es/politics")) == (None, None), "a translation is another article"
    assert _listed(entry, _MOVED.format("local").replace("9480213", "9480214")) == (None, None)


def test_an_entry_with_another_address_is_known_by_its_guid(entry: Desk) -> None:
    moved = "https://www.beacon.test/2026/bridge-is-open"
    assert _listed(entry, moved, guid="tag:beacon,9480213", title="MAYOR opens bridge")[0] == "duplicate"
    assert _listed(entry, moved + "/2", guid="tag:beacon,9480213", title="Something else") == (None, None), "a guid that is used twice"
    assert _listed(entry, moved + "/3", guid="tag:beacon,1", title="Mayor opens bridge") == (None, None)
    assert entry.rows("SELECT balanced FROM news.v_ledger_total") == [(True,)]


def test_a_forgotten_article_comes_back_by_none_of_its_addresses(entry: Desk) -> None:
    forgetting = Forgetting(entry.engine)
    forgetting.url(_MOVED.format("politics/2026/11"), reason="law")
    for url in (_MOVED.format("local"), _MOVED.format("politics/2026/11").replace("www.", "m."), _MOVED.format("amp/politics/2026/11")):
        entry.rows("UPDATE news.endpoint SET next_poll_at = now(); UPDATE news.host SET next_due_at = now() WHERE host LIKE 'feeds.%'")
        batch = entry.claim()
        entry.polls.finish(poll_result(batch.endpoints[0], (Candidate(url=url),)), token=batch.token, run_id=entry.run_id)
        entry.release(batch)
        assert entry.rows("SELECT url FROM news.url WHERE url = :url", url=url) == []
    # An address that nobody could tell: it redirects there, or its page names the forgotten one as its own.
    assert _listed(entry, "https://www.beacon.test/short/7") == (None, None)
    batch = entry.claim()
    page = finished(batch.pages[0], article(1), aliases=(_MOVED.format("politics/2026/11"),))
    entry.load(batch, page)
    entry.release(batch)
    assert entry.rows("SELECT outcome FROM news.url WHERE url LIKE '%short/7'") == [("forgotten",)]
    assert entry.rows("SELECT count(*) FROM news.article") == [(0,)]
    assert forgetting.turned_away() == 1
    assert entry.rows("SELECT url FROM news.url WHERE url NOT LIKE 'forgotten:%'") == []
    assert entry.rows("SELECT balanced FROM news.v_ledger_total") == [(True,)]
    assert forgetting.turned_away() == 0
