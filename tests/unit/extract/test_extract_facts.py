"""Titles, people, agencies, datelines, languages and JSON-LD."""

from __future__ import annotations

import json

import pytest

from pipeline.extract import jsonld
from pipeline.extract.authors import agency_credited, choose_agency, choose_authors, choose_byline, people_in
from pipeline.extract.datelines import find_dateline, place_of
from pipeline.extract.languages import choose_language, detect, primary_tag
from pipeline.extract.titles import choose_title, outlet_names
from pipeline.records import Evidence

URL = "https://www.harbourpost.example/news/1"
OUTLETS = frozenset({"harbourpost", "theharbourpost"})


def _claim(field: str, value: str, origin: str = "jsonld") -> Evidence:
    return Evidence(field=field, value=value, origin=origin)


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        ("By Ana Silva and Tom Brown", ("Ana Silva", "Tom Brown")),
        ("Von Jürgen Weiß, Berlin", ("Jürgen Weiß",)),
        ("Por María José Pérez y Juan Gómez", ("María José Pérez", "Juan Gómez")),
        ("Ana Silva, Political Editor", ("Ana Silva",)),
        ("Ana Silva (Harbour Post)", ("Ana Silva",)),
        ("Автор: Анна Петрова", ("Анна Петрова",)),
        ("山田花子", ("山田花子",)),
        ("Dr. Max Kolter", ("Max Kolter",)),
        ("张伟、李娜", ("张伟", "李娜")),
        ("김민수 기자", ("김민수",)),
        ("Jan Roth Senior Political Editor", ("Jan Roth",)),
        ("Jan Roth Founder & Lead Reviewer", ("Jan Roth",)),
        ("Jan Roth 4 August 2024", ("Jan Roth",)),
        ("View all posts by Jan Roth", ("Jan Roth",)),
        ("By Jan Roth, in Travel, Portugal", ("Jan Roth",)),
        ("Jan Roth Former Political Editor", ("Jan Roth",)),
        ("Jan Kowalski i Anna Nowak", ("Jan Kowalski", "Anna Nowak")),
        ("Kovács Péter és Nagy Éva", ("Kovács Péter", "Nagy Éva")),
        ("Олена Бондар та Іван Кравець", ("Олена Бондар", "Іван Кравець")),
        (
            "Author: he lives and works in Calgary, Alberta, and bikes all the year round. See the page about us for more.",
            (),
        ),
        ("View more posts", ()),
        ("Updated by Jan Roth", ()),
        ("HARBOURPOST Nord", ()),
        ("AFP Deutschland", ()),
        ("Harbour Post (www.harbourpost.example)", ()),
        ("HPN", ()),
        ("Reuters Staff", ()),
        ("Associated Press", ()),
        ("The Harbour Post", ()),
        ("harbourpost.example", ()),
        ("Staff Writer", ()),
        ("News Desk", ()),
        ("Redaktion", ()),
        ("admin", ()),
        ("https://www.facebook.com/harbourpost", ()),
        ("@harbourpost", ()),
        ("", ()),
    ],
)
def test_people_in_a_byline(raw: str, people: tuple[str, ...]) -> None:
    assert people_in(raw, OUTLETS) == people


def test_where_the_outlet_credits_itself_a_link_to_somebody_is_another_articles() -> None:
    link = _claim("author_link", "Jan Roth", "html")
    assert choose_authors([_claim("author", "Harbour Post"), link], OUTLETS) == ("Jan Roth",)
    assert choose_authors([_claim("author", "Harbour Post"), _claim("author", "Harbour Post", "meta"), link], OUTLETS) == ()
    signed = _claim("signature", "Lê Phương", "html")
    assert choose_authors([_claim("author", "Harbour Post"), _claim("author", "Harbour Post", "meta"), signed], OUTLETS) == ("Lê Phương",)


def test_after_a_desk_no_other_articles_author_is_read() -> None:
    shown = [_claim("author", name, "html") for name in ("Harbour Staff", "Ana Silva", "Tom Brown")]
    assert choose_authors(shown, OUTLETS) == ()
    assert choose_authors(shown[1:], OUTLETS) == ("Ana Silva", "Tom Brown")


