"""The metadata of a page for machines: JSON-LD, OpenGraph and microdata, right, missing or mistaken as real sites have it."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from newsroom.records import Form, Outlet, PressArticle, Section, body_lines

Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the metadata of one page is made from."""

    article: PressArticle
    outlet: Outlet
    url: str  # canonical
    origin: str  # scheme, host and port of www
    staff: str  # "Newsroom", for bylines that name no person

    @property
    def summary(self) -> str:
        """The standfirst, or the start of the text."""
        return self.article.subtitle or body_lines(self.article.paragraphs)[0][:160]

    def local(self, moment: datetime) -> datetime:
        """`moment` in the outlet's zone."""
        return moment.astimezone(ZoneInfo(self.outlet.timezone)).replace(microsecond=0)

    def variant(self, count: int) -> int:
        """Which of `count` habits this outlet has: the same on all its pages."""
        return zlib.crc32(self.outlet.slug.encode()) % count


# -- JSON-LD ---------------------------------------------------------------------------


def json_ld(facts: Facts) -> Markup:
    """The <script type="application/ld+json"> of a page; empty where the outlet has none."""
    form = facts.outlet.metadata.json_ld
    if form is Form.MISSING:
        return Markup("")
    document = _right_document(facts) if form is Form.RIGHT else _wrong_document(facts)
    # "</" can't stand in a script element
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(document.replace("</", "<\\/")))  # noqa: S704 - JSON made above


def _right_document(facts: Facts) -> str:
    """One of four usual shapes: a bare article, a @graph, an array, an article with its body and authors as plain names."""
    article = _news_article(facts)
    crumbs = _breadcrumbs(facts)
    shapes: tuple[object, ...] = (
        {"@context": "https://schema.org"} | article,
        {"@context": "https://schema.org", "@graph": [_web_page(facts), crumbs, article]},
        [{"@context": "http://schema.org"} | crumbs, {"@context": "http://schema.org"} | article],
        {"@context": "https://schema.org"} | article | {"articleBody": "\n".join(body_lines(facts.article.paragraphs))},
    )
    return json.dumps(shapes[facts.variant(4)], ensure_ascii=facts.variant(2) == 0)


def _wrong_document(facts: Facts) -> str:
    """One of four usual mistakes."""
    article, right = facts.article, {"@context": "https://schema.org"} | _news_article(facts)
    naive = facts.local(article.published_at).replace(tzinfo=None)
    match facts.variant(4):
        case 0:  # a comma too many: no parser takes it
            return json.dumps(right, ensure_ascii=False)[:-1] + ",}"
        case 1:  # the organisation as author, the site's name in the headline
            name = facts.outlet.name
            wrong: Json = {"author": {"@type": "Organization", "name": name}, "headline": f"{article.title} | {name}"}
            return json.dumps(right | wrong, ensure_ascii=False)
        case 2:  # local times without a zone, the later one first
            times: Json = {"datePublished": (naive + timedelta(minutes=7)).isoformat(), "dateModified": naive.isoformat()}
            return json.dumps(right | times | {"author": facts.staff})
        case _:  # only what isn't the article
            return json.dumps([_breadcrumbs(facts), {"@context": "https://schema.org"} | _web_page(facts)])


def _news_article(facts: Facts) -> Json:
    article = facts.article
    people: list[Json] = [{"@type": "Person", "name": name} for name in article.authors]
    document: Json = {
        "@type": "ReportageNewsArticle" if facts.variant(5) == 0 else "NewsArticle",
        "headline": article.title,
        "description": facts.summary,
        "datePublished": facts.local(article.published_at).isoformat(),
        "dateModified": facts.local(article.modified_at or article.published_at).isoformat(),
        "mainEntityOfPage": {"@type": "WebPage", "@id": facts.url},
        "articleSection": article.section.name,
        "inLanguage": article.language,
        "publisher": {"@type": "NewsMediaOrganization", "name": facts.outlet.name, "logo": {"@type": "ImageObject", "url": "/logo.png"}},
    }
    if people:
        document["author"] = people if facts.variant(3) else people[0] if len(people) == 1 else people
    if article.image_url:
        document["image"] = [facts.origin + article.image_url]
    if article.tags:
        document["keywords"] = list(article.tags)
    return document


