"""A text that says nothing of what its page is said to be about is not the page's: another reading is asked for."""

from __future__ import annotations

import pytest
from builders import page_context

from pipeline.extract import bodytext
from pipeline.extract.agreement import share_of, stated_words
from pipeline.extract.article import Draft, read
from pipeline.extract.structure import Structure

STATED = "Harbour council decides about grain stores: engineers warn that tide gates need repairs before housing opens."
STORY = (
    "The harbour council decides how the grain stores are used; engineers warn that the tide gates need repairs before any housing opens. "
)
TALK = "I have said so often in this place, and nobody answers, because people would rather go home early than listen to one another. "


def _body(summary: str) -> str:
    """What is read of a page whose story stands in no paragraphs, above others' talk that does."""
    story = "<br><br>".join(f"Report {number}. {STORY}" for number in range(12))
    talks = "".join(f"<p>Voice {number}: {TALK}</p>" for number in range(5))
    page = (
        f'<html><head><title>Stores</title><meta property="og:description" content="{summary}"></head><body>'
        f'<main><h1>Stores</h1>{story}</main><div id="more"><div>{talks}</div></div></body></html>'
    )
    draft = read(page, page_context())
    assert isinstance(draft, Draft)
    return draft.body


def test_a_text_of_something_else_gives_way_to_one_of_what_is_stated() -> None:
    assert "grain stores" in _body(STATED)


@pytest.mark.parametrize(
    "summary", ["", "News, views and the weather.", "Nothing that either text of this page would ever mention anywhere."]
)
def test_where_the_summary_tells_nothing_the_first_reading_stays(summary: str) -> None:
    assert "grain stores" not in _body(summary)


def test_a_reading_that_holds_the_text_and_the_headlines_block_besides_is_no_better(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read of a page that is laid out by a table: one row, with the menu and the summary that is printed over the text."""
    talks = " ".join(f"Voice {number}: {TALK}" for number in range(5))
    whole = bodytext.Text(lines=(f"| Politics Economy Culture | Stores {STATED} {talks} |",), structure=Structure())
    monkeypatch.setattr(bodytext, "find_text_anywhere", lambda tree: whole)
    assert "Voice 4" in (read_body := _body(STATED)) and "Economy" not in read_body


def test_words_are_shared_in_scripts_with_and_without_spaces() -> None:
    stated = stated_words([STATED])
    assert share_of(stated, [STORY]) > 0.8 and share_of(stated, [TALK]) < 0.1
    dense = stated_words(["港湾評議会は穀物倉庫の利用を決定した"])
    assert share_of(dense, ["技術者によると、港湾評議会は月曜日に穀物倉庫の利用を決定したという。"]) > 0.8
    assert share_of(dense, ["明日の天気は晴れのち曇りでしょう。"]) < 0.2
    assert stated_words(["Too few words here"]) == frozenset() and share_of(frozenset(), []) == 1.0
