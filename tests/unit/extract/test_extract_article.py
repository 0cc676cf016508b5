"""A page's whole way to an article or a refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import pytest

from pipeline.extract.article import extract
from pipeline.extract.context import Context
from pipeline.extract.limits import Limits
from pipeline.extract.quality import count_words
from pipeline.extract.wire import Job, job_from_json, job_to_json, result_from_json, result_to_json
from pipeline.records import Access, Article, Candidate, DateClaim, EndpointKind, Outcome, Precision, Refused, Respect, Rights, SourceFacts

NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
SOURCE = SourceFacts(
    source_id=1,
    slug="harbour-post",
    homepage="https://www.harbourpost.example/",
    language="en",
    timezone="Europe/London",
    respect=Respect.NONE,
)
URL = "https://www.harbourpost.example/city/stores-to-open-4711"
PARAGRAPHS = (
    "PORT ELLEN, Scotland (AP) — The harbour council met on Monday to decide how the old grain stores will be used once the last ships "
    "have left "
    "the northern basin, and heard from eleven residents who asked for housing.",
    "Work on the first of the three buildings could begin in spring, the engineer told the meeting, if the ministry releases the money "
    "that it "
    "promised two years ago and the tide gates are repaired.",
    "A second hearing is planned for the end of the month, when the owners of the fish market will present their own drawings for the "
    "quay and "
    "answer questions about the traffic they expect.",
)
HEAD = """
<title>Grain stores to open | The Harbour Post</title>
<link rel="canonical" href="https://harbourpost.example/city/stores-to-open-4711">
<meta property="og:type" content="article"><meta property="og:site_name" content="The Harbour Post">
<meta property="og:title" content="Grain stores to open | The Harbour Post">
<meta property="article:tag" content="harbour"><meta property="article:tag" content="housing">
<meta property="og:image" content="/img/stores.jpg">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Grain stores to open", "datePublished": "2026-05-13T09:30:00",
 "dateModified": "2026-05-13T11:00:00", "author": [{"@type": "Person", "name": "Ana Silva"}, {"@type": "Person", "name": "Tom Brown"}],
 "articleSection": "City", "isAccessibleForFree": "True"}</script>
