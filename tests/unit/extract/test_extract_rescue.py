"""A body that the page breaks into pieces is read whole; other articles' texts are no pieces of it."""

from __future__ import annotations

from pipeline.extract import bodytext
from pipeline.extract.markup import parse
from pipeline.extract.rescue import find_pieces

URL = "https://www.harbourpost.example/city/stores-to-open"
CARDS = "".join(
    f'<div class="card"><p>Ferry number {number} leaves an hour earlier from the first of next month.</p></div>' for number in range(6)
)


def _paragraphs(first: int, last: int) -> str:
    return "".join(
        f"<p>Report {number}: the harbour council met again to decide how the old grain stores will be used after the ships have left.</p>"
        for number in range(first, last)
    )


def _piece(first: int, last: int) -> str:
    return f'<div class="row"><div class="article-body part-{first}">{_paragraphs(first, last)}</div></div>'


def _page(body: str) -> str:
    return f"<html><body><header><h1>Stores</h1></header><article><div class='page'>{body}</div></article>{CARDS}</body></html>"


def _lines(page: str) -> tuple[str, ...]:
    return bodytext.find_text(parse(page)).lines


def test_a_body_broken_by_an_advertisement_is_read_whole_and_in_order() -> None:
    page = _page(_piece(0, 4) + '<div class="row"><div class="banner">Buy boats</div></div>' + _piece(4, 12) + _piece(12, 16))
    assert [line.partition(":")[0] for line in _lines(page)] == [f"Report {number}" for number in range(16)]


def test_a_body_in_one_piece_has_no_pieces() -> None:
    assert find_pieces(parse(_page(_piece(0, 16)))) is None


def test_texts_under_headlines_of_their_own_are_other_articles() -> None:
    second = f"<h1>Ferries</h1>{_piece(6, 16)}"
    assert find_pieces(parse(_page(f"<h1>Stores</h1>{_piece(0, 6)}{second}"))) is None
    whole = f"<article>{_piece(0, 6)}</article><article>{_piece(6, 16)}</article>"
    assert find_pieces(parse(f"<html><body><main>{whole}</main></body></html>")) is None


def test_boxes_of_one_kind_that_hold_little_of_the_prose_are_no_pieces() -> None:
    assert find_pieces(parse(_page(f"<section>{_paragraphs(0, 16)}</section>{CARDS}"))) is None
