"""Text: the choke point for what no store accepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import clean_line, clean_text, plain_line

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@given(ANY_TEXT)
def test_clean_text_is_storable_and_stays_as_it_is(text: str) -> None:
    clean = clean_text(text)
    assert "\x00" not in clean
    assert clean.encode().decode() == clean
    assert clean_text(clean) == clean


def test_surrogates() -> None:
    assert clean_text("a\ud83d\ude00b") == "a😀b"
    assert clean_text("a\ud83db\ude00") == "ab"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b", "ab"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a\tb"),
        ("\ufeffa\x1b[31m", "a[31m"),
        ("a\x85b", "a\nb"),
        ("a\x9fb", "ab"),
    ],
)
def test_controls(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_a_megabyte_is_cut() -> None:
    assert clean_line("word " * 200_000, 2000) == ("word " * 400).strip()
    assert len(clean_text("x" * 1_000_000, 2000)) == 2000


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        ("<b>Bold</b> &amp; <i>free</i>", "Bold & free"),
        ("Q&amp;amp;A", "Q&A"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("I <3 you", "I <3 you"),
        ("one<br/>two<p>three</p>", "one two three"),
        ("H<sub>2</sub>O", "H2O"),
        ("&lt;b&gt;escaped&lt;/b&gt; tag", "escaped tag"),
        ("caf&eacute; &#8220;x&#8221; &#0; &#xD800;", "café “x” \ufffd \ufffd"),
        ("  a\n\t b ", "a b"),
    ],
)
def test_plain_lines(markup: str, line: str) -> None:
    assert plain_line(markup) == line
