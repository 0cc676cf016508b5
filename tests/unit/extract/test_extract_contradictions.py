"""Facts where a page's claims stand against each other, and facts that only its build tells apart."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.extract.authors import choose_authors
from pipeline.extract.boilerplate import Known, clean_lines
from pipeline.extract.claims import collect, collect_linked
from pipeline.extract.dates import choose_published
from pipeline.extract.languages import choose_language
from pipeline.extract.markup import parse
from pipeline.extract.ownwords import OwnWords
from pipeline.extract.quality import Sample, Verdict, judge
from pipeline.extract.rules import NOTICES
from pipeline.records import Access, Evidence, Outcome, Refused

NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
PROSE = tuple(
    f"Absatz {number}: Der Rat der Stadt beriet lange über die alten Speicher am Hafen und ihre künftige Nutzung." for number in range(6)
)


def _claim(field: str, value: str, origin: str) -> Evidence:
    return Evidence(field=field, value=value, origin=origin)


def _published(*claims: Evidence) -> datetime | None:
    found = choose_published(claims, zone=ZoneInfo("Europe/Berlin"), language="de", now=NOW)
    return found[0].at if found else None


SWAPPED = (_claim("published", "2026-05-13T10:07:00Z", "jsonld"), _claim("modified", "2026-05-13T10:00:00Z", "jsonld"))


def test_publication_and_modification_mixed_up_are_told_by_another_origin() -> None:
    assert _published(*SWAPPED, _claim("published", "2026-05-13T10:00:20Z", "feed")) == datetime(2026, 5, 13, 10, 0, 20, tzinfo=UTC)
    assert _published(*SWAPPED, _claim("printed_date", "13. Mai 2026, 12:00 Uhr", "html")) == datetime(2026, 5, 13, 10, 0, tzinfo=UTC)


def test_a_scheduled_page_is_modified_before_it_is_out() -> None:
    assert _published(*SWAPPED) == datetime(2026, 5, 13, 10, 7, tzinfo=UTC)
    assert _published(*SWAPPED, _claim("published", "2026-05-13T10:07:00Z", "feed")) == datetime(2026, 5, 13, 10, 7, tzinfo=UTC)


def test_author_and_date_of_a_list_of_facts() -> None:
    claims = collect(
        parse("<dl><dt>Veröffentlicht:</dt> <dd>13. Mai 2026</dd><dt>Von</dt><dd>Ana Silva</dd><dt>Länge</dt><dd>3 km</dd></dl>")
    )
    assert [(claim.field, claim.value) for claim in claims if claim.value] == [("labelled_date", "13. Mai 2026"), ("byline", "Ana Silva")]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ('<h1><a href="/">Harbour Post</a></h1>', "site_name"),
        ('<h1><a href="https://harbourpost.example">Harbour Post</a></h1>', "site_name"),
        ('<h1><a href="/city/stores">Stores to open</a></h1>', "title"),
        ('<h1>Stores to open <a href="/">Home</a></h1>', "title"),
    ],
)
def test_a_heading_that_leads_home_names_the_outlet(heading: str, field: str) -> None:
    assert [claim.field for claim in collect(parse(heading)) if claim.value] == [field]


@pytest.mark.parametrize(("kind", "people"), [('"NewsMediaOrganization"', ()), ('["Person", "Organization"]', ("Ana Silva",))])
def test_an_outlet_that_calls_itself_an_organisation_is_no_author(kind: str, people: tuple[str, ...]) -> None:
    linked = f'{{"@type": "NewsArticle", "headline": "x", "publisher": {{"@type": {kind}, "name": "Ana Silva"}}}}'
    tree = parse(f'<script type="application/ld+json">{linked}</script><meta name="author" content="Ana Silva">')
    seen = collect(tree)
    assert choose_authors((*seen, *collect_linked(tree, seen)), frozenset({"anasilva"})) == people


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "fr",
            "La ville de Castelbrun a voulu la réforme de la gare, mais la région de la vallée au sud de la ville la refuse de nouveau.",
        ),
        ("pt", "A cidade de Ovar quer a obra de a ponte, mas a região de o sul da cidade a recusa de novo e a câmara de a vila espera."),
    ],
)
def test_related_languages_do_not_overrule_the_page(language: str, text: str) -> None:
    assert choose_language([_claim("language", language, "html")], text, None)[0] == language


def test_a_page_in_another_language_than_it_says() -> None:
    text = "The council said that the work on the harbour was to begin in the spring and that it would be paid for by the state."
    assert choose_language([_claim("language", "ru", "html")], text, None)[0] == "en"


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("Ana Silva berichtet seit 2012 aus dem Norden.", False),
        ("Ana Silva suit la région pour notre journal.", False),
        ("Reporterin Ana Silva berichtet aus dem Norden.", False),
        ("Am Ende des Abends blieb in der Halle nur noch Ana Silva zurück.", True),
        ("Ana Silva sagte: „Wir bleiben.“", True),
        ("Anas Silvaner wächst am Hang.", True),
    ],
)
def test_a_portrait_of_the_author_below_the_text(line: str, stays: bool) -> None:
    kept, _ = clean_lines([*PROSE, line], Known(title="Speicher", authors=("Ana Silva",), language="de"))
    assert (line in kept) is stays


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("bot_check", "Aktivieren Sie JavaScript und Cookies, um fortzufahren."),
        ("bot_check", "Включите JavaScript и файлы cookie, чтобы продолжить."),
        ("bot_check", "続行するには、JavaScriptとCookieを有効にしてください。"),
        ("bot_check", "Comprobamos que no es un robot."),
        ("paywall", "Pour poursuivre votre lecture, abonnez-vous dès maintenant."),
    ],
)
def test_notices(kind: str, text: str) -> None:
    assert NOTICES[kind].search(text)


@pytest.mark.parametrize(
    "text", ["JavaScript is a language of the web, and cookies are small files.", "Pour lire la suite du rapport, il a pris un jour."]
)
def test_what_is_no_notice(text: str) -> None:
    assert not any(NOTICES[kind].search(text) for kind in ("bot_check", "paywall"))


def _sample(**more: object) -> Sample:
    shown = {"url": "https://x.example/a/b", "title": "Konto", "page_title": "Konto", "text": "Konto", "raw_text": "Konto"}
    return Sample(**{**shown, "access": Access.UNKNOWN, "dated": False, "article_markup": False, **more})  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({}, Outcome.TOO_SHORT),
        ({"own": OwnWords(asks_password=True)}, Outcome.NON_ARTICLE),
        ({"link_lines": 30}, Outcome.NON_ARTICLE),
        ({"link_lines": 30, "dated": True, "article_markup": True}, Outcome.TOO_SHORT),
        ({"own": OwnWords(text="Passwort vergessen? Hier anmelden.", uncovered="Passwort vergessen? Hier anmelden.")}, Outcome.NON_ARTICLE),
        ({"url": "https://x.example/section/politics", "dated": True, "text": "Wort " * 300}, Outcome.NON_ARTICLE),
        ({"teaser_share": 0.9, "text": "Wort " * 300}, Outcome.NON_ARTICLE),
    ],
)
def test_names_of_refusals(more: dict[str, object], outcome: Outcome) -> None:
    verdict = judge(_sample(**more), 50)
    assert isinstance(verdict, Refused) and verdict.outcome is outcome


@pytest.mark.parametrize(
    "more",
    [
        {"own": OwnWords(text="Der Rat beriet. " * 100, asks_password=True)},
        {"link_lines": 90},
        {"teaser_share": 0.4},
        {"teaser_share": 0.9, "dated": True, "article_markup": True},
    ],
)
def test_an_article_with_a_login_box_and_related_stories_passes(more: dict[str, object]) -> None:
    assert isinstance(judge(_sample(text="Der Rat beriet. " * 100, **more), 50), Verdict)
