"""What is cut out of a page by its build, each with a neighbour that must stay."""

from __future__ import annotations

import pytest

from pipeline.extract import bodytext
from pipeline.extract.markup import parse
from pipeline.extract.trimming import teaser_share, trim

URL = "https://www.harbourpost.example/city/stores-to-open"
PROSE = "".join(
    f"<p>Report {number}: the harbour council met again to decide how the old grain stores will be used after the ships have left.</p>"
    for number in range(8)
)
LINK = '<a href="/city/ferry-timetable">Ferry timetable changes in spring</a>'
AWAY = '<a href="https://shop.other.example/pier">The drawings of the new pier</a>'


def _trimmed(body: str) -> str:
    tree = parse(f"<html><body><main><h1>Stores</h1>{PROSE}{body}</main></body></html>")
    trim(tree, URL)
    assert tree.body is not None
    return tree.body.text(separator=" ")


@pytest.mark.parametrize(
    ("removed", "kept"),
    [
        # what surrounds a field is a call; what stands in a long text with a field below is none
        (
            "<div><b>Morning letter</b><p>Marker in your box.</p><input type='email'></div>",
            f"<div><p>Marker of a text. {'word ' * 80}</p><input type='email'></div>",
        ),
        # a box named as furniture; a heading whose id is made of such a word
        ("<div class='x-newsletter-box'>Marker every morning</div>", "<h2 id='newsletter'>Marker of the newsletter trade</h2>"),
        ("<div role='dialog'>Marker about small files</div>", f"<section class='related'>Marker {'long text ' * 50}</section>"),
        # what opens over a word goes, the word stays, and so does a phrase that something may open over
        (
            "<p>Governor <span class='rollover-person'><a class='rollover-link'>Mara Dunn</a><span class='rollover-block'>Mara Dunn"
            "<b>Marker: Governor says no to the pier</b> Ferry strike ends</span></span> said no.</p>",
            "<p><span>Governor <span class='rollover-person'><a class='rollover-link'>Marker Dunn</a></span></span> said no.</p>",
        ),
        (
            "<p>The <span><i>tonnage</i><span role='tooltip'>Marker: what a ship can carry, in tons of a kind</span></span> fell.</p>",
            "<p><em>She said that this is <span class='tooltip'>a Marker of all that the harbour has been to this town</span></em></p>",
        ),
        # small print has names of its own, in paragraphs too; a name within another word is none
        ("<p class='legal-disclaimer'>Marker of small print</p>", "<p class='claim'>Marker of a claim, made before the court.</p>"),
        ("<div class='box-cta'>Marker: book a demo</div>", "<div class='octave'>Marker of the octave on the old organ</div>"),
        # a day alone in its block, called so; a day in a sentence, or a sentence whose box only sounds so
        (
            "<p class='post-date'><span>Marker 12 May 2026</span></p>",
            "<p>Marker: on <time>12 May 2026</time> they met again to decide.</p>",
        ),
        ("<div><time>Marker 12:30</time></div>", "<div class='update'>Marker of 12 May 2026</div>"),
        # a line that is one link to the same site; a sentence with a link in it, a link to another site, a place on the page
        (f"<p>Marker: {LINK}</p>", f"<p>Marker of a sentence that leads to {LINK} and goes on for a while.</p>"),
        (f"<div><span>Marker</span><ul><li>{LINK}</li></ul></div>", f"<p>Marker: {AWAY}</p>"),
        # a card that is one link; two links in a row, labelled, beside a sentence with two links
        (
            "<article><a href='/a'><img src='/a.jpg'><h3>Marker of another story here</h3></a></article>",
            f"<article><p>Marker of a card that says more, of which {LINK} is only a part of the whole.</p></article>",
        ),
        (
            f"<p>{LINK} [VIDEO]<br><a href='/b'>Marker of yet another story</a> [LIVE]</p>",
            f"<p>Marker: {LINK} came before {LINK}, it was said.</p>",
        ),
        (
            '<p><a href="/a">Marker of another story here</a></p>',
            '<p><a href="#a">Marker of a chapter below, on this page</a></p>',
        ),
    ],
)
def test_what_is_cut_and_what_stays(removed: str, kept: str) -> None:
    assert "Marker" not in _trimmed(removed)
    assert "Marker" in _trimmed(kept)
    assert _trimmed(removed).count("grain stores") == 8


@pytest.mark.parametrize(("name", "stays"), [("paywall", True), ("p-{} subscriber-only", True), ("comment-text", False)])
def test_a_name_that_wraps_a_text_paragraph_by_paragraph_is_no_furniture(name: str, stays: bool) -> None:
    wrapped = "".join(
        f"<div class='{name.format(number)}'><p>Marker {number}: {'the engineer told the meeting. ' * 5}</p></div>" for number in range(9)
    )
    assert ("Marker 8" in _trimmed(wrapped)) is stays


def test_a_link_that_was_never_closed_takes_no_text_away() -> None:
    page = f"<html><body><main><p><a href='/city/ferry'>The ferry leaves earlier from May.</p>{PROSE}</main></body></html>"
    tree = parse(page)
    trim(tree, URL)
    assert tree.body is not None and tree.body.text().count("grain stores") == 8


