"""What a look at a known article comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from builders import article

from pipeline.dedupe.departures import LookedAt, Verdict, judge_look
from pipeline.records import (
    AttemptOutcome,
    Finished,
    MovedAway,
    NotModified,
    Outcome,
    PageRequest,
    Postponed,
    Purpose,
    Refused,
    Respect,
    SourceFacts,
)

URL = "https://www.beacon.test/news/pier-4711"
HOME = "https://www.beacon.test/"
NOW = datetime(2026, 5, 1, tzinfo=UTC)
OUTLET = SourceFacts(source_id=1, slug="beacon", homepage=HOME, language="en", timezone="UTC", respect=Respect.NONE)
REQUEST = PageRequest(url_id=1, source=OUTLET, url=URL, host="www.beacon.test", purpose=Purpose.RECHECK, tries=0, first_seen_at=NOW)
SAME = replace(article(1), claimed_url=None)
OTHER = replace(
    article(1), title="Nine bakers share a prize", body="Rye bread won at the county fair on Sunday, to nobody's surprise. " * 9
)
KNOWN = LookedAt(article_id=7, title=SAME.title, body=SAME.body, status="live", url=URL, suspected=False)


def _refused(outcome: Outcome, detail: str = "x") -> Refused:
    return Refused(outcome=outcome, detail=detail)


def _look(result: Any, known: LookedAt = KNOWN, *, landed: str | None = None, for_good: bool = True, edited: bool = False) -> Verdict:
    aliases = (URL, landed) if landed else ()
    item = Finished(request=REQUEST, result=result, finished_at=NOW, aliases=aliases, for_good=for_good)
    return judge_look(known, item, is_edited=lambda _article: edited)


@pytest.mark.parametrize(
    ("why", "verdict", "wanted"),
    [
        ("as it was", _look(SAME), "unchanged"),
        ("304", _look(NotModified()), "unchanged"),
        ("edited", _look(SAME, edited=True), "revised"),
        ("404", _look(_refused(Outcome.HTTP_GONE, "404")), "gone"),
        ("the page says so", _look(_refused(Outcome.NON_ARTICLE, "soft 404: page not found")), "soft_gone"),
        ("not to be shown", _look(_refused(Outcome.RIGHTS, "not to be shown: noindex")), "withdrawn"),
        ("mining is reserved since", _look(_refused(Outcome.RIGHTS, "tdm-reservation: 1")), "postponed"),
        ("withdrawn, and deleted since", _look(_refused(Outcome.HTTP_GONE, "404"), replace(KNOWN, status="withdrawn")), "unchanged"),
        ("withdrawn, 304", _look(NotModified(), replace(KNOWN, status="withdrawn")), "unchanged"),
        ("withdrawn, and shown again", _look(SAME, replace(KNOWN, status="withdrawn")), "restored"),
        ("redirected home for good", _look(OTHER, landed=HOME), "soft_gone"),
        ("to another host's home", _look(MovedAway(target="https://m.beacon.test/", permanent=True)), "soft_gone"),
        ("redirected to another article", _look(OTHER, landed="https://www.beacon.test/news/bakers-4712"), "replaced"),
        ("shows another article", _look(replace(OTHER, claimed_url="https://www.beacon.test/news/bakers-4712")), "replaced"),
        ("moved, the same text", _look(SAME, landed="https://www.beacon.test/harbour/pier-4711"), "unchanged"),
        ("another form of the address, rewritten", _look(OTHER, landed="https://www.beacon.test/news/pier-4711/", edited=True), "revised"),
        ("rewritten at its own address", _look(replace(OTHER, claimed_url=URL), edited=True), "revised"),
    ],
)
def test_each_look_has_its_name(why: str, verdict: Verdict, wanted: str) -> None:
    assert verdict.outcome == wanted, why


@pytest.mark.parametrize(
    "result",
    [
        _refused(Outcome.HTTP_ERROR, "500"),
        _refused(Outcome.BLOCKED, "bot check: just a moment"),
        _refused(Outcome.PAYWALLED),
        _refused(Outcome.NON_ARTICLE, "cookie wall: we value your privacy"),
        _refused(Outcome.NON_ARTICLE, "login: sign in"),
        _refused(Outcome.TIMEOUT),
        _refused(Outcome.ROBOTS),
        _refused(Outcome.BAD_PAGE),
        Postponed(detail="503", retry_at=NOW, spends_try=False),
        MovedAway(target="https://m.beacon.test/news/pier-4711", permanent=True),
    ],
)
def test_trouble_is_no_deletion_however_often(result: Any) -> None:
    for known in (KNOWN, replace(KNOWN, suspected=True)):
        verdict = _look(result, known)
        assert (verdict.outcome, verdict.suspicion) == (AttemptOutcome.POSTPONED, None)


@pytest.mark.parametrize(
    ("result", "landed"),
    [
        (_refused(Outcome.NON_ARTICLE, "list page: 40 links"), None),
        (_refused(Outcome.TOO_SHORT, "3 words"), None),
        (OTHER, HOME),
        (_refused(Outcome.NON_ARTICLE, "list page: /"), HOME),
        (MovedAway(target="https://m.beacon.test/", permanent=False), None),
    ],
)
def test_what_a_site_in_trouble_shows_too_is_a_deletion_the_second_time(result: Any, landed: str | None) -> None:
    first = _look(result, landed=landed, for_good=False)
    assert first.outcome is AttemptOutcome.POSTPONED and first.suspicion
    second = _look(result, replace(KNOWN, suspected=True), landed=landed, for_good=False)
    assert second.outcome is AttemptOutcome.SOFT_GONE
    assert _look(result, replace(KNOWN, status="soft_gone"), landed=landed, for_good=False).outcome is AttemptOutcome.UNCHANGED


@pytest.mark.parametrize("status", ["gone", "soft_gone", "replaced"])
def test_what_is_there_again_is_back(status: str) -> None:
    known = replace(KNOWN, status=status)
    assert _look(SAME, known).outcome is AttemptOutcome.RESTORED
    assert _look(NotModified(), known).outcome is AttemptOutcome.RESTORED
    assert _look(SAME, known, edited=True).outcome is AttemptOutcome.REVISED


def test_the_same_departure_is_told_once_and_another_one_again() -> None:
    gone = replace(KNOWN, status="gone")
    assert _look(_refused(Outcome.HTTP_GONE), gone).outcome is AttemptOutcome.UNCHANGED
    assert _look(OTHER, gone, landed=HOME).outcome is AttemptOutcome.SOFT_GONE


def test_a_redirect_to_another_host_is_judged_by_what_is_known_there() -> None:
    moved = MovedAway(target="https://new.beacon.test/pier", permanent=True)
    assert _look(moved, replace(KNOWN, target=7)).outcome is AttemptOutcome.UNCHANGED
    assert _look(moved, replace(KNOWN, target=8)).outcome is AttemptOutcome.REPLACED