def test_a_byline_that_is_a_date_credits_nobody() -> None:
    for printed in ("Sat, 20 Dec, 2025 - 06:36", "Finance January 27, 2025"):
        assert choose_byline([_claim("byline", printed, "html")], (), OUTLETS) is None


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("millbay-post", "Millbay closes its quay"),
        ("millbaypost.example", "Millbay closes its quay"),
        ("post", "Millbay closes its quay | Millbay Post"),
        ("", "Millbay closes its quay | Millbay Post"),
    ],
)
def test_the_outlets_name_is_known_from_its_slug(slug: str, title: str) -> None:
    claims = [_claim("page_title", "Millbay closes its quay | Millbay Post", "html")]
    assert choose_title(claims, url="https://127.0.0.1/a", slug=slug) == title


def test_authors_come_from_the_most_trusted_origin_that_names_people() -> None:
    claims = [
        _claim("author", "Reuters Staff"),
        _claim("author", "https://x.example/ana", "opengraph"),
        _claim("author", "Ana Silva", "meta"),
    ]
    assert choose_authors(claims, OUTLETS) == ("Ana Silva",)
    assert choose_agency(claims, ()) == "Reuters"
    assert choose_byline([_claim("author", "dpa")], (), OUTLETS) == "dpa"


@pytest.mark.parametrize(
    ("line", "agency"), [("BELGRADE, Serbia (AP) — Ships left.", "AP"), ("Kiel (dpa) - Schiffe.", "dpa"), ("The AP said ships left.", None)]
)
def test_agency_credited_in_the_text(line: str, agency: str | None) -> None:
    assert choose_agency((), [line]) == agency


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("Source: AFP", "AFP"),
        ("Fonte: Ansa", "ANSA"),
        ("Quelle: dpa", "dpa"),
        ("(Quelle: APA/sda/dpa)", "APA"),
        ("© dpa-infocom, dpa:260512-99-123456/2", "dpa"),
        ("With reporting by AFP and Reuters", "AFP"),
        ("Con información de EFE", "EFE"),
        ("Источник: РИА Новости", "RIA Novosti"),
        ("Copyright 2026 The Associated Press. All rights reserved.", "AP"),
        ("Copyright 2026 Beacon Media, Harrisburg, PA 17101", None),
        ("Additional reporting by Antara Ghosh and Sid Meyer", None),
        ("Con información del gobierno belga", None),
        ("© 2026 Harbour Post. Photo: AFP", None),
        ("© 2026 Beacon. Mapa y grafía", None),
        ("Source: Kyodo Beacon", None),
        ("Source: Bloomberg", None),
        ("Source: TT", None),
    ],
)
def test_agency_credited_in_a_line_that_is_no_text(line: str, agency: str | None) -> None:
    assert agency_credited([line], frozenset({"bloomberglinea", "ttnews"})) == agency


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("BELGRADE, Serbia (AP) — The last ships left on Monday.", "BELGRADE, Serbia"),
        ("LONDON, March 3 (Reuters) - The last ships left on Monday.", "LONDON, March 3"),
        ("Kiel (dpa) - Die letzten Schiffe legten ab.", "Kiel"),
        ("MADRID, 3 Mar. (EUROPA PRESS) - Los últimos barcos zarparon.", "MADRID, 3 Mar"),
        ("NEW YORK — The last ships left on Monday.", "NEW YORK"),
        ("(ANSA) - ROMA, 03 MAR - Le ultime navi sono partite.", "ROMA"),
        ("МОСКВА, 3 марта — РИА Новости. Корабли ушли.", "МОСКВА, 3 марта"),
        ("【東京】最後の船が港を出た。", "東京"),
        ("新华社北京3月4日电 最后的船离开了港口。", "北京"),
        ("The last ships left on Monday.", None),
        ("UPDATE — The last ships left on Monday.", None),
        ("She asked why — and nobody answered.", None),
    ],
)
def test_datelines(line: str, place: str | None) -> None:
    assert find_dateline(line) == place