"""
FURNITURE = """<nav><a href="/">Home</a></nav><p class="label">City</p><h1>Grain stores to open</h1>
<p class="byline">By Ana Silva and Tom Brown</p>"""


def _page(*, head: str = HEAD, before: str = FURNITURE, paragraphs: tuple[str, ...] = PARAGRAPHS, after: str = "", lang: str = "en") -> str:
    text = "<p>ADVERTISEMENT</p>".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    body = f"{before}<article>{text}{after}</article><footer>© 2026</footer>"
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'


def _extract(html: str, *, url: str = URL, facts: tuple[Candidate, ...] = (), min_words: int = 50) -> Article | Refused:
    return extract(html, Context(url=url, source=SOURCE, facts=facts, rights=Rights(), now=NOW, limits=Limits(min_words=min_words)))


def _article(html: str, **more: object) -> Article:
    result = _extract(html, **more)  # type: ignore[arg-type]  # passed on as given
    assert isinstance(result, Article), result
    return result


@pytest.mark.parametrize(
    ("credit", "lang", "agency"),
    [
        ("Source: AFP", "en", "AFP"),
        ("Quelle: dpa", "de", "dpa"),
        ("© dpa-infocom, dpa:260512-99-123456/2", "de", "dpa"),
        ("With reporting by AFP", "en", "AFP"),
        ("Con información de EFE", "es", "EFE"),
        ("Источник: РИА Новости", "ru", "RIA Novosti"),
        ("© 2026 The Harbour Post", "en", None),
    ],
)
def test_a_credit_that_is_cut_names_the_agency(credit: str, lang: str, agency: str | None) -> None:
    texts = {
        "en": "The council heard from residents who asked for housing and for trees, and it put the vote off. ",
        "de": "Der Rat hörte die Anwohner an, die Wohnungen und Bäume wollten, und er verschob die Abstimmung. ",
        "es": "El consejo escuchó a los vecinos, que pedían viviendas y árboles, y aplazó la votación del puerto. ",
        "ru": "Совет выслушал жителей, которые просили жильё и деревья, и отложил голосование о старом порте. ",
    }
    article = _article(
        _page(head="<title>Stores</title>", before="", paragraphs=(texts[lang] * 3, texts[lang] * 4), after=f"<p>{credit}</p>", lang=lang)
    )
    assert (credit in article.body, article.agency) == (False, agency)


def test_an_article_and_its_facts_and_nothing_else() -> None:
    article = _article(_page(after="<p>Read more: Ferry timetable changes</p><p>Share | Tweet | Email</p>"))
    assert article.title == "Grain stores to open"
    assert article.body == "\n\n".join(PARAGRAPHS)
    assert article.authors == ("Ana Silva", "Tom Brown")
    assert article.published == DateClaim(at=datetime(2026, 5, 13, 8, 30, tzinfo=UTC), precision=Precision.SECOND)
    assert article.modified_at == datetime(2026, 5, 13, 10, tzinfo=UTC)
    assert (article.dateline, article.agency, article.section) == ("PORT ELLEN, Scotland", "AP", "City")
    assert (article.tags, article.language, article.access) == (("harbour", "housing"), "en", Access.FREE)
    assert (article.place, article.modified_precision, article.article_type) == ("Port Ellen", Precision.SECOND, "news")
    assert article.claimed_url == "https://harbourpost.example/city/stores-to-open-4711"
    assert article.image_url == "https://www.harbourpost.example/img/stores.jpg"
    assert {claim.field for claim in article.evidence if claim.chosen} >= {"title", "published", "author", "section"}


def test_equal_pages_give_equal_bytes() -> None:
    assert result_to_json(_extract(_page())) == result_to_json(_extract(_page()))


@pytest.mark.parametrize("html", [_page(), "<p>short</p>"])
def test_results_cross_the_wire(html: str) -> None:
    result = _extract(html)
    assert result_from_json(result_to_json(result)) == result


def test_jobs_cross_the_wire() -> None:
    fact = Candidate(url=URL, title="T", authors=("A",), published=DateClaim(at=NOW, precision=Precision.DAY), categories=("c",))
    rights = Rights(robots=("noai",), origins=("meta",))
    job = Job(content_type="text/html", context=Context(url=URL, source=SOURCE, facts=(fact,), rights=rights, now=NOW, limits=Limits()))
    assert job_from_json(job_to_json(job)) == job


def test_the_feed_fills_in_what_the_page_does_not_say() -> None:
    fact = Candidate(
        url=URL,
        title="Grain stores",
        authors=("Eva Lind",),
        published=DateClaim(at=datetime(2026, 5, 12, 7, tzinfo=UTC), precision=Precision.SECOND),
    )
    article = _article(_page(head="<title>The Harbour Post</title>", before=""), facts=(fact,))
    assert (article.title, article.authors) == ("Grain stores", ("Eva Lind",))
    assert article.published == fact.published


def test_a_canonical_url_of_another_site_is_not_believed() -> None:
    head = HEAD.replace("https://harbourpost.example/city", "https://elsewhere.example.org/city")
    assert _article(_page(head=head)).claimed_url is None


def test_text_is_clean_whatever_the_page_holds() -> None:
    article = _article(_page(paragraphs=(PARAGRAPHS[0] + "\x00\x0b\ud800 end.", *PARAGRAPHS[1:])))
    assert "\x00" not in article.body
    article.body.encode()
    article.title.encode()


def test_a_title_of_a_megabyte_is_cut() -> None:
    head = HEAD.replace("Grain stores to open", "Grain stores " * 80_000)
    assert len(_article(_page(head=head)).title) <= 500


WALLS = {
    "en": (
        "We use cookies. Accept all cookies to continue.",
        "Please log in to continue. Forgot your password?",
        "Verify you are human",
        "Page not found",
    ),
    "de": (
        "Alle Cookies akzeptieren, um fortzufahren.",
        "Bitte melden Sie sich an. Passwort vergessen?",
        "Bestätigen Sie, dass Sie ein Mensch sind",
        "Seite nicht gefunden",
    ),
    "es": (
        "Aceptar todas las cookies para continuar.",
        "Iniciar sesión. ¿Olvidaste tu contraseña?",
        "Verifica que eres humano",
        "Página no encontrada",
    ),
    "fr": (
        "Tout accepter : nous utilisons des cookies.",
        "Connectez-vous. Mot de passe oublié ?",
        "Vérifiez que vous êtes humain",
        "Page introuvable",
    ),
    "pt": (
        "Aceitar todos os cookies para continuar.",
        "Faça login. Esqueceu a senha?",
        "Verifique se você é humano",
        "Página não encontrada",
    ),
    "it": (
        "Accetta tutti i cookie per continuare.",
        "Accedi per continuare. Password dimenticata?",
        "Verifica di essere umano",
        "Pagina non trovata",
    ),
    "nl": (
        "Accepteer alle cookies om verder te gaan.",
        "Log in om verder te gaan. Wachtwoord vergeten?",
        "Bevestig dat u geen robot bent",
        "Pagina niet gevonden",
    ),
    "ru": (
        "Мы используем файлы cookie. Принять все cookie.",
        "Войдите в аккаунт. Забыли пароль?",
        "Подтвердите, что вы не робот",
        "Страница не найдена",
    ),
    "ja": (
        "すべてのcookieを許可してください。",
        "ログインしてください。パスワードを忘れた方",
        "ロボットではありませんか",
        "ページが見つかりません",
    ),
    "zh": ("接受所有cookie后继续。", "请登录。忘记密码？", "请确认您是真人", "页面不存在"),
}


@pytest.mark.parametrize("language", WALLS)
def test_walls_are_refused_by_name(language: str) -> None:
    cookies, login, bot, missing = WALLS[language]

    def refused(title: str, text: str) -> Refused:
        html = f'<html lang="{language}"><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p><p>{text}</p></body></html>'
        result = _extract(html)
        assert isinstance(result, Refused)
        return result

    assert refused("Harbour", cookies).detail.startswith("cookie wall")
    assert refused("Harbour", login).detail.startswith("login")
    assert refused(bot, bot).outcome is Outcome.BLOCKED
    assert refused(missing, missing).detail.startswith("soft 404")


@pytest.mark.parametrize(
    "note",
    [
        "To continue reading, subscribe now.",
        "Dieser Artikel ist exklusiv für Abonnenten.",
        "Contenido exclusivo para suscriptores.",
        "La suite est réservée aux abonnés.",
        "Conteúdo exclusivo para assinantes.",
        "Contenuto riservato agli abbonati.",
        "Dit artikel is alleen voor abonnees.",
        "Материал доступен только по подписке.",
        "この記事は有料会員限定です。",
        "订阅后继续阅读。",
    ],
)
def test_a_teaser_is_paywalled(note: str) -> None:
    result = _extract(_page(paragraphs=(PARAGRAPHS[0], note)))
    assert isinstance(result, Refused)
    assert result.outcome is Outcome.PAYWALLED


def test_a_long_text_behind_a_paywall_note_is_a_row() -> None:
    assert _article(
        _page(
            paragraphs=PARAGRAPHS * 1
            + tuple(f"{line} Again, {number}." for number, line in enumerate(PARAGRAPHS))
            + ("Already a subscriber? Log in",)
        )
    )


def test_an_article_about_cookies_is_no_cookie_wall() -> None:
    assert _article(_page(paragraphs=("We use cookies, the baker said, accept all cookies you are given.", *PARAGRAPHS)))


@pytest.mark.parametrize(
    ("html", "outcome"),
    [
        ("", Outcome.TOO_SHORT),
        ("plain text", Outcome.TOO_SHORT),
        ("<" * 50_000, Outcome.BAD_PAGE),
        (_page(paragraphs=("A few words only.",)), Outcome.TOO_SHORT),
        (
            "<html><head><title>News</title></head><body><ul>"
            + "".join(f"<li><a href='/{n}'>Ship number {n} leaves</a></li>" for n in range(60))
            + "</ul></body></html>",
            Outcome.NON_ARTICLE,
        ),
    ],
)
def test_what_is_no_article(html: str, outcome: Outcome) -> None:
    result = _extract(html)
    assert isinstance(result, Refused)
    assert result.outcome is outcome


def test_cjk_counts_two_characters_as_a_word() -> None:
    assert count_words("港湾評議会は月曜日") == 4
    assert count_words("two words") == 2


def test_limits_are_part_of_the_extractors_name() -> None:
    names = {_article(_page(), min_words=words).extractor for words in (10, 20, 10)}
    assert len(names) == 2


def test_the_response_and_the_news_sitemap_tell_facts_where_the_page_tells_none() -> None:
    listed = Candidate(
        url=URL,
        title="Grain stores to open",
        published=DateClaim(at=datetime(2026, 5, 13, 7, tzinfo=UTC), precision=Precision.MINUTE),
        kind=EndpointKind.NEWS_SITEMAP,
    )
    article = extract(
        _page(head="<title>Grain stores to open</title>", before="<h1>Grain stores to open</h1>", lang=""),
        Context(
            url=URL,
            source=SOURCE,
            facts=(listed,),
            rights=Rights(),
            now=NOW,
            limits=Limits(),
            headers=(
                ("content-language", "en-GB"),
                ("link", '</style.css>; rel=preload, <https://harbourpost.example/c/4711>; rel="canonical"'),
            ),
        ),
    )
    assert isinstance(article, Article)
    assert article.published == listed.published
    assert {(claim.field, claim.value, claim.origin) for claim in article.evidence} >= {
        ("language", "en-GB", "header"),
        ("canonical", "https://harbourpost.example/c/4711", "header"),
        ("title", "Grain stores to open", "news_sitemap"),
    }


def test_the_lead_image_has_a_caption_and_a_credit() -> None:
    caption = "<figcaption>The harbour at dawn. <span class='credit'>Photo: Ana Silva/AP</span></figcaption>"
    figure = f"<figure><img src='/img/2.jpg'>{caption}</figure>"
    article = _article(_page(before=FURNITURE + figure))
    assert (article.image_caption, article.image_credit) == ("The harbour at dawn.", "Ana Silva/AP")
    assert article.image_url == "https://www.harbourpost.example/img/stores.jpg"
