"""Every candidate for every field that the page's markup gives, with its origin. Nothing is chosen here.

The tables say which tag feeds which field, so that adding one is a line. Values are raw: text folded to one line, not yet judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract import jsonld
from pipeline.extract.kinds import count_items
from pipeline.extract.markup import leads_home, line
from pipeline.extract.rules import BY, PUBLISHED
from pipeline.extract.surroundings import read_surroundings
from pipeline.records import Evidence

MAX_VALUE_CHARS = 1_000
_MAX_PER_KEY = 20
_MAX_LABEL = 40
_MAX_LABELLED = 120
_BY = frozenset(BY)

# meta name / property / itemprop (lower case) -> field and origin
_META = {
    "og:title": ("title", "opengraph"),
    "twitter:title": ("title", "meta"),
    "dc.title": ("title", "meta"),
    "dcterms.title": ("title", "meta"),
    "parsely-title": ("title", "meta"),
    "sailthru.title": ("title", "meta"),
    "headline": ("title", "microdata"),
    "og:description": ("description", "opengraph"),
    "description": ("description", "meta"),
    "author": ("author", "meta"),
    "article:author": ("author", "opengraph"),
    "article:author_name": ("author", "opengraph"),
    "og:article:author": ("author", "opengraph"),
    "book:author": ("author", "opengraph"),
    "parsely-author": ("author", "meta"),
    "sailthru.author": ("author", "meta"),
    "dc.creator": ("author", "meta"),
    "dcterms.creator": ("author", "meta"),
    "dc.contributor": ("author", "meta"),
    "byl": ("author", "meta"),
    "cxenseparse:author": ("author", "meta"),
    "citation_author": ("author", "meta"),
    "article:published_time": ("published", "opengraph"),
    "og:article:published_time": ("published", "opengraph"),
    "article:published": ("published", "opengraph"),
    "og:published_time": ("published", "opengraph"),
    "datepublished": ("published", "microdata"),
    "parsely-pub-date": ("published", "meta"),
    "sailthru.date": ("published", "meta"),
    "cxenseparse:recs:publishtime": ("published", "meta"),
    "date": ("published", "meta"),
    "dc.date": ("published", "meta"),
    "dc.date.issued": ("published", "meta"),
    "dcterms.created": ("published", "meta"),
    "dcterms.date": ("published", "meta"),
    "publishdate": ("published", "meta"),
    "publish-date": ("published", "meta"),
    "publish_date": ("published", "meta"),
    "pubdate": ("published", "meta"),
    "publication_date": ("published", "meta"),
    "citation_publication_date": ("published", "meta"),
    "citation_date": ("published", "meta"),
    "article_date_original": ("published", "meta"),
    "originalpublicationdate": ("published", "meta"),
    "article:modified_time": ("modified", "opengraph"),
    "og:updated_time": ("modified", "opengraph"),
    "datemodified": ("modified", "microdata"),
    "last-modified": ("modified", "meta"),
    "lastmod": ("modified", "meta"),
    "dcterms.modified": ("modified", "meta"),
    "article:section": ("section", "opengraph"),
    "articlesection": ("section", "microdata"),
    "section": ("section", "meta"),
    "parsely-section": ("section", "meta"),
    "cxenseparse:category": ("section", "meta"),
    "article:tag": ("tags", "opengraph"),
    "news_keywords": ("tags", "meta"),
    "keywords": ("tags", "meta"),
    "parsely-tags": ("tags", "meta"),
    "og:locale": ("language", "opengraph"),
    "content-language": ("language", "meta"),
    "dc.language": ("language", "meta"),
    "og:url": ("canonical", "opengraph"),
    "og:image": ("image", "opengraph"),
    "og:image:alt": ("image_alt", "opengraph"),
    "twitter:image": ("image", "meta"),
    "og:type": ("type", "opengraph"),
    "og:site_name": ("site_name", "opengraph"),
    "application-name": ("site_name", "meta"),
    "article:publisher": ("site_name", "opengraph"),
    "article:content_tier": ("access", "opengraph"),
}

# key of the article's JSON-LD node -> field
_LINKED = {
    "headline": "title",
    "name": "title",
    "alternativeHeadline": "subtitle",
    "description": "description",
    "datePublished": "published",
    "dateCreated": "created",
    "dateModified": "modified",
    "articleSection": "section",
    "keywords": "tags",
    "inLanguage": "language",
    "url": "canonical",
    "mainEntityOfPage": "canonical",
    "isAccessibleForFree": "access",
    "dateline": "dateline",
    "thumbnailUrl": "image",
    "articleBody": "body",
}

# visible markup -> field; the first matches of each, in document order
_HTML = (
    ("h1", "title"),
    ('[itemprop="headline"]', "title"),
    ('[itemprop="alternativeHeadline"]', "subtitle"),
    ('[itemprop="author"] [itemprop="name"]', "author"),
    ('[itemprop="author"]', "author"),
    ('a[rel~="author"]', "author"),
    ('[class*="byline" i]', "byline"),
    ('[class*="author-name" i], [class*="authorname" i], [class*="author_name" i], [class*="author__name" i]', "author"),
    (
        '[class~="author" i], [class*="article-author" i], [class*="article__author" i], '
        '[class*="post-author" i], [class*="entry-author" i]',
        "byline",
    ),
    ('a[href*="/author/"], a[href*="/authors/"], a[href*="/autor/"], a[href*="/auteur/"], a[href*="/profile/"]', "author_link"),
    ('[class*="author" i]', "author_class"),
    (
        '[class*="standfirst" i], [class*="subtitle" i], [class*="subheadline" i], '
        '[class*="article-dek" i], [class*="article__dek" i], h2[class*="dek" i]',
        "subtitle",
    ),
    ("article figcaption, figure figcaption", "image_caption"),
    (
        'figure [class*="credit" i], figure [class*="copyright" i], figure [class*="photographer" i], figure cite, '
        'figure [itemprop="copyrightHolder"], figcaption [class*="source" i], figcaption small',
        "image_credit",
    ),
)
# keys of a JSON-LD image that name who made it, most exact first
_IMAGE_CREDITS = ("creditText", "creator", "author", "copyrightHolder", "copyrightNotice")


def collect(tree: LexborHTMLParser) -> tuple[Evidence, ...]:
    """All candidates of a page: meta and link tags, visible markup, JSON-LD. Values are at most MAX_VALUE_CHARS characters long."""
    head = tuple(_from_head(tree))
    title = next((claim.value for field in ("title", "page_title") for claim in head if claim.field == field), "")
    found = (*_from_html(tree), *_from_images(tree), *_from_times(tree), *_from_terms(tree))
    return (*head, *found, *read_surroundings(tree, title), *count_items(tree))


def collect_linked(tree: LexborHTMLParser, seen: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The candidates of the page's JSON-LD; `seen` (of `collect`) says which article node is this page's."""
    nodes = jsonld.read_blocks(node.text_lexbor() for node in tree.css('script[type*="ld+json" i]'))
    article = jsonld.article_node(nodes, (claim.value for claim in seen if claim.field == "title"))
    return (*_from_article(article or jsonld.page_node(nodes) or {}, nodes), *_from_site(nodes), *_from_lists(nodes))