def _web_page(facts: Facts) -> Json:
    return {"@type": "WebPage", "@id": facts.url, "name": f"{facts.article.title} – {facts.outlet.name}", "url": facts.url}


def _breadcrumbs(facts: Facts) -> Json:
    section: Section = facts.article.section
    names = ((facts.outlet.name, "/"), (section.name, f"/section/{section.slug}"))
    items = [{"@type": "ListItem", "position": at, "name": name, "item": facts.origin + path} for at, (name, path) in enumerate(names, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


# -- OpenGraph -------------------------------------------------------------------------


def meta_tags(facts: Facts) -> Markup:
    """The <meta> elements of the head: description always, OpenGraph, article: and twitter: in the outlet's form."""
    pairs = [("name", "description", facts.summary)]
    form = facts.outlet.metadata.open_graph
    if form is not Form.MISSING:
        pairs += _open_graph(facts) if form is Form.RIGHT else _wrong_open_graph(facts)
    tag = Markup('<meta {}="{}" content="{}">\n')
    return Markup("").join(tag.format(Markup(kind), name, content) for kind, name, content in pairs)  # noqa: S704 - "name" or "property"


def _open_graph(facts: Facts) -> list[tuple[str, str, str]]:
    article = facts.article
    pairs = [
        ("property", "og:type", "article"),
        ("property", "og:title", article.title),
        ("property", "og:description", facts.summary),
        ("property", "og:url", facts.url),
        ("property", "og:site_name", facts.outlet.name),
        ("property", "article:published_time", facts.local(article.published_at).isoformat()),
        ("property", "article:section", article.section.name),
        ("name", "twitter:card", "summary_large_image"),
        ("name", "twitter:title", article.title),
    ]
    if article.modified_at:
        pairs.append(("property", "article:modified_time", facts.local(article.modified_at).isoformat()))
    if article.image_url:
        pairs.append(("property", "og:image", facts.origin + article.image_url))
    pairs += [("name", "author", name) for name in article.authors]
    return pairs + [("property", "article:tag", tag) for tag in article.tags]


def _wrong_open_graph(facts: Facts) -> list[tuple[str, str, str]]:
    """The site's name behind the title, a time without zone, the site as author, og:type website, og:url of the home page."""
    article, name = facts.article, facts.outlet.name
    naive = facts.local(article.published_at).replace(tzinfo=None)
    return [
        ("property", "og:type", "website"),
        ("property", "og:title", f"{article.title} {'|' if facts.variant(2) else '-'} {name}"),
        ("property", "og:url", facts.origin + "/"),
        ("property", "article:published_time", f"{naive:%Y-%m-%d %H:%M}"),
        ("property", "article:author", f"https://social.test/{facts.outlet.slug}"),
        ("name", "author", name),
        ("name", "keywords", ", ".join((article.section.name, *article.tags))),
    ]


# -- microdata -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Microdata:
    """The itemprop attributes of a page; every one is empty where the outlet has no microdata."""

    form: Form

    @property
    def scope(self) -> Markup:
        """For the element that holds the article."""
        return self._attribute(' itemscope itemtype="https://schema.org/NewsArticle"')

    @property
    def headline(self) -> Markup:
        """For the headline; the wrong form takes it for a second one."""
        return self._attribute(' itemprop="headline"', wrong=' itemprop="alternativeHeadline"')

    @property
    def author(self) -> Markup:
        """For a byline."""
        return self._attribute(' itemprop="author"', wrong=' itemprop="publisher"')

    @property
    def published(self) -> Markup:
        """For the time of publication."""
        return self._attribute(' itemprop="datePublished"', wrong=' itemprop="dateModified"')

    @property
    def body(self) -> Markup:
        """For the element that holds the text."""
        return self._attribute(' itemprop="articleBody"')

    def _attribute(self, right: str, *, wrong: str | None = None) -> Markup:
        if self.form is Form.MISSING:
            return Markup("")
        return Markup(wrong if wrong and self.form is Form.WRONG else right)  # noqa: S704 - constants of this class
