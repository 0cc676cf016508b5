"""The scorecard finds what is wrong, names it, and finds nothing where all is well."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsroom.access_log import LoggedRequest
from newsroom.courtesy import courtesy
from newsroom.findings import LoadedArticle, LoadedRow, Scorecard
from newsroom.scorecard import same_moment, score
from newsroom.truth import TruthArticle, TruthVersion
from pipeline.records import Outcome, Precision

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOST = "www.beacon.test"
ORIGIN = f"http://{HOST}:18041"
FIRST = TruthVersion(
    since=NOW,
    title="Ferry pier to reopen",
    lines=("The council voted on Tuesday to rebuild the old pier.", "It costs four million crowns."),
)
EDITED = TruthVersion(since=NOW + timedelta(minutes=10), title="Ferry pier to reopen in June", lines=FIRST.lines)
ARTICLE = TruthArticle(
    outlet="beacon",
    number=0,
    url=ORIGIN + "/news/1",
    aliases=("http://m.beacon.test:18042/news/1", ORIGIN + "/old/news/1"),
    outcome=Outcome.LOADED,
    published_at=NOW,
    authors=("Ana O'Neil",),
    beside=("NORTHMERE",),
    versions=(FIRST,),
    moved_at=None,
    deleted_at=None,
    syndicated_from=None,
)
WALL = replace(ARTICLE, number=1, url=ORIGIN + "/news/2", aliases=(), outcome=Outcome.NON_ARTICLE)
ROW = LoadedRow(
    url=ARTICLE.url,
    outcome=Outcome.LOADED,
    article=LoadedArticle(
        article_id=11,
        canonical_url=ARTICLE.url,
        title=FIRST.title,
        body="\n\n".join(FIRST.lines),
        authors=("Ana O’Neil",),
        published_at=NOW,
        published_precision=Precision.SECOND,
    ),
)
WALL_ROW = LoadedRow(url=WALL.url, outcome=Outcome.NON_ARTICLE, detail="cookie wall")


def request(path: str, at: float, **changes: object) -> LoggedRequest:
    good = LoggedRequest(
        started=at,
        ended=at + 0.01,
        started_at=NOW + timedelta(seconds=at),
        ended_at=NOW + timedelta(seconds=at + 0.01),
        outlet="beacon",
        host=HOST,
        path=path,
        status=200,
        sent=1000,
        user_agent="Dateline/0.1 (+https://example.org/contact)",
        crawl_delay=0.1,
    )
    return replace(good, **changes)  # type: ignore[arg-type]  # field names checked by dataclasses


LOG = (request("/feed.xml", 1.0, lists=(0, 2)), request("/news/1", 2.0), request("/news/2", 3.0))


def card(
    rows: Iterable[LoadedRow] = (ROW, WALL_ROW), log: Iterable[LoggedRequest] = LOG, truth: Iterable[TruthArticle] = (ARTICLE, WALL)
) -> Scorecard:
    return score(truth, rows, log)


def sorts(found: Scorecard) -> list[str]:
    return [finding.what for finding in found.findings]


def test_a_perfect_run_holds() -> None:
    found = card()
    assert found.findings == found.waiting == ()
    assert (found.required, found.loaded, found.refused, found.holds) == (2, 1, 1, True)
    assert found.accuracy == {"title": 1.0, "body": 1.0, "authors": 1.0, "published": 1.0}


def test_what_was_listed_and_is_not_there_is_missing() -> None:
    found = card(rows=(WALL_ROW,))
    assert sorts(found) == ["missing"]
    assert not found.holds


def test_what_no_whole_response_listed_is_not_required() -> None:
    cut = (request("/feed.xml", 1.0, lists=(0, 2), fault="Truncated"), request("/feed.xml", 2.0, lists=(0, 2), status=503, fault="Busy"))
    assert card(rows=(), log=cut).findings == ()
    assert card(rows=(), log=(request("/feed.xml", 1.0, lists=(1, 2)),)).required == 1


def test_a_304_lists_what_the_client_already_has() -> None:
    assert sorts(card(rows=(WALL_ROW,), log=(request("/feed.xml", 1.0, lists=(0, 2), status=304),))) == ["missing"]


@pytest.mark.parametrize("outcome", [Outcome.TOO_SHORT, Outcome.HTTP_GONE, Outcome.REDIRECTED])
def test_a_refused_article_is_missing(outcome: Outcome) -> None:
    assert sorts(card(rows=(replace(ROW, outcome=outcome, article=None), WALL_ROW))) == ["missing"]


def test_a_second_row_of_an_article_under_an_alias_is_doubled() -> None:
    assert ROW.article is not None
    second = replace(ROW, url=ARTICLE.aliases[0], article=replace(ROW.article, article_id=12, canonical_url=ARTICLE.aliases[0]))
    assert sorts(card(rows=(ROW, second, WALL_ROW))) == ["doubled"]


def test_an_alias_that_leads_to_the_same_row_is_fine() -> None:
    others = (
        replace(ROW, url=ARTICLE.aliases[0], outcome=Outcome.DUPLICATE),
        replace(ROW, url=ARTICLE.aliases[1], outcome=Outcome.REDIRECTED, article=None),
    )
    assert card(rows=(ROW, *others, WALL_ROW)).holds


def test_a_bad_page_or_furniture_as_an_article_is_unexpected() -> None:
    assert ROW.article is not None
    about = replace(ROW, url=ORIGIN + "/about", article=replace(ROW.article, article_id=13, canonical_url=ORIGIN + "/about"))
    wall = replace(ROW, url=WALL.url, article=replace(ROW.article, article_id=14, canonical_url=WALL.url))
    assert sorts(card(rows=(ROW, about, wall))) == ["unexpected", "unexpected"]


def test_furniture_that_was_refused_is_fine() -> None:
    assert card(rows=(ROW, WALL_ROW, LoadedRow(url=ORIGIN + "/about", outcome=Outcome.TOO_SHORT))).holds


def test_a_refusal_by_another_name_is_found() -> None:
    assert sorts(card(rows=(ROW, replace(WALL_ROW, outcome=Outcome.BLOCKED)))) == ["refusal"]


def test_an_open_url_waits_if_the_server_said_later_and_is_missing_else() -> None:
    still_open = replace(ROW, outcome=None, article=None, detail="503")
    busy = (LOG[0], request("/news/1", 2.0, status=503, fault="Busy", retry_after=1.0), request("/news/2", 9.0))
    found = card(rows=(still_open, WALL_ROW), log=busy)
    assert (sorts(found), len(found.waiting), found.holds) == ([], 1, True)
    assert sorts(card(rows=(still_open, WALL_ROW))) == ["missing"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Ferry pier to reopen | The Harbour Beacon"),
        ("authors", ("Staff",)),
        ("published", NOW + timedelta(hours=1)),
        ("body", FIRST.lines[0] + "\n\nADVERTISEMENT\n\n" + FIRST.lines[1]),
    ],
)
def test_a_wrong_field_is_found_and_counts_for_its_own_accuracy(field: str, value: object) -> None:
    assert ROW.article is not None
    wrong = replace(ROW.article, **{"published_at" if field == "published" else field: value})  # type: ignore[arg-type]  # checked by dataclasses
    found = card(rows=(replace(ROW, article=wrong), WALL_ROW))
    assert sorts(found) == [field]
    assert found.accuracy == {name: 0.0 if name == field else 1.0 for name in ("title", "body", "authors", "published")}
    assert not found.holds


@pytest.mark.parametrize(
    ("served", "recorded", "holds"), [(True, True, True), (True, None, False), (False, None, True), (False, True, False)]
)
def test_what_a_file_of_the_site_reserves_must_be_recorded_where_it_was_served(served: bool, recorded: bool | None, holds: bool) -> None:
    assert ROW.article is not None
    log = [request("/feed.xml", 0.0, lists=(0, 1)), *([request("/ai.txt", 1.0)] if served else []), request("/news/1", 2.0)]
    found = card(rows=[replace(ROW, article=replace(ROW.article, reserved=recorded))], log=log, truth=[replace(ARTICLE, reserved=True)])
    assert (found.count("rights"), found.holds) == (int(not holds), holds)


def test_an_edited_article_is_judged_by_the_version_that_was_served_last() -> None:
    edited = replace(ARTICLE, versions=(FIRST, EDITED))
    assert card(truth=(edited, WALL)).holds
    later = (*LOG, request("/news/1", 900.0))
    assert sorts(card(truth=(edited, WALL), log=later)) == ["title", "edit_missing"]


def test_a_deleted_article_may_be_loaded_or_gone() -> None:
    deleted = replace(ARTICLE, deleted_at=NOW + timedelta(minutes=1))
    assert card(truth=(deleted, WALL)).holds
    assert card(truth=(deleted, WALL), rows=(replace(ROW, outcome=Outcome.HTTP_GONE, article=None), WALL_ROW)).holds


def test_a_moment_is_right_within_its_precision() -> None:
    assert same_moment(NOW, NOW + timedelta(seconds=59), Precision.MINUTE)
    assert not same_moment(NOW, NOW + timedelta(hours=2), Precision.MINUTE)
    assert same_moment(NOW, NOW - timedelta(hours=12), Precision.DAY)
    assert not same_moment(NOW, NOW - timedelta(hours=25), Precision.DAY)
    assert not same_moment(NOW, None, None)


def manners(*log: LoggedRequest) -> list[str]:
    return [finding.what for finding in courtesy(log)]


# -- manners -------------------------------------------------------------------------


def test_a_request_against_robots_is_found() -> None:
    assert manners(*LOG, request("/print/news/9", 4.0, disallowed=True)) == ["disallowed"]


def test_the_pace_runs_from_the_end_of_the_last_response() -> None:
    at_pace = (LOG[0], request("/news/1", 1.112))
    too_fast = (LOG[0], request("/news/1", 1.09))
    meanwhile = (replace(LOG[0], ended=5.0), request("/news/1", 2.0))
    elsewhere = (LOG[0], request("/news/1", 1.011, host="feeds.beacon.test"))
    assert [manners(*log) for log in (at_pace, too_fast, meanwhile, elsewhere)] == [[], ["too_fast"], ["too_fast"], []]


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ([(1, 503, "/news/1", 9), (2, 200, "/news/2", None)], []),  # another URL than the one that asked
        ([(1, 503, "/news/1", 9), (2, 200, "/news/1", None)], ["too_early"]),
        ([(1, 503, "/news/1", 9), (2, 503, "/news/2", 4), (4, 200, "/news/3", None)], ["too_early"]),  # two that ask speak for the host
        ([(1, 503, "/news/1", 9), (2, 503, "/news/2", 4), (7, 200, "/news/3", None)], []),
        ([(1, 503, "/news/1", 1), (3, 503, "/news/2", 4), (4, 200, "/news/3", None)], []),  # one after the other
        ([(1, 429, "/news/1", 9), (2, 200, "/news/2", None)], ["too_early"]),  # it is about us
        ([(1, 503, "/robots.txt", 9), (2, 200, "/news/2", None)], ["too_early"]),
    ],
)
def test_retry_after_is_judged_at_the_narrowest_scope(log: list[tuple[float, int, str, float | None]], found: list[str]) -> None:
    assert manners(*(request(path, at, status=status, retry_after=wait) for at, status, path, wait in log)) == found


def test_a_request_before_retry_after_is_over_is_found() -> None:
    busy = request("/news/1", 1.0, status=429, retry_after=2.0, fault="Busy")
    assert manners(busy, request("/news/2", 2.9)) == ["too_early"]
    assert manners(busy, request("/news/2", 3.02)) == []


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"if_none_match": '"a"', "if_modified_since": "Tue, 24 Nov 2026 09:00:00 GMT"}, 0),
        ({"if_none_match": "a"}, 1),  # without its quotes
        ({"if_none_match": 'W/"a"'}, 1),
        ({"if_modified_since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 1),
    ],
)
def test_validators_that_were_never_given_out_are_found(sent: dict[str, str], found: int) -> None:
    first = request("/feed.xml", 0.0, etag='"a"', last_modified="Tue, 24 Nov 2026 09:00:00 GMT")
    unjudged = request("/feed.xml", 4.0, outlet="ragged", host="www.ragged.test", if_none_match='"its own"')
    assert card(rows=(), truth=(), log=(first, request("/feed.xml", 2.0, **sent), unjudged)).count("invented") == found


def test_a_user_agent_without_a_contact_is_found() -> None:
    assert manners(request("/feed.xml", 1.0, user_agent="python-httpx/0.28")) == ["no_contact"]
    assert manners(request("/feed.xml", 1.0, user_agent="Dateline (news@example.org)")) == []


def _copy_row(article: TruthArticle, article_id: int, cluster_id: int | None) -> LoadedRow:
    assert ROW.article is not None
    return replace(
        ROW, url=article.url, article=replace(ROW.article, article_id=article_id, canonical_url=article.url, cluster_id=cluster_id)
    )


def test_reprints_lie_with_their_originals_and_with_nothing_else() -> None:
    reprint = replace(ARTICLE, outlet="courier", number=0, url="http://www.courier.test:18050/a", aliases=(), syndicated_from=ARTICLE.url)
    other = replace(ARTICLE, outlet="echo", number=0, url="http://www.echo.test:18051/b", aliases=())
    truth = [ARTICLE, reprint, other]
    together = score(truth, [_copy_row(ARTICLE, 1, 1), _copy_row(reprint, 2, 1), _copy_row(other, 3, None)], [])
    assert (together.copies, together.copies_found, together.count("uncopied"), together.count("miscopied")) == (1, 1, 0, 0)
    assert together.holds
    apart = score(truth, [_copy_row(ARTICLE, 1, None), _copy_row(reprint, 2, None), _copy_row(other, 3, None)], [])
    assert (apart.copies_found, apart.count("uncopied"), apart.holds) == (0, 1, False)
    mixed = score(truth, [_copy_row(ARTICLE, 1, 1), _copy_row(reprint, 2, 1), _copy_row(other, 3, 1)], [])
    assert (mixed.count("miscopied"), mixed.holds) == (1, False)


def _edited_row(edits: int, *, gone: bool = False) -> LoadedRow:
    assert ROW.article is not None
    return replace(ROW, article=replace(ROW.article, title=EDITED.title, edits=edits, gone=gone))


@pytest.mark.parametrize(("edits", "what"), [(1, None), (0, "edit_missing"), (2, "edit_false")])
def test_edits_that_were_served_must_be_noted_and_no_others(edits: int, what: str | None) -> None:
    article = replace(ARTICLE, versions=(FIRST, EDITED))
    log = [request("/news/1", 1.0), request("/news/1", 700.0, started_at=NOW + timedelta(minutes=11))]
    card = score([article], [_edited_row(edits)], log)
    assert [finding.what for finding in card.findings if finding.what.startswith("edit")] == ([what] if what else [])
    assert (card.edits_served, card.edits_found) == (1, min(edits, 1))


@pytest.mark.parametrize(("gone", "last", "what"), [(True, 410, None), (False, 410, "deletion_missing"), (True, 200, "deletion_false")])
def test_deletions_that_were_served_must_be_noted_and_no_others(gone: bool, last: int, what: str | None) -> None:
    log = [request("/news/1", 1.0), request("/news/1", 700.0, status=last)]
    card = score([ARTICLE], [replace(_edited_row(0, gone=gone))], log)
    assert [finding.what for finding in card.findings if finding.what.startswith("deletion")] == ([what] if what else [])
