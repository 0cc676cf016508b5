"""The script: everything from one seed, every fate present, nothing after the start when it is frozen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest

from newsroom import script as script_module
from newsroom.outlets import load_outlets
from newsroom.records import Edition
from newsroom.render import template_names
from newsroom.script import PAST, Life, PageKind, Script, outage_until, timelines
from pipeline.records import Outcome

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCRIPT = Script(seed=7, start=START, articles=16, speed=10)
FROZEN = replace(SCRIPT, frozen=True)
OUTLETS = load_outlets(template_names())


def lives(script: Script, until: datetime = START) -> list[Life]:
    return [life for line in timelines(script, OUTLETS).values() for life in takewhile(lambda life: life.published_at <= until, line)]


def test_equal_seeds_give_equal_scripts_and_others_differ() -> None:
    assert lives(SCRIPT) == lives(SCRIPT)
    assert {life.seed for life in lives(SCRIPT)}.isdisjoint(life.seed for life in lives(replace(SCRIPT, seed=8)))


def test_the_start_has_so_many_articles_of_each_outlet_from_the_past_two_days_in_order() -> None:
    found = lives(SCRIPT)
    assert Counter(life.outlet for life in found) == {outlet.slug: 16 for outlet in OUTLETS}
    for outlet in OUTLETS:
        times = [life.published_at for life in found if life.outlet == outlet.slug]
        assert times == sorted(times)
        assert START - PAST - timedelta(seconds=1) <= times[0]
        assert times[-1] <= START


def test_every_fate_happens_among_the_articles_of_the_start() -> None:
    found = lives(SCRIPT)
    assert {life.kind for life in found} == set(PageKind)
    assert {life.fault for life in found} == {None, *script_module.FAULT_AT.values()}
    assert {life.edition for life in found} == {Edition.WWW, Edition.MOBILE, Edition.AMP}
    reprints = [life for life in found if life.original is not None]
    assert {life.altered for life in reprints} == {True, False}
    assert any(life.edits for life in found)
    assert any(life.deleted_at for life in found)
    assert any(life.moved_at == life.published_at for life in found)
    assert any(life.moved_at and life.moved_at > START for life in found)


def test_every_page_kind_has_an_expected_outcome() -> None:
    assert set(script_module.EXPECTED) == set(PageKind)
    assert script_module.EXPECTED[PageKind.DISALLOWED] is Outcome.ROBOTS


def test_an_article_has_one_fate_only() -> None:
    groups = [set(group) for group in (script_module.KIND_AT, script_module.FAULT_AT, script_module.MOVED_AT, script_module.DELETED_AT)]
    groups += [script_module.EDITED_AT, script_module.REPRINT_AT, script_module.OTHER_EDITION_AT]
    assert sum(map(len, groups)) == len(set().union(*groups))


def test_reprints_come_after_their_original_which_is_the_outlets_own_agencys() -> None:
    agency = {outlet.slug: outlet.agency for outlet in OUTLETS}
    reprints = [life for life in lives(SCRIPT) if life.original is not None]
    assert len(reprints) > 20
    for life in reprints:
        assert life.original is not None
        assert life.original.outlet == agency[life.outlet]
        assert life.original.published_at < life.published_at
        assert life.original.kind is PageKind.ARTICLE
    pairs = Counter((life.outlet, life.original.number) for life in reprints if life.original)
    assert set(pairs.values()) == {1}


def test_the_speed_shortens_the_gaps_between_new_articles() -> None:
    slow = len(lives(replace(SCRIPT, speed=1), START + timedelta(hours=2)))
    fast = len(lives(replace(SCRIPT, speed=10), START + timedelta(hours=2)))
    published_slow, published_fast = slow - 16 * len(OUTLETS), fast - 16 * len(OUTLETS)
    assert published_fast == pytest.approx(10 * published_slow, rel=0.15)


def test_a_frozen_script_ends_at_its_start() -> None:
    found = lives(FROZEN, START + timedelta(days=30))
    assert len(found) == 16 * len(OUTLETS)
    assert not any(life.edits or life.deleted_at for life in found)
    assert all(life.moved_at in (None, life.published_at) for life in found)


def test_a_calm_script_keeps_only_the_fault_that_does_not_pass() -> None:
    calm = replace(SCRIPT, calm=True)
    assert {life.fault for life in lives(calm)} == {None, "wrong_charset"}
    assert not any(outage_until(calm, OUTLETS, outlet.slug, START + timedelta(minutes=at)) for outlet in OUTLETS for at in range(60))


def test_one_outlet_at_a_time_is_down_and_comes_back() -> None:
    moments = [START + timedelta(seconds=at) for at in range(0, 3600, 5)]
    down = [[outlet.slug for outlet in OUTLETS if outage_until(SCRIPT, OUTLETS, outlet.slug, now)] for now in moments]
    assert max(map(len, down)) == 1
    assert 0.05 < sum(map(len, down)) / len(down) < 0.15
    assert len({slug for slugs in down for slug in slugs}) > 5