def _claim(field: str, value: str, origin: str) -> Evidence:
    return Evidence(field=field, value=" ".join(value[: 2 * MAX_VALUE_CHARS].split())[:MAX_VALUE_CHARS], origin=origin)


def _from_head(tree: LexborHTMLParser) -> Iterator[Evidence]:
    counts: dict[str, int] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        value = attributes.get("content")
        for key in dict.fromkeys((attributes.get(name) or "").strip().lower() for name in ("property", "name", "itemprop", "http-equiv")):
            if value and key in _META and counts.setdefault(key, 0) < _MAX_PER_KEY:
                counts[key] += 1
                yield _claim(_META[key][0], value, _META[key][1])
    yield from _from_cards(tree)
    for node in tree.css('link[rel="canonical" i]')[:3]:
        yield _claim("canonical", node.attributes.get("href") or "", "html")
    yield _claim("language", (tree.root.attributes.get("lang") or "") if tree.root else "", "html")
    for node in tree.css("title")[:1]:
        yield _claim("page_title", line(node), "html")


def _from_cards(tree: LexborHTMLParser) -> Iterator[Evidence]:
    """The author where a shared card has a line for it: `twitter:label1` "Written by", `twitter:data1` the name (Yoast SEO)."""
    for number in "12":
        label = tree.css_first(f'meta[name="twitter:label{number}"]')
        value = tree.css_first(f'meta[name="twitter:data{number}"]')
        if label is not None and value is not None and (label.attributes.get("content") or "").strip(" :").casefold() in BY:
            yield _claim("author", value.attributes.get("content") or "", "card")


def _from_html(tree: LexborHTMLParser) -> Iterator[Evidence]:
    for selector, field in _HTML:
        for node in tree.css(selector)[:4]:
            value = _content(node)
            if value and len(value) <= MAX_VALUE_CHARS:
                named = "site_name" if selector == "h1" and _is_logo(node, value) else field
                yield _claim(named, value, "microdata" if "itemprop" in selector else "html")


def _is_logo(heading: LexborNode, value: str) -> bool:
    """Whether a heading is one link to the home page: the outlet's name, not a headline."""
    link = heading.css_first("a[href]")
    return link is not None and line(link) == value and leads_home(link.attributes.get("href") or "")


def _content(node: LexborNode) -> str:
    return node.attributes.get("content") or line(node)


