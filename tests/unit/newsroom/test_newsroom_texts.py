"""Bodies are compared as a reader would, and furniture in them is seen."""

from __future__ import annotations

from newsroom.texts import compare_body, plain, words

LINES = (
    "The harbour council voted on Tuesday to rebuild the old ferry pier, which storms had closed in March.",
    "Costs",
    "It will cost four million crowns, most of it paid by the province.",
    "Ferries",
    "The first ferry is to land in June.",
)
BESIDE = ("Northmere", "Wirelight", "The pier in March")


def test_the_same_text_is_perfect_however_it_is_set() -> None:
    body = "\n\n".join(LINES).replace("'", "’").upper()
    assert compare_body(body, LINES, BESIDE) == (1.0, ())


def test_dateline_and_caption_are_neither_missed_nor_held_against_a_body() -> None:
    body = "\n\n".join(("NORTHMERE (Wirelight) – " + LINES[0], *LINES[1:], "The pier in March"))
    assert compare_body(body, LINES, BESIDE) == (1.0, ())


def test_furniture_is_left_over_be_it_short_or_long() -> None:
    body = "\n\n".join((LINES[0], "ADVERTISEMENT", *LINES[1:], "Sign up to our free newsletter and never miss a story"))
    f1, left_over = compare_body(body, LINES, BESIDE)
    assert left_over == ("ADVERTISEMENT", "Sign up to our free newsletter and never miss a story")
    assert f1 < 1


def test_a_missing_paragraph_lowers_f1() -> None:
    f1, left_over = compare_body("\n\n".join(LINES[:-2]), LINES, BESIDE)
    assert f1 < 0.95
    assert left_over == ()


def test_japanese_is_compared_by_characters() -> None:
    assert words("港の再開 2026年") == ["港", "の", "再", "開", "2", "0", "2", "6", "年"]
    lines = ("町議会は火曜日、古い桟橋を再建することを決めた。", "費用は四百万円になる。")
    assert compare_body("\n".join(lines), lines, ()) == (1.0, ())
    assert compare_body("\n".join((*lines, "続きは会員登録")), lines, ())[1] == ("続きは会員登録",)


def test_titles_differ_only_where_a_reader_sees_it() -> None:
    assert plain("“Ferry”\u00a0reopens") == plain('"ferry" reopens')
    assert plain("Ferry reopens – The Harbour Beacon") != plain("Ferry reopens")
