"""Bylines and dates that a page prints around its headline without naming them in its markup."""

from __future__ import annotations

import pytest

from pipeline.extract.markup import parse
from pipeline.extract.surroundings import read_surroundings

TEXT = "<p>" + "The harbour stays closed until the wall is mended, the council said on Monday. " * 4 + "</p>"


def _claims(around: str, title: str = "Harbour closed for repairs") -> list[tuple[str, str]]:
    page = f"<html><body><nav><a href='/'>By the sea</a></nav><main>{around}{TEXT}<p>By Someone Else, in the text</p></main></body></html>"
    return [(claim.field, claim.value) for claim in read_surroundings(parse(page), title)]


HEADLINE = "<h1>Harbour closed for repairs</h1>"


@pytest.mark.parametrize(
    ("around", "byline"),
    [
        (f"{HEADLINE}<p>By Ana Silva</p>", "By Ana Silva"),
        (f"{HEADLINE}<div><span>By </span><button>Ana Silva</button></div>", "By Ana Silva"),
        (f"{HEADLINE}<p class=x>von <a href='/autoren/roth'>Jan Roth</a></p>", "von Jan Roth"),
        (f"{HEADLINE}<ul><li><span>par</span> <b>Claire Petit</b></li></ul>", "par Claire Petit"),
        (f"{HEADLINE}<p>by: <!-- -->Ziad Amar<!-- -->, <!-- -->Dec 17, 2025</p>", "by: Ziad Amar , Dec 17, 2025"),
        (f"<header><div>By <a>Ana Silva</a></div>{HEADLINE}</header>", "By Ana Silva"),
        (f"{HEADLINE}<div><span>記者</span><span>山田花子</span></div>", "記者 山田花子"),
        (f"{HEADLINE}<div>Автор: <a>Анна Петрова</a></div>", "Автор: Анна Петрова"),
    ],
)
def test_a_line_that_introduces_a_name_is_a_byline(around: str, byline: str) -> None:
    assert ("byline_near", byline) in _claims(around)


@pytest.mark.parametrize(
    "around",
    [
        HEADLINE,  # what stands after the text's first paragraph is not read
        f"{HEADLINE}<p>Bystanders saw the wall break.</p>",
        f"{HEADLINE}<script>By Ana Silva</script>",
        f"{HEADLINE}<aside><p>By Ana Silva</p></aside>",
    ],
)
def test_other_lines_are_none(around: str) -> None:
    assert not [value for field, value in _claims(around) if field == "byline_near"]


def test_a_day_near_the_headline_is_a_date_and_a_line_of_change_is_not_the_publication() -> None:
    found = _claims(
        f"{HEADLINE}<div><span>May 3, 2026</span> <span>Updated May 4, 2026</span></div><div>Aktualisiert <i>5. Mai 2026</i></div>"
    )
    assert found == [("date_near", "May 3, 2026"), ("changed_near", "Updated May 4, 2026"), ("changed_near", "5. Mai 2026")]


def test_the_headline_is_known_by_the_title() -> None:
    found = _claims(f"<h1>Our magazine</h1><p>By The Sea Press</p>{TEXT}{HEADLINE}<p>By Ana Silva</p>")
    assert [value for field, value in found if field == "byline_near"] == ["By Ana Silva"]


def test_a_name_in_the_right_corner_signs_the_text() -> None:
    assert ("signature", "Lê Minh") in _claims(f"{HEADLINE}{TEXT}<p style='text-align: right'><strong>Lê Minh</strong></p>")


def test_a_byline_under_the_text_signs_it_but_not_one_under_a_box() -> None:
    text = "<p>" + "The council voted on Tuesday to rebuild the old ferry pier. " * 5 + "</p>"
    assert ("signature", "Par Ana Silva") in _claims(f"{HEADLINE}{text}\n<p>Par Ana Silva</p><p>By Jo Reed</p>")
    assert "signature" not in dict(_claims(f"{HEADLINE}{text}<h3>Read on</h3><p>Budget talks</p><p>By Jo Reed</p><p>By the harbour.</p>"))


def test_a_deeply_nested_or_endless_page_is_left_soon() -> None:
    assert _claims("<div>" * 5_000 + HEADLINE + "</div>" * 5_000 + "<i>x</i>" * 50_000) == []