def _from_images(tree: LexborHTMLParser) -> Iterator[Evidence]:
    """The first picture of the article, for pages that name none in their head."""
    for node in tree.css("article figure img, main figure img, figure img, article img")[:1]:
        address = next(
            (
                value
                for name in ("src", "data-src", "data-original")
                if (value := node.attributes.get(name)) and not value.startswith("data:")
            ),
            "",
        )
        yield _claim("image", address, "html")


def _from_times(tree: LexborHTMLParser) -> Iterator[Evidence]:
    """Dates in the visible page: microdata first, then <time>, then elements whose class speaks of a date."""
    for prop, field in (("datePublished", "published"), ("dateModified", "modified")):
        for node in tree.css(f'[itemprop~="{prop}"]')[:3]:
            yield _claim(field, node.attributes.get("datetime") or _content(node), "microdata")
    for node in tree.css("time")[:6]:
        yield _claim("time", node.attributes.get("datetime") or line(node), "html")
    for node in tree.css('[class*="date" i], [class*="publish" i], [class*="timestamp" i], [class*="posted" i], [id*="date" i]')[:12]:
        value = line(node)
        if 6 <= len(value) <= 120:
            yield _claim("printed_date", value, "html")


def _from_terms(tree: LexborHTMLParser) -> Iterator[Evidence]:
    """Author and date from a list of facts: `<dt>Author</dt><dd>…`, `<li><strong>Date</strong> 3 May 2026`."""
    for term in tree.css("dt")[:20]:
        description = term.next
        while description is not None and not description.is_element_node:
            description = description.next
        if description is not None and description.tag == "dd":
            yield from _labelled(line(term), line(description))
    for label in tree.css("li > strong:first-child, li > b:first-child, li > span:first-child")[:60]:
        text = line(label)
        if len(text) <= _MAX_LABEL and label.parent is not None:
            yield from _labelled(text, line(label.parent).removeprefix(text).strip(" :：|"))


def _labelled(label: str, value: str) -> Iterator[Evidence]:
    names = {part.strip(" :：・") for part in label.casefold().split("/")}
    field = "byline" if names & _BY else "printed_date" if names & PUBLISHED else None
    if field and 2 < len(value) <= _MAX_LABELLED:
        yield _claim(field, value, "html")


def _from_article(article: jsonld.Node, nodes: tuple[jsonld.Node, ...]) -> Iterator[Evidence]:
    for key, field in _LINKED.items():
        for value in _values(article.get(key))[:_MAX_PER_KEY]:
            yield _claim(field, value, "jsonld")
    for kind in sorted(jsonld.types_of(article)):
        yield _claim("type", kind, "jsonld")
    for key in ("author", "creator"):
        for person in jsonld.linked(article.get(key), nodes)[:_MAX_PER_KEY]:
            organisation = isinstance(person, dict) and _is_organisation(person)
            for name in jsonld.texts_of(person["name"] if isinstance(person, dict) and "name" in person else person):
                yield _claim("organisation" if organisation else "author", name, "jsonld")
    for image in jsonld.linked(article.get("image"), nodes)[:1]:
        url = (
            image
            if isinstance(image, str)
            else jsonld.text_of(image.get("url") or image.get("contentUrl"))
            if isinstance(image, dict)
            else ""
        )
        yield _claim("image", url, "jsonld")
        if isinstance(image, dict):
            yield _claim("image_caption", jsonld.text_of(image.get("caption") or image.get("description")), "jsonld")
            for key in _IMAGE_CREDITS:
                yield _claim("image_credit", jsonld.text_of(image.get(key)), "jsonld")
    for key in ("publisher", "sourceOrganization"):
        for organisation_node in jsonld.linked(article.get(key), nodes)[:1]:
            yield _claim("site_name", jsonld.text_of(organisation_node), "jsonld")
            if isinstance(organisation_node, dict) and _is_organisation(organisation_node):
                yield _claim("publisher", jsonld.text_of(organisation_node), "jsonld")


def _is_organisation(node: jsonld.Node) -> bool:
    kinds = jsonld.types_of(node)
    return "person" not in kinds and any(kind.endswith("organization") for kind in kinds)


def _values(value: object) -> list[str]:
    if isinstance(value, bool):
        return [str(value).lower()]
    return list(jsonld.texts_of(value))


def _from_site(nodes: tuple[jsonld.Node, ...]) -> Iterator[Evidence]:
    for node in nodes:
        if jsonld.types_of(node) & {"website", "newsmediaorganization"}:
            yield _claim("site_name", jsonld.text_of(node.get("name")), "jsonld")


def _from_lists(nodes: tuple[jsonld.Node, ...]) -> Iterator[Evidence]:
    """How many items a list of the page's own holds; a trail of breadcrumbs is none."""
    for node in nodes:
        items = node.get("itemListElement")
        if jsonld.types_of(node) == {"itemlist"} and isinstance(items, list):
            yield _claim("listed_items", str(len(items)), "jsonld")
