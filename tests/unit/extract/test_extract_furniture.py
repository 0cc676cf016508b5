"""Furniture rules: every rule removes its example and keeps its counter-example, quickly whatever the line."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.extract.boilerplate import MAX_LINE_CHARS, Known, clean_lines
from pipeline.extract.rules import FURNITURE, NOTICES, Rule, Where, first_letters

PROSE = (
    "The harbour council met on Monday to decide how the old grain stores will be used once the last ships have left the northern basin, "
    "and heard "
    "from eleven residents who asked for housing.",
    "Work on the first of the three buildings could begin in spring, the engineer told the meeting, if the ministry releases the money "
    "that it "
    "promised two years ago and the tide gates are repaired.",
    "A second hearing is planned for the end of the month, when the owners of the fish market will present their own drawings for the "
    "quay and "
    "answer questions about the traffic they expect.",
    "Until then the stores stay closed to visitors, because parts of the roof have come down in the storms of the past weeks and the "
    "fire brigade "
    "has forbidden any use of the upper floors.",
)

LINES = tomllib.loads(Path(__file__).with_name("furniture_lines.toml").read_text(encoding="utf-8"))


def _id(rule: Rule) -> str:
    return f"{rule.name}-{rule.language}-{rule.where}"


@pytest.mark.parametrize("rule", FURNITURE, ids=_id)
def test_rule_removes_its_example_and_keeps_its_counterexample(rule: Rule) -> None:
    pattern = re.compile("|".join(rule.patterns), re.IGNORECASE)
    assert pattern.match(rule.removes)
    assert not pattern.match(rule.keeps)


@pytest.mark.parametrize("language", LINES)
def test_lines_as_newsrooms_word_them_are_cut_and_sentences_that_begin_alike_stay(language: str) -> None:
    """Each below a text in that language, under all rules that apply to it."""
    known = Known(title="", language="en" if language == "*" else language)
    left = [line for line in LINES[language]["removes"] if clean_lines((*PROSE, line), known)[0] != PROSE]
    taken = [line for line in LINES[language]["keeps"] if clean_lines((*PROSE, line), known)[0] != (*PROSE, line)]
    assert (left, taken) == ([], [])


@pytest.mark.parametrize(
    ("language", "line"), [("nb", "Les også: Vannkrisen"), ("nn", "Les også: Vannkrisa"), ("bs", "Pročitajte još: Luka")]
)
def test_rules_apply_to_each_standard_of_a_language(language: str, line: str) -> None:
    assert clean_lines((*PROSE, line), Known(title="", language=language))[0] == PROSE


def test_a_line_is_tried_against_all_that_it_may_fall_under() -> None:
    """Rules are tried by the letter that a line begins with: a letter that is left out by mistake would switch a rule off."""
    assert first_letters(r"[\[(>»•\s-]*(?:read more)") == {"r"}
    assert first_letters(r"(?:(?:see|find out) more\b.{0,60}$)") == {"s", "f"} and first_letters("(?:più letti)") == {"p"}
    for unclear in ("(?:a|b c)", "(?:s?ee)", "(?:(?:the )?see)", "(?:.{0,9} more)", "(?:(?:s?ee|of) it)", r"[\w-]*(?:see)", "(?:[ab]c)"):
        assert first_letters(unclear) is None, unclear
    for rule in FURNITURE:
        name = next((cut.rule for cut in clean_lines((*PROSE, rule.removes), Known(title="", language=rule.language))[1]), None)
        assert name is not None or rule.where is Where.HEAD, rule


@pytest.mark.parametrize("rule", FURNITURE, ids=_id)
def test_no_prose_line_falls_under_a_rule(rule: Rule) -> None:
    pattern = re.compile("|".join(rule.patterns), re.IGNORECASE)
    assert not [line for line in PROSE if pattern.match(line)]


def _slowest(read: Callable[[str], object], texts: list[str]) -> float:
    """Seconds of processor time for the slowest text, the best of three readings: a busy machine's caches count for nothing."""

    def seconds(text: str) -> float:
        start = time.process_time()
        read(text)
        return time.process_time() - start

    return max(min(seconds(text) for _ in range(3)) for text in texts)