@pytest.mark.parametrize(
    ("claims", "title"),
    [
        (
            [_claim("title", "Ships leave | The Harbour Post", "opengraph"), _claim("site_name", "The Harbour Post", "opengraph")],
            "Ships leave",
        ),
        ([_claim("title", "Ships leave - harbourpost.example", "opengraph")], "Ships leave"),
        ([_claim("title", "A &amp; B: ships leave", "opengraph")], "A & B: ships leave"),
        ([_claim("type", "newsarticle"), _claim("title", "Newsroom line"), _claim("title", "Search line", "opengraph")], "Newsroom line"),
        (
            [_claim("type", "article"), _claim("title", "Plug-in line | SEO"), _claim("title", "Plug-in line printed", "html")],
            "Plug-in line printed",
        ),
        ([_claim("title", "The Harbour Post", "html"), _claim("title", "Ships leave", "opengraph")], "Ships leave"),
        (
            [
                _claim("type", "newsarticle"),
                _claim("title", "Ships leave the nor…"),
                _claim("title", "Ships leave the northern basin", "html"),
            ],
            "Ships leave the northern basin",
        ),
        (
            [
                _claim("title", "Ships leave the northern basin", "microdata"),
                _claim("title", "Ships leave the northern basin-Politics|Daily", "opengraph"),
            ],
            "Ships leave the northern basin",
        ),
        (
            [
                _claim("type", "newsarticle"),
                _claim("title", "Why the whole harbour is going car-free"),
                _claim("title", "Why the whole harbour is going car", "opengraph"),
            ],
            "Why the whole harbour is going car-free",
        ),
        (
            [_claim("title", "Norwich beat Ipswich at home 2-1"), _claim("title", "Norwich beat Ipswich at home 2", "meta")],
            "Norwich beat Ipswich at home 2-1",
        ),
        (  # two cards and two scripts, of which the second ones say what the page does
            [
                _claim("type", "newsarticle"),
                _claim("title", "All aboard: it is ships ahoy"),
                _claim("title", "Ships leave the northern basin"),
                _claim("title", "All aboard: it is ships ahoy", "opengraph"),
                _claim("title", "All aboard: it is ships ahoy", "meta"),
                _claim("title", "Ships leave the northern basin", "meta"),
                _claim("title", "Ships leave the northern basin", "html"),
                _claim("page_title", "Ships leave the northern basin", "html"),
            ],
            "Ships leave the northern basin",
        ),
        ([], None),
    ],
)
def test_titles(claims: list[Evidence], title: str | None) -> None:
    assert choose_title(claims, url=URL) == title


def test_feed_title_is_the_last_resort() -> None:
    assert choose_title([], url=URL, fed=["Ships leave"]) == "Ships leave"
    assert "harbourpost" in outlet_names([], URL)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The harbour council met on Monday and it was decided that the stores are to be kept for the people of the town.", "en"),
        ("Der Hafenrat hat am Montag entschieden, dass die Speicher nicht verkauft werden und für die Stadt bleiben.", "de"),
        ("Le conseil du port a décidé que les entrepôts ne sont pas vendus et restent dans la ville pour les habitants.", "fr"),
        ("El consejo decidió que los almacenes no se venden y que las casas son para los vecinos de la ciudad, pero no más.", "es"),
        ("Совет гавани решил, что склады остаются городу.", "ru"),
        ("港湾評議会は倉庫を売らないと決めた。", "ja"),
        ("港口委员会决定不出售仓库并将其留给城市居民使用。", "zh"),
        ("항만위원회는 창고를 팔지 않기로 결정했다고 밝혔다.", "ko"),
    ],
)
def test_language_of_a_text(text: str, language: str) -> None:
    assert detect(text)[0] == language


def test_the_page_is_believed_unless_the_text_contradicts() -> None:
    english = "The harbour council met on Monday and it was decided that the stores are to be kept for the people of the town."
    assert choose_language([_claim("language", "en-GB", "html")], english, None)[0] == "en"
    assert choose_language([_claim("language", "de", "html")], english, None)[0] == "en"
    assert choose_language([_claim("language", "uk", "html")], "Рада гавані вирішила, що склади залишаються місту.", "ru")[0] == "uk"
    assert choose_language([], "", "pt") == ("pt", 0.5)
    assert choose_language([], "", None) == (None, None)
    assert primary_tag("pt_BR") == "pt"
    assert primary_tag("not a tag!") is None


