"""The press at a moment, and what its desk answers; without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from lxml import etree

from newsroom.desk import Answer, Desk
from newsroom.outlets import host_names, load_outlets, with_origins
from newsroom.press import Press
from newsroom.records import Edition, FeedKind, MapKind, Outlet, body_lines
from newsroom.render import template_names
from newsroom.script import Life, PageKind, Script
from newsroom.truth import TruthArticle, read_truth, truth_of, write_truth
from pipeline.records import Outcome

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCRIPT = Script(seed=7, start=START, articles=16, speed=60, calm=True)
_PLAIN = load_outlets(template_names())
PORTS = {host: 20_000 + number for number, host in enumerate(host_names(_PLAIN))}
OUTLETS = tuple(with_origins(outlet, PORTS) for outlet in _PLAIN)


@pytest.fixture(scope="module")
def press() -> Press:
    found = Press(SCRIPT, OUTLETS)
    found.advance(START)
    return found


def all_lives(press: Press) -> list[Life]:
    return [life for lives in press.lives.values() for life in lives]


def one(press: Press, **wanted: object) -> Life:
    """The first life of the start with these fields."""
    return next(life for life in all_lives(press) if all(getattr(life, name) == value for name, value in wanted.items()))


def ask(press: Press, url: str, now: datetime = START) -> Answer:
    parts = urlsplit(url)
    outlet, edition = next((outlet, edition) for outlet in OUTLETS for edition in outlet.editions if outlet.host(edition) == parts.hostname)
    return Desk(press).answer(outlet, edition, parts.path, now)


def outlet_with(**wanted: object) -> Outlet:
    return next(outlet for outlet in OUTLETS if all(getattr(outlet, name) == value for name, value in wanted.items()))


def test_time_brings_articles_and_each_is_announced_once() -> None:
    press = Press(SCRIPT, OUTLETS)
    first = press.advance(START)
    assert len(first) == 16 * len(OUTLETS)
    assert press.advance(START) == []
    later = press.advance(START + timedelta(minutes=2))
    assert later
    assert all(START < life.published_at <= START + timedelta(minutes=2) for life in later)
    for lives in press.lives.values():
        assert [life.number for life in lives] == list(range(len(lives)))


def test_every_url_is_its_own(press: Press) -> None:
    urls = [press.url(life, listed=listed) for life in all_lives(press) for listed in ({True, False} if life.moves else {True})]
    assert len(set(urls)) == len(urls)


def test_an_edit_makes_a_new_version_with_its_own_etag_and_date(press: Press) -> None:
    life = next(life for life in all_lives(press) if life.edits and not life.noisy)
    url = press.url(life, listed=True)
    after = life.edits[-1] + timedelta(seconds=1)
    before_answer, after_answer = ask(press, url), ask(press, url, after)
    assert before_answer.etag != after_answer.etag
    assert after_answer.last_modified == life.edits[-1].replace(microsecond=0)
    number = press.version_number(life, after)
    first, last = press.article(life, 1), press.article(life, number)
    assert (first.title, body_lines(first.paragraphs)) != (last.title, body_lines(last.paragraphs))
    assert (last.version, last.modified_at) == (number, after_answer.last_modified)


def test_noise_changes_the_etag_and_nothing_that_is_listed(press: Press) -> None:
    life = next(
        life
        for life in all_lives(press)
        if life.noisy and life.kind is PageKind.ARTICLE and not life.edits and not life.fault and not life.deleted_at
    )
    url = press.url(life, listed=True)
    assert ask(press, url).etag == ask(press, url).etag
    assert ask(press, url).etag != ask(press, url, START + timedelta(minutes=5)).etag


def test_a_deleted_article_is_gone_from_its_moment_on(press: Press) -> None:
    life = next(life for life in all_lives(press) if life.deleted_at)
    assert life.deleted_at is not None
    url = press.url(life, listed=True)
    assert ask(press, url).status == 200
    assert ask(press, url, life.deleted_at).status in {404, 410}


def test_a_moved_article_redirects_from_its_listed_path_and_serves_at_the_new_one(press: Press) -> None:
    life = next(life for life in all_lives(press) if life.moves and life.moved_at == life.published_at)
    answer = ask(press, press.url(life, listed=True))
    assert answer.status == 301
    assert dict(answer.headers)["location"] == press.url(life, listed=False)
    assert ask(press, press.url(life, listed=False)).status == 200


def test_mobile_hosts_redirect_or_serve_a_page_that_names_its_canonical_url(press: Press) -> None:
    outlet = next(outlet for outlet in OUTLETS if Edition.MOBILE in outlet.editions)
    plain = [life for life in press.lives[outlet.slug] if life.kind is PageKind.ARTICLE and not life.moves and not life.deleted_at]
    even, odd = (next(life for life in plain if life.number % 2 == parity) for parity in (0, 1))
    redirect = ask(press, press.url(even, listed=True, edition=Edition.MOBILE))
    assert (redirect.status, dict(redirect.headers)["location"]) == (301, press.url(even, listed=True))
    page = ask(press, press.url(odd, listed=True, edition=Edition.MOBILE))
    assert page.status == 200
    assert press.url(odd, listed=False) in page.body().decode()


def test_reprints_repeat_the_agencys_text_whole_or_without_its_end(press: Press) -> None:
    exact, altered = one_reprint(press, altered=False), one_reprint(press, altered=True)
    for life in (exact, altered):
        assert life.original is not None
        copy, source = press.article(life, 1), press.article(life.original, 1)
        assert copy.title == source.title
        assert copy.agency == press.outlets[life.original.outlet].name
        assert copy.outlet == life.outlet
        assert (copy.paragraphs == source.paragraphs) is not life.altered or copy.paragraphs == source.paragraphs[:-1]
        assert press.url(life, listed=True) != press.url(life.original, listed=True)
        assert truth_of(press, life).syndicated_from == press.url(life.original, listed=False)


def one_reprint(press: Press, *, altered: bool) -> Life:
    return next(life for life in all_lives(press) if life.original is not None and life.altered is altered)


@pytest.mark.parametrize("kind", [kind for kind in PageKind if kind not in {PageKind.ARTICLE, PageKind.DISALLOWED}])
def test_bad_pages_are_served_without_validators(press: Press, kind: PageKind) -> None:
    answer = ask(press, press.url(one(press, kind=kind), listed=True))
    assert (answer.etag, answer.last_modified) == (None, None)
    assert answer.body()


def test_passing_faults_come_once_and_a_lying_charset_stays() -> None:
    press = Press(replace(SCRIPT, calm=False), OUTLETS)
    press.advance(START)
    desk = Desk(press)
    for fault, stays in (("busy_503", False), ("truncated", False), ("wrong_charset", True)):
        life = one(press, fault=fault, original=None)
        outlet = press.outlets[life.outlet]
        answers = [desk.answer(outlet, Edition.WWW, press.listed_path(life), START) for _ in range(2)]
        assert [answer.fault is not None for answer in answers] == [True, stays]


def test_lists_name_a_run_of_numbers_and_fit_their_window(press: Press) -> None:
    small = outlet_with(slug="fieldnote")
    feed = ask(press, small.origin() + "/atom.xml")
    assert feed.lists == (6, 16)  # a window of 10 over 16 articles
    assert ask(press, small.origin() + "/sitemap.xml").lists == (0, 16)
    assert feed.body().count(b"<entry>") == 10


def test_a_sitemap_index_leads_to_every_article() -> None:
    outlet = outlet_with(maps=MapKind.INDEX, feed=FeedKind.RSS)
    press = Press(replace(SCRIPT, articles=120, frozen=True), (*(other for other in OUTLETS if other.slug == outlet.agency), outlet))
    press.advance(START)
    index = etree.fromstring(ask(press, outlet.origin() + "/sitemap-index.xml").body())
    children = [loc.text or "" for loc in index.iterfind(".//{*}loc")]
    assert [ask(press, child).lists for child in children] == [(0, 50), (50, 100), (100, 120)]
    assert ask(press, outlet.origin() + "/sitemap-3.xml").status == 404


def test_a_changed_list_has_another_etag() -> None:
    press = Press(SCRIPT, OUTLETS)
    press.advance(START)
    url = outlet_with(slug="wirelight").origin() + "/feed.xml"
    before = ask(press, url).etag
    assert before == ask(press, url).etag
    later = START + timedelta(minutes=5)
    press.advance(later)
    assert ask(press, url, later).etag != before


def test_the_truth_survives_its_file_and_a_torn_last_line(press: Press, tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "truth.jsonl"
    truth = [truth_of(press, life) for life in all_lives(press)[:20]]
    write_truth(path, truth[:10], anew=True)
    write_truth(path, truth[10:], anew=False)
    assert list(read_truth(path)) == truth
    with path.open("a", encoding="utf-8") as file:
        file.write('{"outlet": "bea')
    assert list(read_truth(path)) == truth


def test_the_truth_of_an_edited_article_has_each_version_from_its_moment(press: Press) -> None:
    life = next(life for life in all_lives(press) if len(life.edits) == 2)
    truth: TruthArticle = truth_of(press, life)
    assert [version.since for version in truth.versions] == [life.published_at, *life.edits]
    assert truth.outcome is Outcome.LOADED
    assert truth.url not in truth.aliases