def test_patterns_are_quick_on_hostile_lines() -> None:
    lines = [(piece * MAX_LINE_CHARS)[:MAX_LINE_CHARS] for piece in ("a ", "- ", "share ", "» a ", "das/", "1 ", "read more ", ": ")]
    for rule in FURNITURE:
        assert _slowest(re.compile("|".join(rule.patterns), re.IGNORECASE).match, lines) < 0.05, rule
    for kind, pattern in NOTICES.items():
        assert (
            _slowest(pattern.search, [(piece * 4_000)[:4_000] for piece in ("cookies ", "we use ", "um ", "a", "to continue ")]) < 0.05
        ), kind


@pytest.mark.parametrize("rule", [rule for rule in FURNITURE if rule.where in {Where.ANYWHERE, Where.TAIL, Where.ONWARD}], ids=_id)
def test_line_is_cut_out_of_a_text(rule: Rule) -> None:
    language = rule.language if rule.language != "*" else "en"
    kept, cuts = clean_lines([*PROSE[:3], PROSE[3], rule.removes], Known(title="Stores", language=language))
    assert kept == PROSE
    assert [cut.line for cut in cuts] == [rule.removes]


def test_facts_that_the_record_holds_leave_the_head() -> None:
    known = Known(
        title="Old grain stores to be decided on",
        subtitles=("Council hears residents",),
        authors=("Ana Silva",),
        byline="By Ana Silva, Harbour Reporter",
        section="City",
        language="en",
    )
    head = [
        "City",
        "Old grain stores to be decided on",
        "Council hears residents",
        "By Ana Silva, Harbour Reporter",
        "24 November 2026, 10:15",
    ]
    kept, cuts = clean_lines([*head, *PROSE], known)
    assert kept == PROSE
    assert [cut.rule for cut in cuts] == ["section", "headline", "standfirst", "byline", "date"]


def test_a_label_above_the_repeated_headline_leaves_the_head_whatever_it_says() -> None:
    known = Known(title="Old grain stores to be decided on", language="en")
    kept, cuts = clean_lines(["WORLD", "A standfirst that ends.", "Old grain stores to be decided on", "In short", *PROSE], known)
    assert kept == ("A standfirst that ends.", "In short", *PROSE)
    assert [(cut.rule, cut.line) for cut in cuts] == [
        ("label-above-headline", "WORLD"),
        ("headline", "Old grain stores to be decided on"),
    ]


def test_the_headline_in_the_words_of_another_place_leaves_the_head() -> None:
    known = Known(title="Stores: what now?", other_titles=("Old grain stores to be decided on in spring", "Stores"), language="en")
    kept, cuts = clean_lines(["Old grain stores to be decided on in spring", "Stores of grain", *PROSE], known)
    assert kept == ("Stores of grain", *PROSE)
    assert [cut.rule for cut in cuts] == ["headline"]


def test_the_headline_leaves_the_edges_of_the_text() -> None:
    """Its label stands apart above the text, or it is printed once more at the end; a heading in the text may say it too."""
    known = Known(title="Harbour: Old grain stores to be decided on", language="en")
    for above in ("Harbour", "Old grain stores to be decided on"):
        assert clean_lines([above, *PROSE, known.title], known)[0] == PROSE
    inside = (*PROSE[:2], "Old grain stores to be decided on", *PROSE[2:])
    assert clean_lines(inside, known)[0] == inside


@pytest.mark.parametrize("line", ["🚀 Sign up for our newsletter", "👉 Read more: the stores", "➡️ Share this article"])
def test_a_picture_before_a_call_hides_it_from_no_rule(line: str) -> None:
    assert clean_lines([*PROSE, line], Known(title="Stores", language="en"))[0] == PROSE


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("For more stories like this, check our news page.", "For more stories of the harbour the council pays nothing."),
        (
            "Follow the Harbour Post on X and Facebook for the latest news updates.",
            "Follow the pilot on Facebook, the captain said, and laughed.",
        ),
        ("First published in The Harbour Review.", "First published by a rival, the chart was never paid for."),
        ("With reports from the Harbour Post", "With reports of ice the ferry turned back."),
    ],
)
def test_calls_and_origins_below_a_text_go_and_sentences_that_begin_alike_stay(call: str, sentence: str) -> None:
    assert clean_lines([*PROSE, sentence, call], Known(title="Stores", language="en"))[0] == (*PROSE, sentence)


