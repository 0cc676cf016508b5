"""Notices that stand in an article's place are refused by their name, in fourteen languages and in words that no rule spells out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from pipeline.extract.article import extract
from pipeline.extract.context import Context
from pipeline.extract.limits import Limits
from pipeline.extract.mojibake import find_garbled, is_suspect, mend, mend_controls
from pipeline.extract.walls import addresses_reader
from pipeline.records import Article, Outcome, Refused, Respect, Rights, SourceFacts

NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
SOURCE = SourceFacts(source_id=1, slug="post", homepage="https://harbourpost.example/", language=None, timezone="UTC", respect=Respect.NONE)
CONTEXT = Context(url="https://harbourpost.example/city/4711", source=SOURCE, facts=(), rights=Rights(), now=NOW, limits=Limits())
PRINTED = tomllib.loads((Path(__file__).parent / "notices.toml").read_text(encoding="utf-8"))
NAMES = {
    "cookie_wall": (Outcome.NON_ARTICLE, "cookie wall"),
    "bot_check": (Outcome.BLOCKED, "bot check"),
    "login": (Outcome.NON_ARTICLE, "login"),
    "paywall": (Outcome.PAYWALLED, "teaser"),
    "not_found": (Outcome.NON_ARTICLE, "soft 404"),
    "error_page": (Outcome.NON_ARTICLE, "error page"),
}


def _extract(title: str, text: str, *, lang: str = "en", head: str = "", after: str = "") -> Article | Refused:
    body = f"<main><h1>{escape(title)}</h1><p>{escape(text)}</p>{after}</main>"
    html = f'<html lang="{lang}"><head><title>{escape(title)}</title>{head}</head><body>{body}</body></html>'
    return extract(
        html, Context(url="https://harbourpost.example/city/4711", source=SOURCE, facts=(), rights=Rights(), now=NOW, limits=Limits())
    )


def test_every_kind_is_tried_in_many_languages() -> None:
    assert all(len(PRINTED[kind]) >= 10 for kind in NAMES if kind != "error_page")


@pytest.mark.parametrize(("kind", "lang"), [(kind, lang) for kind, printed in PRINTED.items() for lang in printed])
def test_a_notice_is_refused_by_its_name_with_a_score(kind: str, lang: str) -> None:
    outcome, name = NAMES[kind]
    for title, text in PRINTED[kind][lang]:
        refused = _extract(title, text, lang=lang)
        assert isinstance(refused, Refused) and (refused.outcome, refused.detail.partition(":")[0]) == (outcome, name), (text, refused)
        assert re.search(r"\(score (?:0\.[5-9]\d|1\.00)\)$", refused.detail), refused


@pytest.mark.parametrize(
    ("build", "says"),
    [
        ('<div id="cf-error-details" class="cf-error-details-wrapper">', "blocked: bot check"),
        ('<div id="cf-error-details"><div id="cf-host-status" class="cf-error-source">', "non_article: error page"),
        ("<center>nginx/1.27</center>", "non_article: error page"),
    ],
)
def test_a_services_own_page_is_known_by_its_build_in_any_language(build: str, says: str) -> None:
    words = "Tá an leathanach seo á chosaint ag seirbhís slándála agus ní féidir leat é a léamh anois. " * 6
    refused = _extract("Cosc", words, lang="ga", head=build)
    assert isinstance(refused, Refused) and f"{refused.outcome}: {refused.detail}".startswith(says), refused
    assert isinstance(_extract("Cosc", words, lang="ga", head=f'{build}<meta property="og:type" content="article">'), Article)


WALLS = tomllib.loads((Path(__file__).parent / "walls.toml").read_text(encoding="utf-8"))["page"]
STORY = "".join(
    f"<p>The council of Northmere met in room {number} on Monday to decide how the old grain stores will be used once the last ships have "
    f"left the basin, and heard from nine residents, two of whom had brought plans of their own.</p>"
    for number in range(8)
)


def _extract_page(html: str) -> Article | Refused:
    return extract(
        html, Context(url="https://harbourpost.example/city/4711", source=SOURCE, facts=(), rights=Rights(), now=NOW, limits=Limits())
    )


@pytest.mark.parametrize("page", WALLS, ids=lambda page: page["service"])
def test_what_stands_in_an_articles_place_is_known_by_its_build_too(page: dict[str, str]) -> None:
    outcome, name = NAMES[page["kind"]]
    refused = _extract_page(page["html"])
    assert isinstance(refused, Refused) and (refused.outcome, refused.detail.partition(":")[0]) == (outcome, name), refused


@pytest.mark.parametrize("page", WALLS, ids=lambda page: page["service"])
def test_the_same_over_an_article_hides_nothing(page: dict[str, str]) -> None:
    over = page["html"].replace("<body>", f"<body><article><h1>Stores to open</h1>{STORY}</article>")
    article = _extract_page(over)
    assert isinstance(article, Article) and article.body.count("Northmere") == 8, article


def test_an_address_names_a_page_without_text() -> None:
    html = "<html><head><title>Harbour Post</title></head><body><div id=root></div></body></html>"
    for url, name in (
        ("https://consent.harbourpost.example/v2?to=4711", "cookie wall"),
        ("https://harbourpost.example/sso/login", "login"),
    ):
        refused = extract(html, replace(CONTEXT, url=url))
        assert isinstance(refused, Refused) and refused.detail.startswith(name), refused


@pytest.mark.parametrize(
    ("notice", "report"),
    [
        ("Vi vil gerne vise dig artiklen.", "The digital archive opens in June."),
        ("Vi vill visa deg saken.", "Two degrees were too many."),
        ("Om du läser vidare godkänner du detta.", "Le prix du port a doublé."),
        ("Ik wil dat je gegevens veilig zijn.", "Je länger der Winter, desto voller die Speicher."),
        ("Read on if you like.", "Young people moved to the harbour."),
        ("Bitte warten.", "Ein bitterkalter Winter kam früh."),
        ("기다려 주세요", "시의회는 월요일 회의를 열었다."),
    ],
)
def test_a_word_that_addresses_a_reader_is_not_found_in_another_languages_words(notice: str, report: str) -> None:
    assert addresses_reader(notice) and not addresses_reader(report)


TOLD = (
    "<p>For three hours on Saturday everyone who tried to book a crossing saw the same line on a white page, and nobody at the "
    "company could say where it came from.</p><p>The harbour board has now published its report, and it names a full disk, a backup "
    "that had failed since March and mails that no one had opened.</p><p>Forty passengers will get their money back, the board said, "
    "and the ferry will sell its tickets at the quay again until the summer is over.</p>"
)


@pytest.mark.parametrize("title", ["Page not found", "Error 503: how a ferry lost its summer", "“I am not a robot” and other lies"])
def test_an_article_may_be_called_what_it_is_about(title: str) -> None:
    assert isinstance(_extract(title, "", after=TOLD), Article)
    told_by_none = _extract(title, "", after="<p>Please try again.</p>")
    assert isinstance(told_by_none, Refused)


def test_a_consent_box_that_is_left_above_an_article_is_no_wall() -> None:
    box = "<p>This site uses cookies. You agree?</p>"
    assert isinstance(_extract("Ferry sold", "", after=box + TOLD), Article)
    refused = _extract("Ferry sold", "", after=box + "<p>Accept the cookies of our partners to read on, or reject advertising.</p>")
    assert isinstance(refused, Refused) and refused.detail.startswith("cookie wall"), refused


SHORT_ARTICLES = {
    "cookies": (
        "en",
        "The regulator fined three publishers on Monday for asking readers to accept cookies without a way to refuse. The firms "
        "share data with advertising partners, it found, and some set trackers on a device before anybody could agree. Two of "
        "them will appeal. The third said that it had changed its pages in March and would pay the fine of 40,000 euros in full "
        "by the end of June, a spokeswoman told the court. ",
    ),
    "passwords": (
        "de",
        "Unbekannte haben am Wochenende die Zugänge von rund 300 Lehrkräften gestohlen. Wie die Stadt am Montag mitteilte, "
        "müssen nun alle ihr Passwort ändern und sich neu anmelden. Die Polizei ermittelt. Betroffen seien nur Konten, die seit "
        "Jahren niemand benutzt habe, sagte ein Sprecher. Zeugnisse und Noten lägen auf einem anderen Rechner, der von außen "
        "nicht zu erreichen sei. Am Mittwoch berät der Ausschuss darüber. ",
    ),
    "subscriptions": (
        "fr",
        "Le journal du port perd des lecteurs mais gagne des abonnés. Selon les chiffres publiés lundi, douze mille personnes "
        "paient désormais chaque mois, soit deux mille de plus qu'il y a un an. Le prix passera à neuf euros par mois en "
        "septembre. La direction promet de rouvrir la rédaction locale, fermée depuis six ans, et d'embaucher trois "
        "journalistes pour suivre les travaux de la digue et le conseil municipal. ",
    ),
    "robots": (
        "es",
        "Un robot de fabricación local ayudará a limpiar el puerto a partir de junio. La máquina, que no necesita una persona a "
        "bordo, recoge plásticos y aceites y los lleva a tierra cada noche. El ayuntamiento pagó cuarenta mil euros por ella. "
        "Los pescadores dudan de que resista el invierno, pero la empresa asegura que ya trabaja en otros dos puertos del norte "
        "sin averías desde hace más de un año. ",
    ),
    "a page that is gone": (
        "en",
        "The city has removed a page about the old harbour from its website after residents said that the history it told was "
        "not found in any archive. The text had moved three times since 2019. Officials could not say on Monday who wrote it. A "
        "new version, checked by the museum, will go up in June, together with forty photographs that a retired teacher gave to "
        "the town when she moved away. ",
    ),
}


@pytest.mark.parametrize("about", SHORT_ARTICLES)
def test_a_short_article_about_such_things_is_none(about: str) -> None:
    lang, text = SHORT_ARTICLES[about]
    assert isinstance(_extract("News from the harbour", text, lang=lang), Article)


def test_a_brief_is_too_short_and_nothing_else() -> None:
    text = "Both sides spoke about the ferry, according to the council: the case is closed, at €77 million a month."
    refused = _extract("€77 million for a ferry", text)
    assert isinstance(refused, Refused) and refused.outcome is Outcome.TOO_SHORT, refused


def test_a_page_that_holds_only_a_video_is_called_so() -> None:
    refused = _extract("The harbour from the air", "Watch the boats.", head='<meta property="og:type" content="video.other">')
    assert refused == Refused(outcome=Outcome.NON_ARTICLE, detail="video only: 3 words beside it")


def test_headlines_and_no_text_are_a_list_page() -> None:
    links = "".join(f'<div><a href="/{number}">Council votes on wall number {number}</a></div>' for number in range(8))
    refused = _extract("City", "", after=links)
    assert isinstance(refused, Refused) and refused.outcome is Outcome.NON_ARTICLE and refused.detail.startswith("list page: ")


RUSSIAN = "Совет города обсудил будущее старых зернохранилищ у гавани и решил сохранить два из трёх зданий. " * 8
FRENCH = "Le conseil a évoqué l'état des entrepôts hérités, où l'été dernier des élèves ont été invités à créer. " * 8
JAPANESE = "市議会は月曜日、古い穀物倉庫の今後について話し合い、三棟のうち二棟を残すことを決めた。" * 8
ICELANDIC = "Borgarráð ræddi á mánudag framtíð gömlu kornhlaðanna við höfnina og ákvað að halda tveimur húsanna. " * 8
VIETNAMESE = "Hội đồng thành phố đã họp bàn về tương lai của các nhà kho cũ ở bến cảng và quyết định giữ lại hai tòa nhà. " * 8


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        (RUSSIAN, "utf-8", "cp1251"),
        (RUSSIAN, "utf-8", "latin-1"),
        (RUSSIAN, "cp1251", "latin-1"),
        (RUSSIAN, "koi8-r", "latin-1"),
        (FRENCH, "utf-8", "cp1252"),
        (FRENCH, "latin-1", "utf-8"),
        (JAPANESE, "utf-8", "shift_jis"),
        (JAPANESE, "euc-jp", "latin-1"),
    ],
)
def test_letters_of_a_wrong_charset_are_noticed(text: str, written: str, read: str) -> None:
    garbled = text.encode(written).decode(read, "replace")
    assert find_garbled(garbled) is not None
    result = _extract("Title", garbled)
    if isinstance(result, Article):
        assert text.strip() in result.body, "mended, since nothing was lost"
    else:
        assert result.outcome is Outcome.BAD_PAGE, result


@pytest.mark.parametrize("text", [RUSSIAN, FRENCH, JAPANESE, VIETNAMESE, ICELANDIC])
def test_letters_of_a_language_are_its_own(text: str) -> None:
    assert find_garbled(text) is None
    assert not is_suspect(text)


UKRAINIAN = "Рада порту в понеділок обговорила події в Росії й акції біля дії старих складів: «Її рішення» — це надії міста. " * 8
GERMAN = "Der Rat entschied „mit großem Spaß“, sagte er – über die Größe der Speicher: „Öffnen, schließen, Ende.“ " * 8
CZECH = "Zastupitelé v pondělí řešili, co bude se starými sýpkami u přístavu, a rozhodli, že dvě ze tří zůstanou stát. " * 8
TURKISH = "Şehir meclisi pazartesi günü eski ambarların geleceğini görüştü; üç yapıdan ikisi kalacak, köşkün çatısı onarılacak. " * 8
KOREAN = "시의회는 월요일 오래된 곡물 창고의 앞날을 논의하고 세 동 가운데 두 동을 남기기로 했다. " * 8
ARABIC = "ناقش مجلس المدينة يوم الاثنين مستقبل مخازن الحبوب القديمة قرب الميناء وقرر الإبقاء على اثنين منها. " * 8


@pytest.mark.parametrize(
    ("text", "wrong", "times"),
    [
        *((text, "cp1252", 1) for text in (RUSSIAN, FRENCH, JAPANESE, VIETNAMESE, UKRAINIAN, GERMAN, KOREAN, ARABIC)),
        (CZECH, "cp1250", 1),
        *((text, "latin-1", 2) for text in (RUSSIAN, FRENCH, JAPANESE, GERMAN)),
        (FRENCH, "latin-1", 1),
        (KOREAN, "latin-1", 1),
        (RUSSIAN, "cp1251", 1),
        (UKRAINIAN, "cp1251", 1),
    ],
)
def test_a_page_that_went_through_a_wrong_charset_is_read_as_it_was_meant(text: str, wrong: str, times: int) -> None:
    """Where nothing was lost: bytes without a character in cp1252 and cp1251 are control characters to browsers."""
    garbled = text
    for _ in range(times):
        garbled = "".join(bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in garbled.encode())
    assert mend(garbled) == text
    result = _extract("Nach der Sitzung", garbled)
    assert isinstance(result, Article) and "mojibake_mended" in result.quality_flags and text.strip() in result.body, result


def test_one_sentence_that_was_read_wrong_is_mended_where_control_characters_give_it_away() -> None:
    """A heading out of another system: the rest of the page is as it should be, in letters that are no misreading ("Â", "Ã", "â€")."""
    rest = "<p>Em São João das Âncoras, «Ã» é letra; â€ não é nada.</p>"
    said = "The harbour’s stores — “open” by 2027, at €3"
    garbled = said.encode().decode("latin-1")
    assert mend_controls(f"<h2>{garbled}</h2>{rest}") == f"<h2>{said}</h2>{rest}"
    assert mend_controls(f"\x80\x99 \xe2\x80 {rest}") == f"\x80\x99 \xe2\x80 {rest}"  # no run is whole


@pytest.mark.parametrize("text", [RUSSIAN, FRENCH, JAPANESE, VIETNAMESE, ICELANDIC, UKRAINIAN, GERMAN, CZECH, TURKISH, KOREAN, ARABIC])
def test_a_page_in_its_own_letters_is_left_alone(text: str) -> None:
    assert mend(text) is None and not is_suspect(text)


def test_turkish_in_icelandic_letters_is_refused() -> None:
    refused = _extract("Ambarlar", TURKISH.encode("cp1254").decode("cp1252"))
    assert isinstance(refused, Refused) and refused.outcome is Outcome.BAD_PAGE, refused
    assert find_garbled(TURKISH) is None


def test_what_lost_letters_is_refused_and_not_guessed_at() -> None:
    lost = FRENCH.encode().decode("cp1252", "replace").replace("\u00a0", " ").replace("©", "?")
    refused = _extract("Entrepôts", lost)
    assert isinstance(refused, Refused) and refused.outcome is Outcome.BAD_PAGE, refused
