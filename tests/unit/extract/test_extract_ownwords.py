"""A page's own words: without its site's frame, whatever that is made of, and in bounded work."""

from __future__ import annotations

import pytest

from pipeline.extract import ownwords
from pipeline.extract.markup import parse
from pipeline.extract.ownwords import LOOKED_AT


def test_a_notice_is_told_apart_from_its_sites_frame() -> None:
    page = """<body><header><a href="/">Der Hafenbote</a></header><nav><a href="/stadt">Stadt</a></nav>
        <main><h1>Seite nicht gefunden</h1><p>Diese Seite gibt es nicht (mehr).</p>
        <form><input type="email"></form></main>
        <div><h3><a href="/1">Rat beschließt den Umbau der alten Speicher</a></h3></div>
        <ul><li><a href="/impressum">Impressum</a></li></ul><footer>Alle Rechte vorbehalten</footer></body>"""
    own = ownwords.read(parse(page))
    assert own.text == "Seite nicht gefunden Diese Seite gibt es nicht (mehr)."
    assert own.heading == "Seite nicht gefunden"
    assert own.headlines == ("Rat beschließt den Umbau der alten Speicher",)
    assert own.asks_address
    assert not own.asks_password


@pytest.mark.parametrize(("depth", "is_read"), [(10, True), (1_000, False)])
def test_boxes_within_boxes_are_read_up_to_a_bound(depth: int, is_read: bool) -> None:
    """Inner boxes come first; what lies outside of the bound, here a menu, stays in the text as it is."""
    box = "Wort " * 40
    assert (len(box) * depth**2 / 2 < LOOKED_AT) == is_read
    menu = "<ul><li><a href='/'>Startseite</a></li></ul>"
    boxes = "".join(f"<div>{box}<a href='/{number}'>Link {number}</a>" for number in range(depth)) + "</div>" * depth
    assert ("Startseite" in ownwords.read(parse(f"<body>{menu}{boxes}")).text) != is_read


def test_consent_is_told_apart_from_what_it_covers() -> None:
    own = ownwords.read(
        parse('<body><div id="cookie-box">Wir nutzen Cookies.</div><p>Melden Sie sich an.</p><input type="password"></body>')
    )
    assert (own.text, own.uncovered) == ("Wir nutzen Cookies. Melden Sie sich an.", "Melden Sie sich an.")
    assert own.asks_password


def _items(number: int, text: str) -> str:
    return "".join(f'<div class="card"><h3>Rat tagt zum {day}. Mal</h3><p>{text}</p></div>' for day in range(number))


def test_boxes_of_a_heading_and_a_line_are_a_lists_items_without_links_too() -> None:
    own = ownwords.read(parse(f"<body><h1>Stadt</h1>{_items(6, 'Es geht um die Speicher.')}</body>"))
    assert (own.items, own.item_words) == (6, 6 * 10)
    assert ownwords.read(parse(f"<body><h1>Stadt</h1>{_items(6, 'Es geht um die Speicher. ' * 20)}</body>")).items == 0


@pytest.mark.parametrize(
    ("body", "is_missing", "asks_for_proof"),
    [
        ('<main class="error-404 not-found"><p>Hoppla</p></main>', True, False),
        ('<article class="post-140412"><p>Hoppla</p></article>', False, False),
        ('<form><div id="captcha-box"></div></form>', False, True),
        ('<form><input type="email"><div class="g-recaptcha"></div></form>', False, False),  # a newsletter's
    ],
)
def test_a_site_says_by_its_markup_what_a_page_is(body: str, is_missing: bool, asks_for_proof: bool) -> None:
    own = ownwords.read(parse(f"<body>{body}</body>"))
    assert (own.is_missing, own.asks_for_proof) == (is_missing, asks_for_proof)
