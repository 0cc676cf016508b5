"""The files in which sites reserve rights: how tdmrep.json, ai.txt and robots.txt's names of AI's robots are read."""

from __future__ import annotations

import json
import time

import pytest

from pipeline.fetch.airobots import AI_ROBOTS, TOKENS
from pipeline.fetch.robots import RobotsRules
from pipeline.fetch.siterights import RightsFile, matches, parse_tdmrep, site_rights
from pipeline.records import SiteRights

PAGE = "https://www.beacon.test/news/1?page=2"


def _rights(*, tdmrep: object = None, ai_txt: str = "", robots: str = "", url: str = PAGE) -> SiteRights:
    bodies = {RightsFile.AI_TXT: ai_txt, RightsFile.TDMREP: tdmrep if isinstance(tdmrep, str) else json.dumps(tdmrep)}
    return site_rights(url, bodies, robots=RobotsRules.parse(200, robots), robots_token="Dateline")


def test_files_that_are_not_there_say_nothing() -> None:
    assert site_rights(PAGE, {}, robots=RobotsRules.parse(404, ""), robots_token="Dateline") == SiteRights()


# -- tdmrep.json -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/", "/news/1", True),
        ("/news/", "/news/1", True),
        ("/news/", "/News/1", False),
        ("/news/*.jpg", "/news/a/b.jpg?w=1", True),
        ("/news/*.jpg$", "/news/a/b.jpg?w=1", False),
        ("/news/*.jpg$", "/news/a.jpg.jpg", True),
        ("/news/1$", "/news/1", True),
        ("/news/1$", "/news/12", False),
        ("/*/1", "/news/1", True),
        ("*", "/anything", True),
        ("*a*b$", "/xab", True),
        ("*ab*b$", "/xab", False),
        ("news", "/news", False),
    ],
)
def test_patterns_are_those_of_robots_txt(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


def test_the_first_rule_that_matches_counts() -> None:
    rules = [
        {"location": "/press/", "tdm-reservation": 0},
        {"location": "/news/", "tdm-reservation": 1, "tdm-policy": "https://www.beacon.test/p.json"},
        {"location": "/", "tdm-reservation": 0},
    ]
    assert _rights(tdmrep=rules) == SiteRights(tdm_reservation=True, tdm_policy="https://www.beacon.test/p.json")
    assert _rights(tdmrep=rules, url="https://www.beacon.test/").tdm_reservation is False
    assert _rights(tdmrep=rules[:1]).tdm_reservation is None


@pytest.mark.parametrize(("said", "reserved"), [(1, True), ("1", True), (0, False), (2, None), ("yes", None), (True, None), (None, None)])
def test_a_value_that_is_neither_0_nor_1_is_unset(said: object, reserved: bool | None) -> None:
    assert _rights(tdmrep=[{"location": "/", "tdm-reservation": said}]).tdm_reservation is reserved


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/news/caf%c3%a9", "/news/caf%C3%A9"),
        ("/news/café", "/news/caf%C3%A9"),
        ("/n%65ws", "/news"),
        ("/a-%24$", "/a-%24"),
        ("/%7Ea", "/~a"),
    ],
)
def test_percent_encoding_is_compared_in_one_form(location: str, url: str) -> None:
    assert _rights(tdmrep=[{"location": location, "tdm-reservation": 1}], url=f"https://www.beacon.test{url}").tdm_reservation is True


@pytest.mark.parametrize(
    "body",
    ["", "<html>not found</html>", "{}", '{"location": "/", "tdm-reservation": 1}', "[1, null, [], {}]", '[{"location": 1}]', "[" * 100_000,
     '[{"location": "/"}]', '[{"tdm-reservation": 1}]', "NaN", "1" * 100_000],
)  # fmt: skip
def test_what_is_no_list_of_rules_says_nothing(body: str) -> None:
    assert _rights(tdmrep=body) == SiteRights()


def test_hostile_files_are_read_in_bounds() -> None:
    started = time.process_time()
    rules = json.dumps([{"location": "/" + "*a" * 990 + "b$", "tdm-reservation": 1}] * 5_000)
    assert len(parse_tdmrep(rules)) == 1000
    long = "https://www.beacon.test/" + "a" * 8_000
    assert _rights(tdmrep=rules, ai_txt="User-agent: *\n" + "Disallow: /*" + "a*" * 100_000, url=long).tdm_reservation is None
    assert time.process_time() - started < 3


# -- ai.txt ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ai_txt", "reserved"),
    [
        ("", None),
        ("<!doctype html><title>Not found</title>", None),
        ("User-Agent: GPTBot\nDisallow: /", None),
        ("User-Agent: *\nDisallow: /\nDisallow: *", True),
        ("# Spawning AI\nUser-Agent: *\nDisallow: *.jpg\nDisallow: *.png", False),
        ("User-Agent: *\nDisallow: *.txt\nDisallow: *.html", True),
        ("User-Agent: *\nAllow: *.html\nDisallow: /", False),
        ("User-Agent: *\nAllow: /", False),
        ("User-Agent: *\nDisallow: /\nUser-Agent: Dateline\nAllow: /", False),
    ],
)
def test_ai_txt_speaks_of_file_types_and_a_page_is_html(ai_txt: str, reserved: bool | None) -> None:
    assert _rights(ai_txt=ai_txt).ai_txt is reserved


# -- robots of AI ------------------------------------------------------------------------------


def test_robots_of_ai_that_are_named_and_kept_away_are_listed() -> None:
    robots = (
        "User-agent: *\nDisallow: /admin/\n\nUser-agent: gptbot\nUser-agent: CCBot\nDisallow: /\n\n"
        "User-agent: PerplexityBot\nDisallow: /news/\n\nUser-agent: ClaudeBot\nDisallow: /archive/\n"
    )
    assert _rights(robots=robots).ai_robots == ("CCBot", "PerplexityBot", "GPTBot")
    assert _rights(robots=robots, url="https://www.beacon.test/about").ai_robots == ("CCBot", "GPTBot")


def test_a_file_that_keeps_everybody_away_names_no_robot_of_ai() -> None:
    assert _rights(robots="User-agent: *\nDisallow: /").ai_robots == ()


def test_the_list_of_robots_is_one_of_product_tokens() -> None:
    wanted = {"GPTBot", "CCBot", "Google-Extended", "ClaudeBot", "anthropic-ai", "PerplexityBot", "Bytespider", "Applebot-Extended"}
    assert wanted | {"meta-externalagent"} <= set(TOKENS)
    assert len(set(TOKENS)) == len(TOKENS)
    assert all(token.replace("-", "").replace("_", "").isalpha() for token in TOKENS)
    assert all(robot.operator and robot.source for robot in AI_ROBOTS)
