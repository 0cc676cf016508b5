"""robots.txt: which group is ours, what it allows, and what an answer other than 200 means."""

from __future__ import annotations

import time

import pytest

from pipeline.fetch.robots import RobotsRules, change_of

OURS = "Dateline"
NEWS = "https://www.beacon.test/news/1"


def _allows(body: str, path: str = "/news/1", token: str = OURS) -> bool:
    return RobotsRules.parse(200, body).allows(f"https://www.beacon.test{path}", token)


@pytest.mark.parametrize(
    ("status", "unreachable"), [(200, False), (301, False), (404, False), (403, False), (429, True), (500, True), (503, True), (None, True)]
)
def test_what_a_status_means(status: int | None, unreachable: bool) -> None:
    rules = RobotsRules.parse(status, "User-agent: *\nAllow: /\n")
    assert rules.unreachable is unreachable
    assert rules.allows(NEWS, OURS) is not unreachable


def test_only_a_200_is_read() -> None:
    assert RobotsRules.parse(404, "User-agent: *\nDisallow: /").allows(NEWS, OURS)


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("user-agent: dateline\ndisallow: /news", False),
        ("User-agent: DATELINE/2.0\nDisallow: /news", False),
        ("User-agent: Dateline News Bot\nDisallow: /news", False),
        ("User-agent: DatelineExtra\nDisallow: /news", True),
        ("User-agent: Date\nDisallow: /news", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Dateline\nAllow: /", True),
        ("User-agent: Dateline\nDisallow: /x\nUser-agent: *\nDisallow: /", True),
        ("User-agent: Dateline\nDisallow: /x\n\nUser-agent: Dateline\nDisallow: /news", False),
        ("User-agent: Other\nUser-agent: Dateline\nDisallow: /", False),
        ("User-agent: Dateline\nUser-agent: Other\nDisallow: /", False),
        ("User-agent: Dateline\nNoodles: yes\n<br>\nUser-agent: Other\nDisallow: /", False),
        ("User-agent: Dateline\nSitemap: https://x.test/s.xml\nUser-agent: Other\nDisallow: /", False),
        ("User-agent: Dateline\nCrawl-delay: 5\nUser-agent: Other\nDisallow: /", False),
        ("User-agent: Other\nDisallow: /\nUser-agent: Dateline\nDisallow: /x", True),
        ("User-agent: *\nDisallow: /news\nAllow: /news/1", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: * # everybody\nDisallow: /news # all of it", False),
        ("user-agent Dateline\ndisallow /news", False),
        ("User-agent: *\nDissallow: /news", False),
        ("Disallow: /\nUser-agent: Other\nAllow: /", True),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("\ufffdUser-agent: *\nDisallow: /", False),
        ("ï»¿User-agent: *\nDisallow: /", False),
        ("User-agent: *\rDisallow: /", False),
    ],
)
def test_which_rules_are_ours(body: str, allowed: bool) -> None:
    assert _allows(body) is allowed


@pytest.mark.parametrize("rule", ["/foo/ツ", "/foo/%E3%83%84", "/foo/%e3%83%84"])
def test_paths_are_compared_percent_encoded(rule: str) -> None:
    """RFC 9309, 2.2.2; URLs reach us in that form."""
    assert _allows(f"User-agent: *\nDisallow: /\nAllow: {rule}", "/foo/%E3%83%84")
    assert not _allows(f"User-agent: *\nDisallow: {rule}", "/foo/%E3%83%84")


def test_robots_txt_itself_is_always_allowed() -> None:
    """RFC 9309, 2.2.2."""
    assert _allows("User-agent: *\nDisallow: /", "/robots.txt")


def test_crawl_delay_is_of_our_group() -> None:
    rules = RobotsRules.parse(
        200, "User-agent: Other\nCrawl-delay: 50\n\nUser-agent: *\nCrawl-delay: 1.5\n\nUser-agent: Dateline\nCrawl-delay: 0.2\nDisallow: /x"
    )
    assert (rules.crawl_delay(OURS), rules.crawl_delay("Somebody"), rules.crawl_delay("Other")) == (0.2, 1.5, 50)


@pytest.mark.parametrize("value", ["-3", "inf", "nan", "soon", ""])
def test_a_crawl_delay_that_is_no_time_is_none(value: str) -> None:
    assert RobotsRules.parse(200, f"User-agent: *\nCrawl-delay: {value}\n").crawl_delay(OURS) is None


def test_sitemaps_stand_anywhere() -> None:
    rules = RobotsRules.parse(
        200, "Sitemap: https://a.test/1.xml\nUser-agent: x\nDisallow: /\nsitemap: https://a.test/2.xml\nSitemap: https://a.test/1.xml\n"
    )
    assert rules.sitemaps == ("https://a.test/1.xml", "https://a.test/2.xml")


def test_500_kib_are_read_and_no_more() -> None:
    head = "User-agent: *\nDisallow: /news\n"
    assert not _allows("# filler\n" * 55_000 + head)
    assert _allows("# filler\n" * 60_000 + head)


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"User-agent: bot{number}\n" for number in range(30_000)) + "Disallow: /x\n" * 10_000,
        "User-agent: *\n" * 35_000 + "Disallow: /\n",
        "User-agent: *\n" + "Disallow: /*" + "a*" * 250_000,
        "User-agent: *\n" + "".join(f"Disallow: /*{number}*x$\n" for number in range(20_000)),
        "\ufeff" * 100_000,
        ":" * 500_000,
        "User-agent:" + " " * 400_000,
    ],
    ids=["many agents", "one agent often", "many stars", "many patterns", "only marks", "only colons", "only spaces"],
)
def test_hostile_files_are_read_in_time(body: str) -> None:
    started = time.process_time()
    RobotsRules.parse(200, body).allows(NEWS, OURS)
    assert time.process_time() - started < 3


def test_a_change_is_what_changes_our_rules() -> None:
    before = RobotsRules.parse(
        200, "User-agent: *\nDisallow: /admin/ # ours\nSitemap: https://a.test/s.xml\nUser-agent: GPTBot\nDisallow: /"
    )
    same = RobotsRules.parse(200, "# new words\nUser-agent: *\n\nDisallow: /admin/\nUser-agent: CCBot\nDisallow: /")
    other = RobotsRules.parse(200, "User-agent: *\nDisallow: /news/")
    assert change_of(before, same, "Dateline") is None
    change = change_of(before, other, "Dateline")
    assert change is not None
    assert (change.added, change.removed) == (("Disallow: /news/",), ("Disallow: /admin/",))
    assert change.detail == "robots.txt has changed for us: Disallow: /news/ new, Disallow: /admin/ gone"
    assert change_of(before, RobotsRules.parse(404, ""), "Dateline") is not None
    assert change_of(before, RobotsRules.parse(503, ""), "Dateline") is None, "what can't be read has not changed"
