"""Claims, leases and releases on a real Postgres."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders import article, candidates, finished, pages_by_url, poll_result, source
from desk import Desk

from pipeline.errors import LeaseLostError
from pipeline.records import Postponed
from pipeline.store.sources import Sources


def test_a_new_source_is_polled_and_its_pages_are_handed_out_once(desk: Desk) -> None:
    desk.add_source("beacon", range(3))
    batch = desk.claim()
    assert sorted(pages_by_url(batch)) == [f"https://www.beacon.test/news/{n}" for n in range(3)]
    assert sorted(str(page.facts[0].title) for page in batch.pages) == ["Story 0", "Story 1", "Story 2"]
    assert desk.frontier.claim(clock_now=time.monotonic()) is None


def test_the_same_entries_again_are_no_new_urls(desk: Desk) -> None:
    desk.add_source("beacon", range(3))
    desk.rows("UPDATE news.endpoint SET next_poll_at = now(); ")
    desk.rows("UPDATE news.host SET next_due_at = now()")
    batch = desk.claim()
    (endpoint,) = batch.endpoints
    assert desk.polls.count_unseen(endpoint.endpoint_id, candidates("beacon", range(5))) == 2
    assert desk.polls.finish(poll_result(endpoint, candidates("beacon", range(5))), token=batch.token, run_id=desk.run_id) == 2
    assert desk.rows("SELECT count(*) FROM news.url")[0][0] == 5


def test_an_expired_lease_is_claimable_and_the_new_holder_waits_for_the_old_one(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    first = desk.claim()
    desk.rows("UPDATE news.host SET lease_until = now() - interval '1 second' WHERE lease_token IS NOT NULL")
    before = time.monotonic()
    second = desk.frontier.claim(clock_now=before)
    assert second is not None and second.token > first.token
    (lease,) = second.hosts
    assert lease.not_before == pytest.approx(before + desk.settings.total_deadline_seconds + lease.delay_seconds)
    assert [page.alone for page in second.pages] == [False]


def test_a_poll_whose_lease_was_lost_writes_nothing(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    desk.rows("UPDATE news.endpoint SET next_poll_at = now()")
    desk.rows("UPDATE news.host SET next_due_at = now()")
    late = desk.claim()
    desk.rows("UPDATE news.host SET lease_token = lease_token + 1 WHERE lease_token IS NOT NULL")
    with pytest.raises(LeaseLostError):
        desk.polls.finish(poll_result(late.endpoints[0], candidates("beacon", range(9))), token=late.token, run_id=desk.run_id)
    assert desk.rows("SELECT count(*) FROM news.url")[0][0] == 1


def test_untried_pages_go_back_as_they_were(desk: Desk) -> None:
    desk.add_source("beacon", range(2))
    desk.release(desk.claim())
    assert [tuple(row) for row in desk.rows("SELECT lease_token, unfinished, outcome FROM news.url")] == [(None, 0, None)] * 2
    assert len(desk.claim().pages) == 2


def test_a_page_left_unfinished_twice_comes_alone_and_is_never_refused_for_it(desk: Desk) -> None:
    desk.add_source("beacon", range(3))
    for _ in range(2):
        assert len(desk.claim().pages) == 3
        desk.rows("UPDATE news.host SET lease_until = now() - interval '1 second' WHERE lease_token IS NOT NULL")
    batch = desk.claim()
    assert [page.alone for page in batch.pages] == [True]
    desk.load(batch, finished(batch.pages[0], article(1)))
    desk.release(batch)
    assert [page.alone for page in desk.claim().pages] == [True]
    assert desk.rows("SELECT count(*) FROM news.url WHERE outcome IS NULL")[0][0] == 2


def test_a_postponed_page_waits_and_says_why(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    batch = desk.claim()
    later = datetime.now(UTC) + timedelta(hours=1)
    desk.load(batch, finished(batch.pages[0], Postponed(detail="503", retry_at=later, spends_try=True)))
    desk.release(batch)
    assert desk.frontier.claim(clock_now=0) is None
    assert desk.rows("SELECT waiting_for, tries, not_before FROM news.url")[0] == ("503", 1, later)


def test_a_blocked_host_hands_out_nothing_until_then(desk: Desk) -> None:
    desk.add_source("beacon", range(2))
    batch = desk.claim()
    desk.frontier.block(batch.hosts[0], until=datetime.now(UTC) + timedelta(minutes=5), reason="429")
    desk.release(batch)
    assert desk.frontier.claim(clock_now=0) is None
    waiting = desk.frontier.waiting()
    assert waiting.leased == 0 and waiting.seconds is not None and 280 < waiting.seconds <= 300


def test_the_pace_is_carried_over_to_the_next_holder(desk: Desk) -> None:
    desk.add_source("beacon", range(2))
    batch = desk.claim()
    desk.frontier.release(batch.hosts[0], pause_seconds=60)
    assert desk.frontier.claim(clock_now=0) is None


def test_work_added_while_a_host_is_leased_is_found_after_the_release(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    batch = desk.claim()
    desk.load(batch, finished(batch.pages[0], article(1)))
    desk.rows(
        "INSERT INTO news.url (url_sha256, url, source_id, host)"
        " SELECT sha256('x'), 'https://www.beacon.test/x', source_id, host FROM news.url"
    )
    desk.rows("UPDATE news.host SET next_due_at = least(next_due_at, now())")
    desk.release(batch)
    assert [page.url for page in desk.claim().pages] == ["https://www.beacon.test/x"]


def test_two_urls_that_ask_for_quiet_hold_their_host(desk: Desk) -> None:
    desk.add_source("beacon", range(2))
    (lease,) = desk.claim().hosts
    now = datetime.now(UTC)

    def ask(url: str, seconds: float) -> tuple[bool, Any]:
        held = desk.frontier.quieten(lease, url=url, until=now + timedelta(seconds=seconds), reason="status 503, Retry-After")
        return held, desk.rows("SELECT blocked_until FROM host WHERE host = :host", host=lease.host)[0].blocked_until

    assert ask("https://www.beacon.test/1", -90) == (False, None)
    assert ask("https://www.beacon.test/2", 600) == (False, None), "the other one's wait was over"
    assert ask("https://www.beacon.test/2", 900) == (False, None), "one URL is one URL"
    assert ask("https://www.beacon.test/3", 300) == (True, now + timedelta(seconds=300))
    stranger = replace(lease, token=lease.token + 1)
    assert not desk.frontier.quieten(stranger, url="https://www.beacon.test/4", until=now + timedelta(days=1), reason="")


def test_a_retry_after_of_several_hosts_holds_their_whole_domain_and_no_other(desk: Desk) -> None:
    names = ("www.herald.test", "amp.herald.test", "static.herald.test", "anna.blogspot.com", "boris.blogspot.com", "clara.blogspot.com")
    Sources(desk.engine).sync([source(name.replace(".", "-"), feed=f"https://{name}/rss.xml") for name in names])
    leases = {lease.host: lease for lease in desk.claim().hosts}
    assert sorted(leases) == sorted(names)
    until = datetime.now(UTC) + timedelta(hours=1)

    def ask(host: str, reason: str = "status 429, Retry-After 3600") -> set[str]:
        desk.frontier.block(leases[host], until=until, reason=reason)
        return {row.host for row in desk.rows("SELECT host FROM host WHERE blocked_until > now()")}

    assert ask("www.herald.test") == {"www.herald.test"}, "one host is one host's trouble"
    assert ask("static.herald.test", "robots.txt out of reach: no answer") == {"www.herald.test", "static.herald.test"}
    assert ask("amp.herald.test", "429, Retry-After 3600 s") == {"www.herald.test", "static.herald.test", "amp.herald.test"}
    for blog in ("anna.blogspot.com", "boris.blogspot.com"):
        blocked = ask(blog)
    assert "clara.blogspot.com" not in blocked, "each of them is somebody else's"


def test_the_third_host_of_a_domain_waits_with_the_two_that_asked(desk: Desk) -> None:
    Sources(desk.engine).sync([source(f"herald{number}", feed=f"https://n{number}.herald.test/rss.xml") for number in range(3)])
    leases = {lease.host: lease for lease in desk.claim().hosts}
    until = datetime.now(UTC) + timedelta(hours=1)
    for number in range(2):
        desk.frontier.block(leases[f"n{number}.herald.test"], until=until, reason="status 503, Retry-After 3600")
    (third,) = desk.rows("SELECT blocked_until, blocked_reason FROM host WHERE host = 'n2.herald.test'")
    assert tuple(third) == (until, "other hosts of herald.test ask for quiet")
