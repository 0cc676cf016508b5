"""Looking at articles again: what is stored of edits, deletions, redirects and returns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from builders import article, candidates, finished, poll_result
from desk import Desk
from sqlalchemy import Engine, text

from pipeline.records import NOT_TO_BE_SHOWN, Article, Candidate, DateClaim, MovedAway, NotModified, Outcome, Precision, Refused, Rights
from pipeline.store.database import transaction
from pipeline.store.queries import query
from pipeline.store.upkeep import Upkeep

HOME = "https://www.beacon.test/"
LATER = datetime(2026, 11, 21, tzinfo=UTC)
BODY = "The pier will cost 4 million, the council of Northmere said on Tuesday.\n\nNobody on the council spoke against it.\n\n"
FIRST = article(1, body=BODY * 3, title="Pier to be rebuilt")


@pytest.fixture
def loaded(desk: Desk) -> Desk:
    """A desk with one article."""
    desk.add_source("beacon", range(1))
    batch = desk.claim()
    desk.load(batch, finished(batch.pages[0], FIRST))
    desk.release(batch)
    return desk


def _look(desk: Desk, result: Any, **changed: Any) -> str:
    """Look again, now; what the look was called."""
    desk.rows("UPDATE news.recheck SET due_at = now()")
    desk.rows("UPDATE news.host SET next_due_at = now() WHERE host = 'www.beacon.test'")
    batch = desk.claim()
    recheck = next(page for page in batch.pages if page.article_id is not None)
    desk.load(batch, replace(finished(recheck, result), **changed))
    desk.release(batch)
    return str(desk.rows("SELECT outcome FROM news.attempt WHERE purpose = 'recheck' ORDER BY attempt_id DESC LIMIT 1")[0].outcome)


def test_what_an_edit_changed_is_stored_and_no_more(loaded: Desk) -> None:
    assert _look(loaded, replace(FIRST, body=FIRST.body.replace("4 million", "5 million", 1), title="Pier will be rebuilt")) == "revised"
    (row,) = loaded.rows("SELECT diff, title_changed FROM news.v_edits")
    assert row.diff == {"title": [[5, "to", "will"]], "body": [[19, "4", "5"]]}
    assert loaded.rows("SELECT diff FROM news.revision WHERE revision_no = 1") == [(None,)]


def test_an_edit_brings_every_fact_of_the_new_reading_but_the_publication(loaded: Desk) -> None:
    told = {"language": "sv", "language_confidence": 1.0, "section": "Harbour", "authors": ("Mara Ellingsen",), "image_credit": "Jon Berg"}
    edited = replace(FIRST, body=FIRST.body.replace("4", "5"), published=DateClaim(at=LATER, precision=Precision.SECOND), **told)
    assert _look(loaded, edited) == "revised"
    (row,) = loaded.rows(
        "SELECT language, language_confidence, section, authors, image_credit, ts_config::text, published_at FROM news.article"
    )
    assert tuple(row) == ("sv", 1.0, "Harbour", ["Mara Ellingsen"], "Jon Berg", "swedish", FIRST.published and FIRST.published.at)


def test_there_and_back_again_are_three_versions(loaded: Desk) -> None:
    other = replace(FIRST, title="Pier will be rebuilt")
    assert [_look(loaded, version) for version in (other, FIRST, FIRST)] == ["revised", "revised", "unchanged"]
    titles = loaded.rows("SELECT title FROM news.revision ORDER BY revision_no")
    assert [row.title for row in titles] == [FIRST.title, other.title, FIRST.title]


def test_each_way_to_go_has_its_name_everywhere(loaded: Desk) -> None:
    said = Refused(outcome=Outcome.NON_ARTICLE, detail="soft 404: page not found")
    other = article(2, body="Nine bakers shared the prize for rye bread at the county fair. " * 9, title="Bakers share a prize")
    away = {"aliases": ("https://www.beacon.test/news/0", "https://www.beacon.test/news/bakers")}
    looks = [
        _look(loaded, Refused(outcome=Outcome.HTTP_GONE, detail="410")),
        _look(loaded, said),
        _look(loaded, other, **away),
        _look(loaded, FIRST),
    ]
    assert looks == ["gone", "soft_gone", "replaced", "restored"]
    assert [row.reason for row in loaded.rows("SELECT reason FROM news.revision ORDER BY revision_no")] == ["first", *looks]
    assert [row.kind for row in loaded.rows("SELECT kind FROM news.change ORDER BY seq")] == ["insert", *looks[:3], "restore"]
    assert [row.how for row in loaded.rows("SELECT how FROM news.v_departures ORDER BY gone_at")] == looks[:3]
    assert loaded.rows("SELECT count(*) FROM news.v_departures WHERE back_at IS NULL") == [(0,)]
    assert loaded.rows("SELECT status, gone_at, title FROM news.article") == [("live", None, FIRST.title)]
    assert loaded.rows("SELECT count(*) FROM news.url_alias WHERE url LIKE '%bakers'") == [(0,)], "no alias of ours"
    (ledger,) = loaded.rows("SELECT sum(gone) AS gone, sum(soft_gone) AS soft_gone, sum(replaced) AS replaced FROM news.v_run_ledger")
    assert tuple(ledger) == (1, 1, 1)


def _poll(desk: Desk, *found: Candidate) -> bool:
    """The feed shows these entries; whether that made an article due, which is then looked at and found as it was."""
    desk.rows("UPDATE news.recheck SET due_at = now() + interval '3 hours', told = false")
    desk.rows("UPDATE news.endpoint SET next_poll_at = now()")
    desk.rows("UPDATE news.host SET next_due_at = now() WHERE host = 'feeds.beacon.test'")
    batch = desk.claim()
    desk.polls.finish(replace(poll_result(batch.endpoints[0], found), polled_at=datetime.now(UTC)), token=batch.token, run_id=desk.run_id)
    desk.release(batch)
    return bool(desk.rows("SELECT FROM news.recheck JOIN news.host USING (host) WHERE told AND due_at <= now() AND next_due_at <= now()"))


def _entry(minutes: int, title: str = "Story 0", number: int = 0) -> Candidate:
    updated = DateClaim(at=LATER + timedelta(minutes=minutes), precision=Precision.SECOND)
    return replace(candidates("beacon", range(number, number + 1))[0], title=title, updated=updated)


def test_what_a_feed_says_was_changed_is_looked_at_at_once(loaded: Desk) -> None:
    assert not _poll(loaded, _entry(0)), "its first time of change says nothing"
    assert not _poll(loaded, _entry(0))
    assert _poll(loaded, _entry(20))
    assert _look(loaded, replace(FIRST, title="Pier will be rebuilt")) == "revised"
    assert loaded.rows("SELECT told FROM news.revision ORDER BY revision_no") == [(False,), (True,)]
    assert not _poll(loaded, _entry(20))
    assert _poll(loaded, _entry(20, "Pier will be rebuilt"))
    assert not _poll(loaded, _entry(5, "Pier will be rebuilt")), "an earlier time"


def test_a_feed_that_tells_of_changes_in_vain_is_believed_no_more(loaded: Desk) -> None:
    _poll(loaded, _entry(0))
    for minutes, believed in ((10, True), (20, True), (30, False)):
        assert _poll(loaded, _entry(minutes)) == believed
        assert _look(loaded, FIRST) == "unchanged"
    assert _look(loaded, replace(FIRST, title="Pier will be rebuilt")) == "revised"
    assert _poll(loaded, _entry(40)), "it was edited after all"


def test_a_feed_that_dates_all_its_entries_anew_says_so_of_itself(loaded: Desk) -> None:
    loaded.rows("UPDATE news.url SET article_id = (SELECT min(article_id) FROM news.article)")
    shown = range(5)
    _poll(loaded, *(_entry(0, number=number) for number in shown))
    loaded.rows("UPDATE news.url SET article_id = (SELECT min(article_id) FROM news.article)")
    _poll(loaded, *(_entry(0, number=number) for number in shown))
    assert not _poll(loaded, *(_entry(30, number=number) for number in shown))
    assert _poll(loaded, *(_entry(60 if number == 0 else 30, number=number) for number in shown))


def _with_robots(*directives: str) -> Article:
    return replace(FIRST, rights=Rights(robots=directives))


def test_what_may_not_be_shown_is_withdrawn_and_comes_back_when_it_may(loaded: Desk) -> None:
    unlisted, dated = Refused(outcome=Outcome.RIGHTS, detail=f"{NOT_TO_BE_SHOWN}: noindex"), _with_robots("unavailable_after: 2090-01-31")
    looks = [unlisted, unlisted, Refused(outcome=Outcome.HTTP_GONE, detail="404"), NotModified(), dated]
    assert [_look(loaded, result) for result in looks] == ["withdrawn", "unchanged", "unchanged", "unchanged", "restored"]
    assert loaded.rows("SELECT status, unavailable_after::date FROM news.v_article") == [("live", date(2090, 1, 31))]
    assert _look(loaded, FIRST) == "unchanged"
    assert loaded.rows("SELECT unavailable_after FROM news.v_article") == [(None,)], "the publisher took the date off"
    assert [row.kind for row in loaded.rows("SELECT kind FROM news.change ORDER BY seq")] == ["insert", "withdrawn", "restore"]
    assert loaded.rows("SELECT how FROM news.v_departures") == [("withdrawn",)]
    assert loaded.rows("SELECT sum(withdrawn) FROM news.v_run_ledger") == [(1,)]


def test_a_date_that_passes_withdraws_where_the_source_heeds_it_and_only_as_long(loaded: Desk) -> None:
    assert _look(loaded, _with_robots("unavailable_after: 2026-11-01")) == "unchanged"
    for respect, withdrawn, shown in (("none", 0, 1), ("tdm", 0, 1), ("all", 1, 0), ("all", 0, 0), ("tdm", 0, 1)):
        loaded.rows(f"UPDATE news.source SET respect = '{respect}'")
        assert Upkeep(loaded.engine).withdraw(now=datetime.now(UTC)) == withdrawn
        assert loaded.rows("SELECT count(*) FROM news.v_article") == [(shown,)], respect


def test_a_passing_redirect_home_is_a_deletion_only_when_it_stays(loaded: Desk) -> None:
    home = {"aliases": ("https://www.beacon.test/news/0", HOME), "for_good": False}
    listed = Refused(outcome=Outcome.NON_ARTICLE, detail="list page: 40 links")
    assert _look(loaded, listed, **home) == "postponed"
    assert loaded.rows("SELECT due_at < now() + interval '2 hours' FROM news.recheck") == [(True,)]
    assert _look(loaded, NotModified()) == "unchanged", "it was a bad hour"
    assert [_look(loaded, listed, **home) for _ in range(3)] == ["postponed", "soft_gone", "unchanged"]
    assert loaded.rows("SELECT status FROM news.article") == [("soft_gone",)]


def test_validators_of_another_page_are_not_kept(loaded: Desk) -> None:
    """Else a 304 would say of the page that replaced the article that the article is back."""
    loaded.rows("UPDATE news.recheck SET etag = 'ours'")
    other = article(2, body="Nine bakers shared the prize for rye bread at the county fair. " * 9, title="Bakers share a prize")
    assert _look(loaded, other, aliases=("https://www.beacon.test/news/0", "https://www.beacon.test/news/bakers")) == "replaced"
    assert loaded.rows("SELECT etag FROM news.recheck") == [("ours",)]


def test_a_redirect_to_another_host_is_followed_there(loaded: Desk) -> None:
    """Its target is queued as any URL; what it turns out to be is told at the next look."""
    moved = MovedAway(target="https://new.beacon.test/bakers", permanent=True)
    assert _look(loaded, moved) == "postponed"
    loaded.rows("UPDATE news.recheck SET due_at = 'infinity'")
    batch = loaded.claim()
    assert [page.url for page in batch.pages] == [moved.target]
    other: Article = article(2, body="Nine bakers shared the prize for rye bread at the county fair. " * 9, title="Bakers share a prize")
    loaded.load(batch, finished(batch.pages[0], other))
    loaded.release(batch)
    assert _look(loaded, moved) == "replaced"


def test_furniture_of_the_outlet_is_no_edit(desk: Desk) -> None:
    desk.add_source("beacon", range(5))
    batch = desk.claim()
    call = "\n\nThe day's most important stories in your inbox, free, every weekday."
    bodies = {page.url: f"Story {number} tells of ward {number} alone and of nothing else. " * 9 for number, page in enumerate(batch.pages)}
    for page in batch.pages:
        desk.load(batch, finished(page, article(body=bodies[page.url] + (call if page is not batch.pages[0] else ""), title=page.url)))
    desk.release(batch)
    desk.rows("UPDATE news.recheck SET due_at = CASE WHEN url_id = :url THEN now() ELSE 'infinity' END", url=batch.pages[0].url_id)
    desk.rows("UPDATE news.host SET next_due_at = now() WHERE host = 'www.beacon.test'")
    again = desk.claim()
    (page,) = again.pages
    tally = desk.load(again, finished(page, article(body=bodies[page.url] + call, title=page.url)))
    assert (tally.revised, tally.unchanged) == (0, 1)


def _load_all(desk: Desk) -> None:
    batch = desk.claim()
    desk.load(batch, *(finished(page, article(number)) for number, page in enumerate(batch.pages)))
    desk.release(batch)


def test_outlets_that_edit_more_are_looked_at_sooner(desk: Desk) -> None:
    """What the looks of the last weeks found decides when its next article is looked at; a budget of its own overrules that."""
    slugs = ("beacon", "courier", "echo")
    for slug in slugs:
        desk.add_source(slug, range(1))
    _load_all(desk)
    desk.rows("UPDATE news.article SET loaded_at = now() - interval '2 weeks'; UPDATE news.recheck SET checks = 6, due_at = 'infinity'")
    desk.rows(
        "INSERT INTO news.revision SELECT (jsonb_populate_record(r,"
        " jsonb_build_object('revision_no', n, 'reason', 'publisher_edit', 'told', slug = 'courier'))).*"
        " FROM news.revision r JOIN news.article USING (article_id) JOIN news.source USING (source_id), generate_series(2, 90) AS n"
        " WHERE slug IN ('beacon', 'courier')"
    )
    desk.rows(
        "UPDATE news.revision r SET seen_at = first_seen_at + r.revision_no * interval '1 hour',"
        " modified_at = first_seen_at + (r.revision_no - CASE r.revision_no WHEN 3 THEN 0.5 WHEN 4 THEN 0.4 ELSE 3 END) * interval '1 hour'"
        " FROM news.article WHERE article.article_id = r.article_id AND r.revision_no > 1;"
        "UPDATE news.article SET published_at = NULL, published_precision = NULL, modified_at = now(), modified_precision = 'second'"
    )
    Upkeep(desk.engine).renew_editing(now=datetime.now(UTC))
    rates = dict(desk.rows("SELECT slug, edit_rate FROM news.source"))
    assert rates["beacon"] > 1 > rates["courier"] == rates["echo"], "an article says little, but something; what lists told of, nothing"
    ages = dict(desk.rows("SELECT slug, edit_ages FROM news.source"))
    assert [step for step, weight in enumerate(ages["beacon"]) if weight] == [3, 4], "two were told between two looks, at 2.5 and 3.6 hours"
    assert ages["beacon"][3] == ages["beacon"][4] > ages["courier"][3] == ages["echo"][3] > 0
    desk.rows("UPDATE news.source SET edit_rate = 4 WHERE slug = 'beacon'")
    desk.rows("UPDATE news.source SET recheck_looks = 60 WHERE slug = 'echo'; UPDATE news.endpoint SET next_poll_at = now()")
    desk.rows("UPDATE news.host SET next_due_at = now(), next_allowed_at = now()")
    batch = desk.claim()
    for endpoint in batch.endpoints:
        found = candidates(endpoint.source.slug, range(1, 2))
        desk.polls.finish(poll_result(endpoint, found), token=batch.token, run_id=desk.run_id)
    desk.release(batch)
    desk.rows("UPDATE news.url SET first_seen_at = now() WHERE outcome IS NULL")
    _load_all(desk)
    due = dict(
        desk.rows(
            "SELECT slug, due_at FROM news.recheck JOIN news.article USING (article_id) JOIN news.source USING (source_id)"
            " WHERE due_at < 'infinity'"
        )
    )
    assert due["echo"] < due["beacon"] < due["courier"]


def test_an_outlets_newest_pages_are_the_newest_whether_dated_or_not(stocked: Engine) -> None:
    """Undated ones came first, the same ones for ever: where an outlet had forty of them no other page told its furniture."""
    for first_seen, newest in (("1 minute", [77, 412]), ("3 days", [412, 77])):
        with transaction(stocked) as connection:
            undate = "UPDATE article SET published_at = NULL, published_precision = NULL, first_seen_at = now() - CAST(:ago AS interval)"
            connection.execute(text(f"{undate} WHERE article_id = 77"), {"ago": first_seen})
            for most in (1, 2):
                found = connection.execute(query("newest_pages"), {"source_id": 1, "most": most}).all()
                assert [row.article_id for row in found] == newest[:most]
                assert len(connection.execute(query("newest_headlines"), {"source_id": 1, "most": most}).all()) == most
