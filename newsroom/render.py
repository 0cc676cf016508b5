"""The pages of the simulated press: an article in its outlet's template, and the pages that are no article.

The templates are data (`templates/`): each is one outlet's design; those in `templates/judging` are used only by name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from newsroom.furniture import Words, inline_script, inline_style, load_words
from newsroom.prose import write_article
from newsroom.records import BulletList, Edition, Outlet, Paragraph, PressArticle, Quote, Subheading, Table, article_url
from newsroom.structured import Facts, Microdata, json_ld, meta_tags

BAD_KINDS = ("cookie_wall", "bot_check", "login", "paywall", "soft_404", "list_page", "too_short")
_EDITION_TEMPLATES = {Edition.AMP: "editions/amp.html", Edition.MOBILE: "editions/mobile.html"}
_BAD_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)  # a bad page's own articles need some date
_LISTED = 14


@dataclass(frozen=True, kw_only=True)
class BlockView:
    """A block as templates read it."""

    kind: str  # paragraph, subheading, quote, list, table
    number: int  # of the paragraph, from 1; other blocks have that of the paragraph before
    text: str = ""
    speaker: str | None = None
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link to another article, with what teasers show."""

    title: str
    url: str
    section: str
    teaser: str
    when: str
    article: PressArticle


@dataclass(frozen=True, kw_only=True)
class Counters:
    """The furniture that changes from request to request."""

    comments: int
    shares: int
    readers: int
    free: int
    minutes: int  # since publication, as printed
    campaign: str  # identifies an advertisement


# -- what the press asks for -----------------------------------------------------------


@cache
def template_names() -> tuple[str, ...]:
    """The page templates an outlet may have, without those for judging."""
    return _names("pages", "")


@cache
def judging_names() -> tuple[str, ...]:
    """The page templates kept for judging, as `Outlet.template` names them: "judging/…"."""
    return _names("judging", "judging/")


def _names(folder: str, prefix: str) -> tuple[str, ...]:
    entries = resources.files("newsroom").joinpath("templates", folder).iterdir()
    return tuple(sorted(prefix + entry.name.removesuffix(".html") for entry in entries if entry.name.endswith(".html")))


def render_page(
    article: PressArticle, outlet: Outlet, *, related: Sequence[PressArticle], noise: int, edition: Edition = Edition.WWW
) -> str:
    """The HTML page of `article` at `outlet`, which must have its origins.

    `related` are other articles of the outlet, for teasers and the endless scroll; `noise` (≥ 0) changes counters, "x minutes ago" and
    the order of lists, never the article. KeyError for an outlet without a www origin, TemplateNotFound for an unknown template.
    """
    template = _EDITION_TEMPLATES.get(edition) or _template_file(outlet.template)
    return _template(template).render(_context(article, outlet, related, noise))


def bad_page(kind: str, outlet: Outlet, seed: int) -> str:
    """A page that holds no article, in place of the one that `seed` makes; `kind` is one of BAD_KINDS, else ValueError.

    A paywall shows that article's title and the start of its text; a list page teasers of others; "too_short" one sentence.
    """
    if kind not in BAD_KINDS:
        raise ValueError(f"no such bad page: {kind!r}; known: {', '.join(BAD_KINDS)}")
    article = write_article(seed=seed, outlet=outlet, published_at=_BAD_DAY)
    others = [write_article(seed=seed + number, outlet=outlet, published_at=_BAD_DAY) for number in range(1, _LISTED + 1)]
    return _template(f"bad/{kind}.html").render(_context(article, outlet, others if kind == "list_page" else (), seed % 97))


# -- templates -------------------------------------------------------------------------


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("newsroom", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


def _template_file(name: str) -> str:
    return f"{name}.html" if name.startswith("judging/") else f"pages/{name}.html"


# -- what a template reads -------------------------------------------------------------


def _context(article: PressArticle, outlet: Outlet, related: Sequence[PressArticle], noise: int) -> dict[str, object]:
    words = load_words(outlet.language, judging=outlet.template.startswith("judging/"))
    origin = outlet.origin()
    facts = Facts(article=article, outlet=outlet, url=article_url(outlet, article), origin=origin, staff=words.phrases["staff"])
    links = [_link(other, outlet, words, facts) for other in related]
    rng = random.Random(f"noise:{outlet.slug}:{article.article_id}:{noise}")
    return {
        "article": article,
        "outlet": outlet,
        "w": words.phrases,
        "url": facts.url,
        "editions": _edition_links(article, outlet),
        "canonical": outlet.metadata.canonical,
        "meta": meta_tags(facts),
        "json_ld": json_ld(facts),
        "micro": Microdata(form=outlet.metadata.microdata),
        "published": words.date(facts.local(article.published_at)),
        "published_iso": facts.local(article.published_at).isoformat(),
        "updated": words.date(facts.local(article.modified_at)) if article.modified_at else None,
        "updated_iso": facts.local(article.modified_at).isoformat() if article.modified_at else None,
        "summary": facts.summary,
        "blocks": block_views(article),
        "last": sum(isinstance(block, Paragraph) for block in article.paragraphs),
        "pull": _pull_quote(article),
        "related": links,
        "popular": rng.sample(links, len(links)),
        "n": _counters(rng, noise),
        "ago": words.ago,
        "style": Markup(inline_style(outlet.slug)),  # noqa: S704 - made by furniture.py, no foreign text
        "script": Markup(inline_script(outlet.slug)),  # noqa: S704 - the same
    }


def block_views(article: PressArticle) -> tuple[BlockView, ...]:
    """The blocks of an article in order, numbered by paragraph."""
    return tuple(_views(article))


def _views(article: PressArticle) -> Iterator[BlockView]:
    number = 0
    for block in article.paragraphs:
        match block:
            case Paragraph(text=text):
                number += 1
                yield BlockView(kind="paragraph", number=number, text=text)
            case Subheading(text=text):
                yield BlockView(kind="subheading", number=number, text=text)
            case Quote(text=text, speaker=speaker):
                yield BlockView(kind="quote", number=number, text=text, speaker=speaker)
            case BulletList(items=items):
                yield BlockView(kind="list", number=number, items=items)
            case Table(rows=rows):
                yield BlockView(kind="table", number=number, rows=rows)


def _link(other: PressArticle, outlet: Outlet, words: Words, facts: Facts) -> Link:
    teaser = next(block.text for block in other.paragraphs if isinstance(block, Paragraph))
    return Link(
        title=other.title,
        url=article_url(outlet, other),
        section=other.section.name,
        teaser=teaser[:140].rstrip() + "…",
        when=words.date(facts.local(other.published_at)),
        article=other,
    )


def _edition_links(article: PressArticle, outlet: Outlet) -> dict[str, str]:
    return {edition.value: article_url(outlet, article, edition) for edition in outlet.editions if edition in _EDITION_TEMPLATES}


def _pull_quote(article: PressArticle) -> str:
    """The last paragraph's first words up to a full stop: what a template may repeat in large letters."""
    text = [block.text for block in article.paragraphs if isinstance(block, Paragraph)][-1]
    ends = [text.find(stop) for stop in (". ", "。", ", ") if text.find(stop) > 0]
    return text[: min(ends, default=len(text))]


def _counters(rng: random.Random, noise: int) -> Counters:
    return Counters(
        comments=rng.randint(0, 900),
        shares=rng.randint(3, 4000),
        readers=rng.randint(2, 5000),
        free=rng.randint(1, 5),
        minutes=5 + 10 * noise,
        campaign=f"{rng.randrange(16**10):010x}",
    )