def test_json_ld_in_graphs_arrays_and_broken_blocks() -> None:
    article = {"@type": ["NewsArticle"], "headline": "Ships leave", "author": {"@id": "#ana"}}
    graph = json.dumps(
        {
            "@context": "https://schema.org",
            "@graph": [{"@type": "WebPage"}, article, {"@id": "#ana", "@type": "Person", "name": "Ana Silva"}],
        }
    )
    nodes = jsonld.read_blocks(["not json", f"<!-- {graph} -->", '{"@type": "Article", "headline": "Other",}'])
    found = jsonld.article_node(nodes, ["Ships leave"])
    assert found is not None
    assert found["headline"] == "Ships leave"
    assert [jsonld.text_of(person) for person in jsonld.linked(found["author"], nodes)] == ["Ana Silva"]
    other = jsonld.article_node(nodes, ["Other"])
    assert other is not None
    assert other["headline"] == "Other"


@pytest.mark.parametrize(
    "block", ["[" * 100_000, '{"a":' * 5_000, "null", '"text"', "[1, 2]", "x" * 2_000_000, '{"@type": 5, "headline": {"@value": 3}}']
)
def test_hostile_json_ld_is_read_without_harm(block: str) -> None:
    nodes = jsonld.read_blocks([block])
    assert jsonld.article_node(nodes, []) is None


BROKEN = (
    '{"@type": "NewsArticle", // the story\n "headline": "Harbour closed", "datePublished": "2026-05-03T10:00:00Z"}',
    "{'@type': 'NewsArticle', 'headline': 'Harbour closed', 'datePublished': '2026-05-03T10:00:00Z'}",
    '{"@type": "NewsArticle"\n "headline": "Harbour closed",\n "datePublished": "2026-05-03T10:00:00Z",}',
    '{"@type": "NewsArticle", "headline": "Harbour closed", "datePublished": "2026-05-03T10:00:00Z", "keywords": "The "old" wall" x}',
    '{"@type": "NewsArticle", "headline": "Harbour closed", "datePublished": "2026-05-03T10:00:00Z", "articleBody": "The wall',
    '<!-- {"@type": "NewsArticle", /* x */ "headline": "Harbour closed", "datePublished": "2026-05-03T10:00:00Z"} -->',
)


@pytest.mark.parametrize("block", BROKEN)
def test_broken_json_ld_is_repaired(block: str) -> None:
    node = jsonld.article_node(jsonld.read_blocks([block]), ())
    assert node is not None
    assert (node["headline"], node["datePublished"]) == ("Harbour closed", "2026-05-03T10:00:00Z")


def test_what_is_salvaged_is_an_article_with_its_author() -> None:
    block = '{"@type": "NewsArticle", "author": {"@type": "Person", "name": "Ana Silva"}, "headline": "Harbour "quite" closed", "x": }'
    node = jsonld.article_node(jsonld.read_blocks([block]), ())
    assert node is not None
    assert node["author"] == [{"@type": "Person", "name": "Ana Silva"}]
    assert jsonld.read_blocks(['{"@type": "Organization", "name": "Post", oops']) == ()


@pytest.mark.parametrize(
    ("dateline", "place"),
    [
        ("BELGRADE, Serbia", "Belgrade"),
        ("NEW YORK", "New York"),
        ("RIO DE JANEIRO", "Rio de Janeiro"),
        ("MADRID, 3 Mar", "Madrid"),
        ("Berlin", "Berlin"),
        ("BERLIN/PARIS", "Berlin"),
        ("WASHINGTON, D.C.", "Washington"),
        ("SAINT-DENIS", "Saint-Denis"),
        ("МОСКВА", "Москва"),
        ("北京", "北京"),
        ("3 March", None),
        ("REUTERS", None),
    ],
)
def test_the_town_of_a_dateline(dateline: str, place: str | None) -> None:
    assert place_of(dateline) == place
