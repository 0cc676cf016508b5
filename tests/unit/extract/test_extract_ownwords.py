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
