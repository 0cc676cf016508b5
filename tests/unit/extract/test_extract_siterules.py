"""Rules for single sites: a golden page of a site that the general way misreads, and the files that rules come in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.errors import SiteRuleError
from pipeline.extract.article import extract
from pipeline.extract.context import Context
from pipeline.extract.ftr import parse_ftr
from pipeline.extract.limits import Limits, name_extractor
from pipeline.extract.siterules import SiteRule, SiteRules, parse_rules, to_toml
from pipeline.extract.wire import Job, job_from_json, job_to_json
from pipeline.records import Article, DateClaim, Precision, Respect, Rights, SourceFacts

NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
SOURCE = SourceFacts(
    source_id=1, slug="sound", homepage="https://www.sound.test/", language="en", timezone="Europe/Oslo", respect=Respect.NONE
)
URL = "https://www.sound.test/pier"
STORY = (
    "The harbour council of Northmere voted to rebuild the old ferry pier, which storms had closed in March of this year.",
    "Work is to begin in May, and the first boats are expected before the end of the following summer, if the ice allows.",
    "“We have waited for this day since the spring,” said the woman who runs the only shop on the far shore of the sound.",
)
CHRONICLE = (
    "From the chronicle: in 1907 the first pier was built by the fishermen themselves, out of timber from a stranded barque.",
    "From the chronicle: in 1931 the county took the pier over and paved the road that leads from it up to the white church.",
    "From the chronicle: in 1968 the last steamer called, and for eleven years nothing but rowing boats lay at the old pier.",
    "From the chronicle: in 1979 the car ferry came, and with it the queue of which every child of the far shore can tell.",
)
# The site prints its story in a table without paragraphs' marks beside a longer chronicle, its author behind a pen, its date in words.
GOLDEN = f"""<!doctype html><html lang=en><head><title>What the far shore talks about</title></head><body>
<div class=masthead>THE SOUND</div><div id=top>Pier to be rebuilt after storms</div><span class=pen>✎ Ingrid Aasen, on the quay</span>
<i class=when>printed on 12 May 2026</i>
<div class=leaf-a>{"<br><br>".join(STORY)}<div class=stamp-box>Pier tickets at the kiosk, also on holidays and in the evening</div></div>
<div class=leaf-b>{"".join(f"<p>{line}</p>" for line in CHRONICLE)}</div></body></html>"""
RULES = """
[[site]]
host = "sound.test"
title = ["//h1[@class='nowhere']", "//*[@id='top']"]
author = ["substring-before(substring-after(//span[@class='pen'], '✎ '), ',')"]
date = ["substring-after(//i[@class='when'], 'printed on ')"]
body = ["//div[@class='leaf-a']"]
strip_id_or_class = ["stamp-"]
valid_until = 2027-06-30
note = "the chronicle stands beside every story"
"""


def read(page: str, rule: SiteRule | None) -> Article:
    found = extract(page, Context(url=URL, source=SOURCE, facts=(), rights=Rights(), now=NOW, limits=Limits(rule=rule)))
    assert isinstance(found, Article), found
    return found


def the_rule(text: str = RULES) -> SiteRule:
    (rule,) = parse_rules(text)
    return rule


def test_the_golden_page_is_read_by_its_rule() -> None:
    found = read(GOLDEN, the_rule())
    assert found.title == "Pier to be rebuilt after storms"
    assert found.authors == ("Ingrid Aasen",)
    assert found.published == DateClaim(at=datetime(2026, 5, 11, 22, tzinfo=UTC), precision=Precision.DAY)
    assert found.body.split("\n\n") == list(STORY)
    assert "site_rule_missed" not in found.quality_flags
    assert {(claim.field, claim.value) for claim in found.evidence if claim.origin == "site" and claim.chosen} >= {
        ("title", "Pier to be rebuilt after storms"),
        ("author", "Ingrid Aasen"),
    }


def test_the_general_way_misreads_it() -> None:
    found = read(GOLDEN, None)
    assert CHRONICLE[0] in found.body
    assert found.title != "Pier to be rebuilt after storms"


def test_a_rule_that_matches_nothing_leaves_the_page_to_the_general_way_and_says_so() -> None:
    moved = GOLDEN.replace("leaf-a", "leaf-new").replace("class=pen", "class=quill")
    found = read(moved, the_rule())
    general = read(moved.replace(" id=top", " id=x"), None)
    assert "site_rule_missed" in found.quality_flags
    told = [claim.value.partition(":")[0] for claim in found.evidence if claim.field == "site_rule"]
    assert told == ["author", "body"]
    assert CHRONICLE[0] in found.body and CHRONICLE[0] in general.body
    assert found.title == "Pier to be rebuilt after storms"


def test_strips_and_replacements_change_the_page_for_all() -> None:
    rule = the_rule(
        '[[site]]\nhost = "sound.test"\nstrip = ["//div[@class=\'leaf-b\']"]\nreplace = [["northern", "far"], ["old ferry", "new ferry"]]\n'
    )
    found = read(GOLDEN, rule)
    assert "chronicle" not in found.body
    assert "new ferry pier" in found.body


@pytest.mark.parametrize("page", ["", "<p>", "\0", "<div>" * 5_000 + "x", '<?xml version="1.0" encoding="utf-16"?><html><body><p>x'])
def test_broken_pages_end_as_without_a_rule(page: str) -> None:
    limits = Limits(rule=the_rule())
    assert not isinstance(extract(page, Context(url=URL, source=SOURCE, facts=(), rights=Rights(), now=NOW, limits=limits)), Article)


def test_a_rule_is_for_its_host_until_its_day() -> None:
    rules = SiteRules(by_host={rule.host: rule for rule in (the_rule(), SiteRule(host=".press.test"), SiteRule(host=".north.press.test"))})

    def found(url: str, day: date = date(2026, 5, 14)) -> str | None:
        rule = rules.find(url, on=day)
        return rule.host if rule else None

    assert found("https://sound.test/a") == found("https://www.sound.test/a") == "sound.test"
    assert found("https://m.sound.test/a") is None
    assert found("https://press.test/a") == found("https://a.b.press.test/") == ".press.test"
    assert found("https://x.north.press.test/a") == ".north.press.test"
    assert found("https://sound.test/a", date(2027, 6, 30)) == "sound.test"
    assert found("https://sound.test/a", date(2027, 7, 1)) is None
    assert [rule.host for rule in rules.expired(date(2027, 7, 1))] == ["sound.test"]


def test_the_rule_is_part_of_the_extractors_name() -> None:
    rule = the_rule()
    without, with_rule = name_extractor(Limits(), SOURCE), name_extractor(Limits(rule=rule), SOURCE)
    assert with_rule == f"{without}+site-{rule.mark}"
    assert read(GOLDEN, rule).extractor == with_rule
    later = the_rule(RULES.replace("2027-06-30", "2028-06-30").replace("chronicle stands", "chronicle lies"))
    assert later.mark == rule.mark, "date and note decide nothing"
    assert the_rule(RULES.replace("leaf-a", "leaf-c")).mark != rule.mark


def test_a_rule_crosses_to_the_child_and_to_a_file_and_back() -> None:
    rule = the_rule()
    job = Job(content_type=None, context=Context(url=URL, source=SOURCE, facts=(), rights=Rights(), now=NOW, limits=Limits(rule=rule)))
    assert job_from_json(job_to_json(job)) == job
    odd = SiteRule(host=".a.test", body=('//p[@title="\\"]',), replace=(("\t", "\n"),), prune=False)
    assert parse_rules(to_toml([rule, odd])) == [rule, odd]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[site]]\nhost = 'a.test'\nbody = ['//div[']", "a.test: body.0: Value error, '//div\\[' is no XPath"),
        ("[[site]]\nhost = 'a.test'\nboddy = ['//p']", "a.test: boddy"),
        ("[[site]]\nbody = ['//p']", "without host: host"),
        ("[[site]]\nhost = 'a.test'\nvalid_until = 'soon'", "a.test: valid_until"),
        ("[site]\nhost = 'a.test'", "entries begin with"),
        ("host = ", "Invalid value"),
    ],
)
def test_a_mistake_in_a_file_is_named(text: str, said: str) -> None:
    with pytest.raises(SiteRuleError, match=said):
        parse_rules(text)


FTR = """# The Sound, by its readers
title: //*[@id='top']
body: //div[@class='leaf-a']
author: substring-before(substring-after(//span[@class='pen'], '✎ '), ',')
date: substring-after(//i[@class='when'], 'printed on ')
strip: //div[@class='masthead']
strip_id_or_class: 'stamp-'
strip_image_src: /pixel.gif
find_string: <b>
replace_string: <strong>
replace_string(</b>): </strong>
prune: no
tidy: no
next_page_link: //a[@rel='next']
http_header(user-agent): Mozilla/5.0
http_header(referer): https://sound.test/

test_url: https://www.sound.test/pier
"""


def test_a_file_of_ftr_site_config_says_the_same() -> None:
    imported = parse_ftr("www.sound.test.txt", FTR)
    assert imported.ignored == ("next_page_link", "http_header")
    rule = imported.rule
    assert (rule.host, rule.prune) == ("sound.test", False)
    assert rule.replace == (("<b>", "<strong>"), ("</b>", "</strong>"))
    assert rule.strip == ("//div[@class='masthead']", "//img[contains(@src, '/pixel.gif')]")
    found = read(GOLDEN, rule)
    assert found.body.split("\n\n") == list(STORY)
    assert (found.title, found.authors) == ("Pier to be rebuilt after storms", ("Ingrid Aasen",))
    assert parse_ftr(".sound.test.txt", FTR).rule.host == ".sound.test"


@pytest.mark.parametrize("text", ["", "test_url: https://www.sound.test/", "body: //div[", "tidy: no\nprune: no"])
def test_a_file_that_selects_nothing_is_refused(text: str) -> None:
    with pytest.raises(SiteRuleError):
        parse_ftr("sound.test.txt", text)