def test_days_of_a_calendar_stay() -> None:
    days = "".join(f"<div><b>Market at quay {day}</b></div><div class='date'>{day} May 2026</div>" for day in range(11, 23))
    assert "12 May 2026" in _trimmed(days)


def test_of_a_page_laid_out_as_a_table_the_cell_with_the_text_is_kept() -> None:
    page = f"<table><tr><td><a href='/x'>City</a><br>Latest</td><td><h1>Stores</h1>{PROSE}</td></tr><tr><td>© 2026</td></tr></table>"
    tree = parse(f"<html><body>{page}</body></html>")
    trim(tree, URL)
    assert tree.body is not None
    text = tree.body.text(separator=" ")
    assert text.count("grain stores") == 8
    assert "Latest" not in text and "©" not in text


def test_a_table_of_data_stays() -> None:
    rows = "".join(f"<tr><td>Quay {number}</td><td>{number} ships</td></tr>" for number in range(9))
    assert "Quay 8" in _trimmed(f"<table>{rows}</table>")


def test_the_innermost_element_with_most_of_the_prose_is_marked() -> None:
    tree = parse(f"<html><body><div id='page'><div id='side'><p>{'Side ' * 20}</p></div><div id='text'>{PROSE}</div></div></body></html>")
    trim(tree, URL)
    assert [node.id for node in tree.css('[itemprop="articleBody"]')] == ["text"]


_TEASERS = "".join(f"<p>Teaser {number}: another story of the harbour, told in as many words as this one.</p>" for number in range(8))


@pytest.mark.parametrize(
    ("page", "marked"),
    [
        (f"<div id='page'><div class='entry-content'>{PROSE}</div><div>{_TEASERS}</div></div>", []),  # what holds both is no body
        (f"<div id='page'><div class='page-content-path'>Home</div>{PROSE}</div>", ["page"]),
        (f"<div><article>{PROSE}</article>{PROSE}</div>", []),
        (f"<article>Read in brief</article><div id='text'>{PROSE}</div>", ["text"]),
    ],
)
def test_an_element_named_or_marked_as_the_text_is_believed_where_it_holds_more_than_a_remnant(page: str, marked: list[str]) -> None:
    tree = parse(f"<html><body>{page}</body></html>")
    trim(tree, URL)
    assert [node.id for node in tree.css('[itemprop="articleBody"]')] == marked


def test_subheadings_and_lists_stay_where_an_empty_element_is_named_as_the_text() -> None:
    """The text extractor looks into the first such element only, and takes bare paragraphs from everywhere where it holds none."""
    parts = "".join(
        f"<h2>Pier {number}</h2>{PROSE.replace('Report', f'Pier {number}, report')}<ul><li>Opens on day {number}</li></ul>"
        for number in range(3)
    )
    empty = "<div class='page-content-path'>Home</div>"
    tree = parse(f"<html><body>{empty}<div class='page'><div class='column'>{parts}</div></div></body></html>")
    trim(tree, URL)
    text = bodytext.find_text(tree)
    assert [line for line in text.lines if line.startswith("Pier") and len(line) < 8] == ["Pier 0", "Pier 1", "Pier 2"]
    assert [line for line in text.lines if "Opens" in line] == ["- Opens on day 0", "- Opens on day 1", "- Opens on day 2"]


@pytest.mark.parametrize(
    ("figure", "stays"),
    [
        ("<figure><blockquote><p>{quote}</p></blockquote><figcaption>Mara Dunn</figcaption></figure>", True),
        ("<figure class='embed'><blockquote><p>{quote}</p></blockquote></figure>", False),
        ("<figure><blockquote class='twitter-tweet'><p>{quote}</p></blockquote></figure>", False),
        ("<p>She said: {quote}</p><figure class='pullquote'><blockquote>{quote}</blockquote></figure>", True),  # once, in its paragraph
    ],
)
def test_a_quote_in_a_figure_is_text_and_one_that_is_drawn_out_of_the_text_or_embedded_is_not(figure: str, stays: bool) -> None:
    quote = "The stores were built for grain that nobody ships any more, and the council has known that for years."
    tree = parse(f"<html><body><main><h1>Stores</h1>{PROSE}{figure.format(quote=quote)}</main></body></html>")
    trim(tree, URL)
    assert "".join(bodytext.find_text(tree).lines).count(quote) == stays


def _teasers(number: int) -> str:
    return "".join(
        f"<div><h2><a href='/city/{at}'>Story number {at}</a></h2><p>{'What happened there. ' * 5}</p></div>" for at in range(number)
    )


@pytest.mark.parametrize(("page", "low", "high"), [(_teasers(9), 0.99, 1.0), (_teasers(4), 0.0, 0.0), (PROSE * 4 + _teasers(6), 0.01, 0.4)])
def test_share_of_teasers(page: str, low: float, high: float) -> None:
    assert low <= teaser_share(parse(f"<html><body>{page}</body></html>"), URL) <= high
