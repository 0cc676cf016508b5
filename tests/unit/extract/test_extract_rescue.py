"""A body that the page breaks into pieces or lays in boxes is read whole; other articles' texts and readers' comments are no part of it."""

from __future__ import annotations

import pytest

from pipeline.extract import bodytext
from pipeline.extract.flattening import flat_html
from pipeline.extract.markup import parse
from pipeline.extract.rescue import find_left_out, find_pieces
from pipeline.extract.trimming import trim

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


def _reports(body: str) -> list[int]:
    """The numbers of the reports that are read of a page, after it was trimmed."""
    tree = parse(f"<html><body><h1>Stores</h1>{body}</body></html>")
    trim(tree, URL)
    return [int(line.split()[1].strip(":")) for line in bodytext.find_text(tree).lines if line.startswith("Report ")]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='listicle-slides'>{}</div>",
        "<div class='panel' style='display:none'>{}</div>",
        "<div><div aria-hidden='true'>{}</div></div>",
    ],
)
def test_chapters_in_boxes_that_the_text_extractor_leaves_out_are_read(box: str) -> None:
    chapters = "".join(f"<section>{box.format(_paragraphs(first, first + 4))}</section>" for first in (4, 8, 12))
    assert _reports(f'<div itemprop="articleBody">{_paragraphs(0, 4)}{chapters}</div>') == list(range(16))


def test_boxes_of_less_than_half_the_text_stay_left_out() -> None:
    box = f"<div style='display:none'>{_paragraphs(10, 16)}</div>"
    assert _reports(f'<div itemprop="articleBody">{_paragraphs(0, 10)}{box}</div>') == list(range(10))


def test_comments_are_no_chapters_however_many() -> None:
    comments = "".join(f"<div class='entry'>{_paragraphs(number, number + 1)}</div>" for number in range(6, 30))
    assert _reports(f"<article>{_paragraphs(0, 6)}<div class='comment-list'>{comments}</div></article>") == list(range(6))


def test_a_piece_before_the_one_that_was_taken_for_the_body_is_read() -> None:
    first, second = (f"<div class='rich-text'>{_paragraphs(*part)}</div>" for part in ((0, 4), (4, 20)))
    assert _reports(f"<div class='post'>{first}<div>Free download</div>{second}</div>") == list(range(20))


@pytest.mark.parametrize("around", ["<article><p>{}</p></article>", "<h1>Stores</h1><div>{}</div>"])
def test_what_stands_beside_a_headline_or_an_article_was_not_left_out(around: str) -> None:
    page = f"<main><div class='text'>{_paragraphs(0, 9)}</div>{around.format('')}<div class='text'>{_paragraphs(9, 12)}</div></main>"
    text = "\n".join(_lines(f"<html><body><div class='text'>{_paragraphs(0, 9)}</div></body></html>"))
    assert find_left_out(parse(f"<html><body>{page}</body></html>"), text) is None
    assert find_left_out(parse(f"<html><body>{page.replace(around.format(''), '')}</body></html>"), text) is not None


def test_flat_blocks_keep_what_is_structure_and_leave_out_what_stands_beside_it() -> None:
    page = (
        "<div id='body'>Loose &amp; <b>bold</b> words<div><div><ul><li>One</li></ul></div><figure>Picture</figure></div>"
        "<div class='related-box'><p>Other</p></div><span><p>In a span</p></span><aside>Beside</aside></div>"
    )
    node = parse(page).css_first("#body")
    assert node is not None
    assert flat_html(node) == "<p>Loose &amp; bold words</p><ul><li>One</li></ul><p>In a span</p>"


def test_a_body_in_one_piece_has_no_pieces() -> None:
    assert find_pieces(parse(_page(_piece(0, 16)))) is None


def test_texts_under_headlines_of_their_own_are_other_articles() -> None:
    second = f"<h1>Ferries</h1>{_piece(6, 16)}"
    assert find_pieces(parse(_page(f"<h1>Stores</h1>{_piece(0, 6)}{second}"))) is None
    whole = f"<article>{_piece(0, 6)}</article><article>{_piece(6, 16)}</article>"
    assert find_pieces(parse(f"<html><body><main>{whole}</main></body></html>")) is None


def test_boxes_of_one_kind_that_hold_little_of_the_prose_are_no_pieces() -> None:
    assert find_pieces(parse(_page(f"<section>{_paragraphs(0, 16)}</section>{CARDS}"))) is None
