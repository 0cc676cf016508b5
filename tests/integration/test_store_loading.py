"""Loading on a real Postgres: rows and outcomes together, fenced, each article once."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from builders import article, finished, pages_by_url
from desk import Desk

from pipeline.records import NotModified, Outcome, Refused


def _story(desk: Desk, batch: object, number: int, slug: str = "beacon"):
    return pages_by_url(batch)[f"https://www.{slug}.test/news/{number}"]


def test_rows_and_outcomes_are_stored_together(desk: Desk) -> None:
    desk.add_source("beacon", range(2))
    batch = desk.claim()
    tally = desk.load(
        batch,
        finished(_story(desk, batch, 0), article(0)),
        finished(_story(desk, batch, 1), Refused(outcome=Outcome.TOO_SHORT, detail="12 words")),
    )
    assert (tally.loaded, tally.refused, tally.fetched) == (1, 1, 2)
    assert desk.rows("SELECT outcome, outcome_detail FROM news.url ORDER BY url") == [("loaded", None), ("too_short", "12 words")]
    assert desk.rows("SELECT title, word_count, revision_no, status FROM news.article") == [("Story 0", 72, 1, "live")]
    assert desk.rows("SELECT kind, revision_no FROM news.change") == [("insert", 1)]
    assert desk.rows("SELECT reason FROM news.revision") == [("first",)]
    assert sorted(desk.rows("SELECT outcome FROM news.attempt")) == [("loaded",), ("too_short",)]


def test_late_work_of_a_lost_lease_is_dropped(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    zombie = desk.claim()
    desk.rows("UPDATE news.host SET lease_until = now() - interval '1 second' WHERE lease_token IS NOT NULL")
    heir = desk.claim()
    assert desk.load(zombie, finished(zombie.pages[0], article(7))).fetched == 0
    assert desk.load(heir, finished(heir.pages[0], article(1))).loaded == 1
    assert desk.load(zombie, finished(zombie.pages[0], article(7))).fetched == 0
    assert desk.rows("SELECT title FROM news.article") == [("Story 1",)]


def test_two_urls_of_one_article_make_one_row(desk: Desk) -> None:
    desk.add_source("beacon", range(3))
    batch = desk.claim()
    same = article(5, claimed_url="https://www.beacon.test/stories/ferry-pier")
    desk.load(batch, finished(_story(desk, batch, 0), same), finished(_story(desk, batch, 1), same))
    desk.load(
        batch, finished(_story(desk, batch, 2), article(6), aliases=("https://www.beacon.test/old", "https://www.beacon.test/news/0"))
    )
    assert desk.rows("SELECT outcome, count(*) FROM news.url GROUP BY 1 ORDER BY 1") == [("duplicate", 2), ("loaded", 1)]
    assert desk.rows("SELECT count(*) FROM news.article") == [(1,)]


@pytest.mark.parametrize(("order", "told_anew"), [((0, 1, 2), 1), ((2, 0, 1), 2), ((1, 2, 0), 0)])
def test_the_row_reads_as_the_page_at_the_canonical_url_whichever_came_first(desk: Desk, order: tuple[int, ...], told_anew: int) -> None:
    canonical = "https://www.beacon.test/news/9"
    forms = ("https://amp.beacon.test/news/9", canonical, "https://m.beacon.test/news/9")
    desk.add_source("beacon", range(0), urls=forms)
    batch = desk.claim()
    pages = pages_by_url(batch)
    readings = [
        finished(pages[url], article(9, title=f"Form {n}", body=f"{article(9).body}\n\nread in form {n}", claimed_url=canonical))
        for n, url in enumerate(forms)
    ]
    for number in order:
        desk.load(batch, readings[number])
        desk.loader.match()
    assert desk.rows("SELECT title, right(body, 14), status FROM news.article") == [("Form 1", "read in form 1", "live")]
    versions = desk.rows("SELECT reason FROM news.revision ORDER BY revision_no")
    assert versions == [("first",), *[("reextracted",)] * told_anew]
    assert desk.rows("SELECT count(*) FROM news.v_edits") == [(0,)]
    assert desk.rows("SELECT url FROM news.recheck JOIN news.url USING (url_id)") == [(canonical,)]
    assert desk.rows("SELECT kind FROM news.change ORDER BY seq") == [("insert",), *[("reextract",)] * told_anew]
    assert desk.rows("SELECT count(*) FROM news.unmatched") == [(0,)]


def test_one_canonical_url_on_every_page_swallows_no_article(desk: Desk) -> None:
    desk.add_source("beacon", range(4))
    batch = desk.claim()
    wrong = "https://www.beacon.test/news/3"
    desk.load(
        batch,
        *(
            finished(_story(desk, batch, n), article(n, body=f"{chr(65 + n)} word{n} other{n} text{n} " * 30, claimed_url=wrong))
            for n in range(4)
        ),
    )
    assert desk.rows("SELECT count(*), count(DISTINCT canonical_url) FROM news.article") == [(4, 4)]


def test_another_outlets_identical_text_is_a_row_of_its_own_with_an_edge(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    desk.add_source("courier", range(1))
    batch = desk.claim()
    desk.load(batch, finished(_story(desk, batch, 0, "beacon"), article(1)), finished(_story(desk, batch, 0, "courier"), article(1)))
    desk.loader.match()
    desk.loader.match()
    assert desk.rows("SELECT count(*) FROM news.article") == [(2,)]
    assert desk.rows("SELECT kind FROM news.edge") == [("exact",)]
    assert desk.rows("SELECT count(*) FROM news.unmatched") == [(0,)]


def test_racing_loaders_of_one_canonical_url_make_one_row(desk: Desk) -> None:
    """The same article under two hosts, held by two workers at once, loaded at the same moment."""
    desk.settings = desk.settings.model_copy(update={"batch_hosts": 1})
    desk.frontier._settings = desk.settings
    desk.add_source("beacon", range(1))
    desk.rows(
        "INSERT INTO news.host (host, next_due_at) VALUES ('m.beacon.test', now());"
        "INSERT INTO news.url (url_sha256, url, source_id, host)"
        " SELECT sha256('m'), 'https://m.beacon.test/news/0', source_id, 'm.beacon.test' FROM news.source"
    )
    batches = [desk.claim(), desk.claim()]
    same = article(1, claimed_url="https://www.beacon.test/news/0")
    threads = [threading.Thread(target=desk.load, args=(batch, finished(batch.pages[0], same))) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.rows("SELECT count(*) FROM news.article") == [(1,)]
    assert sorted(desk.rows("SELECT outcome FROM news.url")) == [("duplicate",), ("loaded",)]


def _recheck(desk: Desk):
    desk.rows("UPDATE news.recheck SET due_at = now()")
    desk.rows("UPDATE news.host SET next_due_at = now() WHERE host LIKE 'www.%'")
    batch = desk.claim()
    assert len(batch.pages) == 1
    return batch


def test_edits_become_revisions_and_noise_does_not(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    batch = desk.claim()
    first = article(1, body="The pier will cost 4 million, the council said. " * 12)
    desk.load(batch, finished(batch.pages[0], first))
    desk.release(batch)
    for body, wanted in (
        (first.body.replace("  ", " ").upper(), "unchanged"),
        (first.body.replace("4 million", "5 million"), "revised"),
        (first.body, "revised"),
    ):
        batch = _recheck(desk)
        desk.load(batch, finished(batch.pages[0], article(1, body=body)))
        desk.release(batch)
        assert desk.rows("SELECT outcome FROM news.attempt ORDER BY attempt_id DESC LIMIT 1") == [(wanted,)]
    assert desk.rows("SELECT revision_no, reason FROM news.revision ORDER BY 1") == [
        (1, "first"),
        (2, "publisher_edit"),
        (3, "publisher_edit"),
    ]
    assert desk.rows("SELECT revision_no, body LIKE '%4 million%' FROM news.article") == [(3, True)]
    assert desk.rows("SELECT outcome FROM news.url") == [("loaded",)]


def test_the_structure_of_a_text_is_stored_revised_and_handed_out(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    batch = desk.claim()
    first = article(1, body="The pier will cost 4 million, the council said. " * 12)
    desk.load(batch, finished(batch.pages[0], first))
    desk.release(batch)
    assert desk.rows("SELECT body_markdown FROM news.article") == [(None,)]
    assert desk.rows("SELECT body_markdown FROM news.v_article") == [(first.body,)]
    edited = first.body.replace("4 million", "5 million")
    batch = _recheck(desk)
    desk.load(batch, finished(batch.pages[0], replace(first, body=edited, body_markdown=f"## {edited}")))
    assert desk.rows("SELECT body, body_markdown FROM news.v_article") == [(edited, f"## {edited}")]


def test_deletion_and_restoration_are_recorded(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    batch = desk.claim()
    desk.load(batch, finished(batch.pages[0], article(1)))
    desk.release(batch)
    for result in (
        NotModified(),
        Refused(outcome=Outcome.HTTP_GONE, detail="410"),
        Refused(outcome=Outcome.HTTP_GONE, detail="410"),
        article(1),
    ):
        batch = _recheck(desk)
        desk.load(batch, finished(batch.pages[0], result))
        desk.release(batch)
    assert desk.rows("SELECT outcome FROM news.attempt WHERE purpose = 'recheck' ORDER BY attempt_id") == [
        ("unchanged",),
        ("gone",),
        ("unchanged",),
        ("restored",),
    ]
    assert desk.rows("SELECT status, gone_at, revision_no FROM news.article") == [("live", None, 3)]
    assert desk.rows("SELECT kind FROM news.change ORDER BY seq") == [("insert",), ("gone",), ("restore",)]


def test_text_that_postgres_would_reject_never_reaches_it(desk: Desk) -> None:
    """Quotes, backslashes, JSON and SQL in text are data."""
    desk.add_source("beacon", range(1))
    batch = desk.claim()
    hostile = "'; DROP TABLE news.article; -- \\ \" :token %s {} \u2028 " * 20
    desk.load(batch, finished(batch.pages[0], article(1, body=hostile)))
    assert desk.rows("SELECT body FROM news.article") == [(hostile,)]
