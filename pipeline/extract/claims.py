"""Every candidate for every field that the page's markup gives, with its origin. Nothing is chosen here.

The tables say which tag feeds which field, so that adding one is a line. Values are raw: text folded to one line, not yet judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import jsonld
from pipeline.extract.evidence import claim_of
from pipeline.extract.kinds import count_items
from pipeline.extract.markup import line
from pipeline.extract.rules import BY
from pipeline.extract.surroundings import read_surroundings
from pipeline.extract.visible import read_visible
from pipeline.records import Evidence

_MAX_PER_KEY = 20

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

# keys of a JSON-LD image that name who made it, most exact first
_IMAGE_CREDITS = ("creditText", "creator", "author", "copyrightHolder", "copyrightNotice")


def collect(tree: LexborHTMLParser) -> tuple[Evidence, ...]:
    """All candidates of a page: meta and link tags, visible markup, JSON-LD. Values are at most MAX_VALUE_CHARS characters long."""
    head = tuple(_from_head(tree))
    title = next((claim.value for field in ("title", "page_title") for claim in head if claim.field == field), "")
    return (*head, *read_visible(tree), *read_surroundings(tree, title), *count_items(tree))


def collect_linked(tree: LexborHTMLParser, seen: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The candidates of the page's JSON-LD; `seen` (of `collect`) says which article node is this page's."""
    nodes = jsonld.read_blocks(node.text_lexbor() for node in tree.css('script[type*="ld+json" i]'))
    article = jsonld.article_node(nodes, (claim.value for claim in seen if claim.field == "title"))
    return (*_from_article(article or jsonld.page_node(nodes) or {}, nodes), *_from_site(nodes), *_from_lists(nodes))


def _from_head(tree: LexborHTMLParser) -> Iterator[Evidence]:
    counts: dict[str, int] = {}
    cards: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        value = attributes.get("content")
        for key in dict.fromkeys((attributes.get(name) or "").strip().lower() for name in ("property", "name", "itemprop", "http-equiv")):
            if value and key in _META and counts.setdefault(key, 0) < _MAX_PER_KEY:
                counts[key] += 1
                yield claim_of(_META[key][0], value, _META[key][1])
            elif value and key.startswith("twitter:"):
                cards.setdefault(key, value)
    yield from _from_cards(cards)
    for node in tree.css('link[rel="canonical" i]')[:3]:
        yield claim_of("canonical", node.attributes.get("href") or "", "html")
    yield claim_of("language", (tree.root.attributes.get("lang") or "") if tree.root else "", "html")
    for node in tree.css("title")[:1]:
        yield claim_of("page_title", line(node), "html")


def _from_cards(cards: Mapping[str, str]) -> Iterator[Evidence]:
    """The author where a shared card has a line for it: `twitter:label1` "Written by", `twitter:data1` the name (Yoast SEO)."""
    for number in "12":
        if cards.get(f"twitter:label{number}", "").strip(" :").casefold() in BY and f"twitter:data{number}" in cards:
            yield claim_of("author", cards[f"twitter:data{number}"], "card")


def _from_article(article: jsonld.Node, nodes: tuple[jsonld.Node, ...]) -> Iterator[Evidence]:
    for key, field in _LINKED.items():
        for value in _values(article.get(key))[:_MAX_PER_KEY]:
            yield claim_of(field, value, "jsonld")
    for kind in sorted(jsonld.types_of(article)):
        yield claim_of("type", kind, "jsonld")
    for key in ("author", "creator"):
        for person in jsonld.linked(article.get(key), nodes)[:_MAX_PER_KEY]:
            organisation = isinstance(person, dict) and _is_organisation(person)
            for name in jsonld.texts_of(person["name"] if isinstance(person, dict) and "name" in person else person):
                yield claim_of("organisation" if organisation else "author", name, "jsonld")
    for image in jsonld.linked(article.get("image"), nodes)[:1]:
        url = (
            image
            if isinstance(image, str)
            else jsonld.text_of(image.get("url") or image.get("contentUrl"))
            if isinstance(image, dict)
            else ""
        )
        yield claim_of("image", url, "jsonld")
        if isinstance(image, dict):
            yield claim_of("image_caption", jsonld.text_of(image.get("caption") or image.get("description")), "jsonld")
            for key in _IMAGE_CREDITS:
                yield claim_of("image_credit", jsonld.text_of(image.get(key)), "jsonld")
    for key in ("publisher", "sourceOrganization"):
        for organisation_node in jsonld.linked(article.get(key), nodes)[:1]:
            yield claim_of("site_name", jsonld.text_of(organisation_node), "jsonld")
            if isinstance(organisation_node, dict) and _is_organisation(organisation_node):
                yield claim_of("publisher", jsonld.text_of(organisation_node), "jsonld")


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
            yield claim_of("site_name", jsonld.text_of(node.get("name")), "jsonld")


def _from_lists(nodes: tuple[jsonld.Node, ...]) -> Iterator[Evidence]:
    """How many items a list of the page's own holds; a trail of breadcrumbs is none."""
    for node in nodes:
        items = node.get("itemListElement")
        if jsonld.types_of(node) == {"itemlist"} and isinstance(items, list):
            yield claim_of("listed_items", str(len(items)), "jsonld")
