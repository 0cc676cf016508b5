"""Captions and credits of lead images, and types of articles."""

from __future__ import annotations

import pytest

from pipeline.extract.images import choose_caption, split_caption
from pipeline.extract.kinds import choose_kind, count_items
from pipeline.extract.markup import parse
from pipeline.records import Evidence


def _claim(field: str, value: str, origin: str = "html") -> Evidence:
    return Evidence(field=field, value=value, origin=origin)


@pytest.mark.parametrize(
    ("printed", "caption", "credit"),
    [
        ("The harbour at dawn. (Photo: Ana Silva/AP)", "The harbour at dawn.", "Ana Silva/AP"),
        ("The harbour at dawn. Photo by Ana Silva", "The harbour at dawn.", "Ana Silva"),
        ("The harbour at dawn. Ana Silva/AFP", "The harbour at dawn.", "Ana Silva/AFP"),
        ("The harbour (Ana Silva/Getty Images)", "The harbour", "Ana Silva/Getty Images"),
        ("Der Hafen am Morgen | Bildquelle: Jan Roth", "Der Hafen am Morgen", "Jan Roth"),
        ("Der Hafen. Foto: dpa", "Der Hafen.", "dpa"),
        ("Le port à l'aube. © Claire Petit", "Le port à l'aube.", "Claire Petit"),
        ("El puerto. Fotografía: EFE", "El puerto.", "EFE"),
        ("Гавань на рассвете. Фото: Анна Петрова", "Гавань на рассвете.", "Анна Петрова"),
        ("夜明けの港＝写真：山田花子", "夜明けの港", "山田花子"),
        ("A photo of the harbour", "A photo of the harbour", None),
        ("The rise is a source of pride for the town", "The rise is a source of pride for the town", None),
    ],
)
def test_a_caption_ends_before_its_credit(printed: str, caption: str, credit: str | None) -> None:
    assert split_caption(printed) == (caption, credit)


def test_a_credit_that_the_figure_names_is_taken_and_cut_from_the_caption() -> None:
    claims = [_claim("image_caption", "The harbour at dawn. Photo: Ana Silva"), _claim("image_credit", "Photo: Ana Silva")]
    assert choose_caption(claims) == ("The harbour at dawn.", "Ana Silva")
    assert choose_caption([_claim("image_credit", "© Jan Roth", "jsonld")]) == (None, "Jan Roth")
    assert choose_caption([_claim("image_caption", "The harbour at dawn")]) == ("The harbour at dawn", None)
    assert choose_caption([]) == (None, None)


@pytest.mark.parametrize(
    ("title", "section", "path", "stated", "kind"),
    [
        ("Council votes on harbour", "Local", "/news/1", "newsarticle", "news"),
        ("Council votes on harbour", None, "/news/1", "liveblogposting", "live"),
        ("LIVE: Council votes on harbour", None, "/news/1", "newsarticle", "live"),
        ("Live music returns to the harbour", None, "/news/1", "newsarticle", "news"),
        ("Liveticker - Rat stimmt ab", None, "/1", "", "live"),
        ("EN DIRECT. Le conseil vote", None, "/1", "", "news"),  # a full stop is no bar
        ("En direct : le conseil vote", None, "/1", "", "live"),
        ("Прямая трансляция: совет голосует", None, "/1", "", "live"),
        ("Why the harbour must close", "Opinion", "/1", "", "opinion"),
        ("Why the harbour must close", None, "/commentisfree/2026/1", "", "opinion"),
        ("Kommentar: Der Hafen muss schließen", None, "/1", "newsarticle", "opinion"),
        ("社説：港を閉じよ", None, "/1", "", "opinion"),
        ("Opinion polls close", None, "/1", "", "news"),
        ("The harbour from the air", None, "/video/1", "newsarticle", "video"),
        ("The harbour from the air", None, "/1", "videoobject", "video"),
        ("Bildergalerie: Der Hafen von oben", None, "/1", "", "gallery"),
        ("The harbour from the air", None, "/in-pictures/1", "", "gallery"),
    ],
)
def test_the_type_of_an_article(title: str, section: str | None, path: str, stated: str, kind: str) -> None:
    claims = [_claim("type", stated, "jsonld")] if stated else []
    assert choose_kind(claims, title=title, section=section, url=f"https://harbourpost.example{path}") == kind


@pytest.mark.parametrize(
    ("title", "headings", "kind"),
    [
        ("Harbours worth a trip", ["1. Lisbon", "2. Porto", "3. Cork"], "list"),
        ("Harbours worth a trip", ["3. Lisbon", "2. Porto", "1. Cork"], "list"),
        ("Die 4 schönsten Häfen", ["Lissabon", "Porto", "Cork", "Brest", "Mehr zum Thema"], "list"),
        ("3 die as ship sinks", ["What happened"], "news"),
        ("Harbours worth a trip", ["Lisbon", "Porto", "Cork"], "news"),
        ("2026 in review", ["2024 looked better", "2025 too", "2026"], "news"),
    ],
)
def test_a_list_has_as_many_items_as_it_says_or_numbers_them(title: str, headings: list[str], kind: str) -> None:
    page = parse(f"<article><h1>{title}</h1>{''.join(f'<h2>{heading}</h2><p>Text.</p>' for heading in headings)}</article>")
    assert choose_kind(count_items(page), title=title, section=None, url="https://harbourpost.example/1") == kind
