"""The structure of a text: read off real markup by the extractor, and written as Markdown that says what the lines say."""

from __future__ import annotations

import pytest

from pipeline.extract import bodytext, structure
from pipeline.extract.markup import parse
from pipeline.extract.structure import Structure, to_markdown

URL = "https://www.harbourpost.example/city/stores-to-open"
PROSE = "The harbour council met on Monday to decide how the old grain stores will be used once the last ships have left the basin."
PAGE = f"""<html><body><article><h1>Stores</h1>
<p>{PROSE}</p><p>Residents asked for three things, in writing and in this order, before the meeting began:</p>
<ul><li>housing that people of the quarter can pay</li><li>a swimming bath for the schools</li></ul>
<h2>What the engineer said</h2><p>{PROSE.replace("Monday", "Tuesday")}</p>
<blockquote><p>The tide gates come first, and nothing else will be built before they hold.</p></blockquote>
<h3>In which order</h3><p>{PROSE.replace("Monday", "Friday")}</p>
<ol><li>repair of the tide gates</li><li>demolition of the crane</li></ol>
<table><tr><th>Store</th><th>Area</th></tr><tr><td>North</td><td>4,100 m²</td></tr><tr><td>South</td><td>2,900 m²</td></tr></table>
<p>{PROSE.replace("Monday", "Sunday")}</p></article></body></html>"""


def test_headings_lists_quotes_and_tables_of_a_page_are_kept() -> None:
    text = bodytext.find_text(parse(PAGE))
    markdown = to_markdown(text.lines, text.structure)
    for block in (
        "## What the engineer said",
        "### In which order",
        "- housing that people of the quarter can pay\n- a swimming bath for the schools",
        "> The tide gates come first, and nothing else will be built before they hold.",
        "1. repair of the tide gates\n2. demolition of the crane",
        "| Store | Area |\n| --- | --- |\n| North | 4,100 m² |\n| South | 2,900 m² |",
        PROSE,
    ):
        assert f"\n\n{block}\n\n" in f"\n\n{markdown}\n\n", markdown
    assert not any(structure.is_rule(line) for line in text.lines)


def test_a_line_that_was_cut_out_of_the_text_is_in_neither_form() -> None:
    marked = Structure(headings={"Read more": 2})
    assert to_markdown((PROSE,), marked) == PROSE


@pytest.mark.parametrize(
    ("line", "markdown"),
    [
        ("# of the week", "\\# of the week"),
        ("> and so on", "\\> and so on"),
        ("1984. A novel", "1984\\. A novel"),
        ("1984 was a year", "1984 was a year"),
        ("+ 3 degrees at noon", "\\+ 3 degrees at noon"),
        ("2 * 3 < 7 in `code_style`", "2 \\* 3 \\< 7 in \\`code\\_style\\`"),
        ("— a dash begins a quote", "— a dash begins a quote"),
        ("", ""),
    ],
)
def test_a_paragraph_stays_a_paragraph(line: str, markdown: str) -> None:
    assert to_markdown((line,), Structure()) == markdown


def test_paragraphs_of_one_quote_stay_one_quote() -> None:
    marked = Structure(quotes=frozenset({"One.", "Two."}))
    assert to_markdown(("One.", "Two.", "Three."), marked) == "> One.\n>\n> Two.\n\nThree."


def test_a_table_without_a_head_is_a_table() -> None:
    assert to_markdown(("| a | b |", "| c | d"), Structure()) == "| a | b |\n| --- | --- |\n| c | d |"