def test_headline_words_inside_the_text_stay() -> None:
    lines = (*PROSE, "Old grain stores to be decided on", PROSE[0].upper())
    kept, _ = clean_lines(lines, Known(title="Something else entirely", language="en"))
    assert kept == lines


def test_text_printed_twice_is_kept_once() -> None:
    kept, cuts = clean_lines([*PROSE, *PROSE], Known(title="Stores", language="en"))
    assert kept == PROSE
    assert {cut.rule for cut in cuts} == {"printed-twice"}


def test_a_line_that_comes_back_in_a_text_stays() -> None:
    lines = (*PROSE, "Between the hearings nothing moves.", PROSE[0], PROSE[1].replace("three", "four"))
    assert clean_lines(lines, Known(title="Stores", language="en"))[0] == lines


def test_second_article_below_is_cut() -> None:
    second = [
        "Ferry timetable changes from next week onwards",
        "By Tom Brown",
        "23 November 2026",
        *(line.replace("the", "a") for line in PROSE),
    ]
    kept, cuts = clean_lines([*PROSE, PROSE[0].replace("Monday", "Friday"), *second], Known(title="Stores", language="en"))
    assert kept == (*PROSE, PROSE[0].replace("Monday", "Friday"))
    assert {cut.rule for cut in cuts} == {"second-article"}


def test_entries_of_a_live_blog_are_no_articles_appended() -> None:
    entries = [
        line
        for hour in range(9, 14)
        for line in (f"Stores open at {hour} in the morning", "By Tom Brown", f"23 November 2026, {hour}:15", PROSE[0])
    ]
    lines = (*PROSE, PROSE[0].replace("Monday", "Friday"), *entries)
    assert "second-article" not in {cut.rule for cut in clean_lines(lines, Known(title="Stores", language="en"))[1]}


def test_prose_below_a_heading_that_sounds_like_a_list_of_stories_stays() -> None:
    lines = (*PROSE * 3, "Related stories", PROSE[1].replace("three", "four"), PROSE[2].replace("second", "third"))
    assert clean_lines(lines[4:], Known(title="Stores", language="en"))[0][-2:] == lines[-2:]


def test_rules_that_would_take_most_of_a_text_mistake_it() -> None:
    lines = (PROSE[0], *(f"Read more: what reader number {number} wrote of the stores, in his own words" for number in range(9)))
    assert clean_lines(lines, Known(title="Letters", language="en")) == (lines, ())


def test_author_note_at_the_end_is_cut() -> None:
    note = "Ana Silva is a reporter who covers harbours for the Example Post."
    kept, cuts = clean_lines([*PROSE, note], Known(title="Stores", authors=("Ana Silva",), language="en"))
    assert kept == PROSE
    assert [cut.rule for cut in cuts] == ["bio"]


@pytest.mark.parametrize(("sentences", "cut"), [(4, True), (12, False)], ids=["a call", "running text"])
def test_a_line_in_a_script_without_spaces_is_running_text_from_half_the_length_on(sentences: int, cut: bool) -> None:
    line = "メールマガジンに登録する" + "港湾評議会は月曜日に穀物倉庫の利用を決定した。" * sentences
    assert len(line) < MAX_LINE_CHARS
    assert (line not in clean_lines((*PROSE, line), Known(title="", language="ja"))[0]) is cut


def test_a_text_of_nothing_but_furniture_is_left_alone() -> None:
    lines = ("Read more: one", "Read more: two", "Share this")
    assert clean_lines(lines, Known(title="x", language="en")) == (lines, ())
