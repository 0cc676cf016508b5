"""All facts of a page beside its text: collect every candidate, let pure rules choose, keep what was chosen as evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import authors, claims, dates, images, jsonld, kinds, titles
from pipeline.extract.evidence import MAX_VALUE_CHARS
from pipeline.extract.languages import primary_tag
from pipeline.records import Access, Candidate, DateClaim, EndpointKind, Evidence, SourceFacts

MAX_TAGS = 40
MAX_TAG_CHARS = 100
MAX_EVIDENCE = 120
_ARTICLE_TYPES = jsonld.ARTICLE_TYPES | {"article"}
_MAX_SUBTITLE_CHARS = 600
_STORED_CHARS = 300  # of one evidence value

TELLING_HEADERS = frozenset({"content-language", "link"})
_CANONICAL_LINK = re.compile(r'<([^<>]{1,2000})>\s*;[^,<]{0,200}?\brel\s*=\s*"?(?:[\w-]+ )?canonical\b', re.IGNORECASE)
_MAX_HEADER = 8_192
_NO_SECTION = frozenset(
    ["home", "news", "startseite", "homepage", "uncategorized", "allgemein", "article", "articles", "root", "index", "blog"]
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a page and the feeds say of an article."""

    title: str | None
    subtitle: str | None
    description: str | None
    authors: tuple[str, ...]
    byline: str | None
    agency: str | None
    section: str | None
    tags: tuple[str, ...]
    published: DateClaim | None
    modified: DateClaim | None
    canonical_claims: tuple[str, ...]  # absolute, in order of trust; whether one is acceptable is for pipeline/urls.py
    image_url: str | None
    image_caption: str | None
    image_credit: str | None
    access: Access
    article_type: str
    claims: tuple[Evidence, ...]
    chosen: tuple[Evidence, ...]

    @property
    def is_marked_as_article(self) -> bool:
        """Whether JSON-LD or og:type calls the page an article."""
        return any(claim.field == "type" and claim.value.casefold() in _ARTICLE_TYPES for claim in self.claims)


def read_claims(
    tree: LexborHTMLParser, url: str, fed: Sequence[Candidate], headers: Sequence[tuple[str, str]] = (), zone: tzinfo = UTC
) -> tuple[Evidence, ...]:
    """Every candidate: from the page's markup and JSON-LD, from feeds and sitemaps, from the response's headers, from the URL.

    `zone` is the outlet's: days that a feed named are written as its days.
    """
    seen = claims.collect(tree)
    found = (*seen, *claims.collect_linked(tree, seen), *_from_feeds(fed, zone), *_from_headers(headers))
    day = dates.url_date(url)
    return (*(claim for claim in found if claim.value), *([Evidence(field="published", value=day, origin="url")] if day else []))


def choose(found: Sequence[Evidence], *, url: str, source: SourceFacts, now: datetime) -> Facts:
    """Every field's best value out of `found`. `url` is the page's own."""
    outlets = titles.outlet_names(found, url, source.slug)
    zone = dates.zone_of(source.timezone)
    language = _stated_language(found) or source.language
    published = dates.choose_published(found, zone=zone, language=language, now=now)
    people = authors.choose_authors(found, outlets)
    title = titles.choose_title(
        found,
        url=url,
        slug=source.slug,
        fed=[claim.value for claim in found if claim.field == "title" and claim.origin in {"news_sitemap", "feed"}],
    )
    section = _section(found)
    caption, credit = images.choose_caption(found)
    facts = Facts(
        title=title,
        subtitle=_subtitle(found, title),
        description=_first(found, "description"),
        authors=people,
        byline=authors.choose_byline(found, people, outlets),
        agency=authors.choose_agency(found, ()),
        section=section,
        tags=_tags(found),
        published=published[0] if published else None,
        modified=dates.choose_modified(found, published=published[0] if published else None, zone=zone, language=language, now=now),
        canonical_claims=_absolute(found, "canonical", url),
        image_url=next(iter(_absolute(found, "image", url)), None),
        image_caption=caption,
        image_credit=credit,
        access=_access(found),
        article_type=kinds.choose_kind(found, title=title, section=section, url=url),
        claims=tuple(found),
        chosen=(published[1],) if published else (),
    )
    return replace(facts, chosen=(*facts.chosen, *_chosen(facts)))


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """The candidates to keep with the row, those that were chosen marked; the printed body and duplicates are left out."""
    kept: dict[tuple[str, str, str], Evidence] = {}
    chosen = {(claim.field, claim.value, claim.origin) for claim in facts.chosen}
    for claim in facts.claims:
        if claim.field in {"body"}:
            continue
        key = (claim.field, claim.value, claim.origin)
        if key not in kept:
            kept[key] = Evidence(field=claim.field, value=claim.value[:_STORED_CHARS], origin=claim.origin, chosen=key in chosen)
    return tuple(kept.values())[:MAX_EVIDENCE]


def _from_feeds(fed: Sequence[Candidate], zone: tzinfo) -> Iterable[Evidence]:
    for candidate in fed:
        values = [("title", candidate.title), ("description", candidate.summary), ("language", candidate.language)]
        values += [("author", name) for name in candidate.authors] + [("tags", tag) for tag in candidate.categories]
        values += [("published", dates.written(candidate.published, zone))] if candidate.published else []
        values += [("modified", dates.written(candidate.updated, zone))] if candidate.updated else []
        origin = "news_sitemap" if candidate.kind is EndpointKind.NEWS_SITEMAP else "feed"
        for field, value in values:
            if value:
                yield Evidence(field=field, value=" ".join(value.split())[:MAX_VALUE_CHARS], origin=origin)


def _from_headers(headers: Sequence[tuple[str, str]]) -> Iterable[Evidence]:
    """Content-Language, and Link with rel=canonical (RFC 6596). Last-Modified is as often the moment of the answer: it tells nothing."""
    for name, value in headers:
        if name == "content-language" and "," not in value:
            yield Evidence(field="language", value=value.strip()[:MAX_VALUE_CHARS], origin="header")
        elif name == "link":
            for match in _CANONICAL_LINK.finditer(value[:_MAX_HEADER]):
                yield Evidence(field="canonical", value=match[1][:MAX_VALUE_CHARS], origin="header")


def _first(found: Sequence[Evidence], field: str) -> str | None:
    return next((claim.value for claim in found if claim.field == field), None)


def _stated_language(found: Sequence[Evidence]) -> str | None:
    return next((tag for claim in found if claim.field == "language" and (tag := primary_tag(claim.value))), None)


def _subtitle(found: Sequence[Evidence], title: str | None) -> str | None:
    for claim in found:
        if (
            claim.field == "subtitle"
            and 10 <= len(claim.value) <= _MAX_SUBTITLE_CHARS
            and not titles.same_headline(claim.value, title or "")
        ):
            return claim.value
    return None


def _section(found: Sequence[Evidence]) -> str | None:
    for origin in ("jsonld", "opengraph", "microdata", "meta"):
        for claim in found:
            if (
                (claim.field, claim.origin) == ("section", origin)
                and claim.value.casefold() not in _NO_SECTION
                and len(claim.value) <= 80
                and "://" not in claim.value
            ):
                return claim.value
    return None


def _tags(found: Sequence[Evidence]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for origin in ("opengraph", "jsonld", "meta", "news_sitemap", "feed"):
        for claim in found:
            if (claim.field, claim.origin) == ("tags", origin):
                for part in re.split(r"[,;、]", claim.value):
                    tag = part.strip()
                    if 1 < len(tag) <= MAX_TAG_CHARS and "://" not in tag:
                        seen.setdefault(tag.casefold(), tag)
        if seen:
            break
    return tuple(seen.values())[:MAX_TAGS]


def _absolute(found: Sequence[Evidence], field: str, url: str) -> tuple[str, ...]:
    """The URLs claimed for a field, made absolute, http only: header and link before og:url before JSON-LD, as trusted.

    An image in the page comes last: it may be any.
    """
    order = {"header": 0, "html": 9 if field == "image" else 1, "opengraph": 2, "jsonld": 3, "meta": 4}
    result: dict[str, None] = {}
    for claim in sorted((claim for claim in found if claim.field == field), key=lambda claim: order.get(claim.origin, 9)):
        try:
            absolute = urljoin(url, claim.value)
        except ValueError:
            continue
        if absolute.startswith(("http://", "https://")) and len(absolute) < MAX_VALUE_CHARS:
            result.setdefault(absolute)
    return tuple(result)


def _access(found: Sequence[Evidence]) -> Access:
    stated = {claim.value.casefold() for claim in found if claim.field == "access"}
    if stated & {"metered"}:
        return Access.METERED
    if stated & {"false", "locked", "paid", "premium", "subscription", "http://schema.org/false", "https://schema.org/false"}:
        return Access.PAID
    return Access.FREE if stated & {"true", "free", "http://schema.org/true", "https://schema.org/true"} else Access.UNKNOWN


def _chosen(facts: Facts) -> Iterable[Evidence]:
    """The claims whose value became a field, the first for each."""
    wanted = {"section": facts.section, "subtitle": facts.subtitle}
    for field, value in wanted.items():
        yield from [claim for claim in facts.claims if claim.field == field and claim.value == value][:1]
    if facts.image_caption:
        yield from [claim for claim in facts.claims if claim.field == "image_caption" and claim.value][:1]
    if facts.image_credit:
        yield from [
            claim for claim in facts.claims if claim.field == "image_credit" and images.clean_credit(claim.value) == facts.image_credit
        ][:1]
    if facts.title:
        yield from [
            claim
            for claim in facts.claims
            if claim.field in {"title", "page_title"} and titles.letters(facts.title) in titles.letters(claim.value)
        ][:1]
    for name in facts.authors:
        naming = [
            claim for claim in facts.claims if claim.field in {"author", "byline"} and titles.letters(name) in titles.letters(claim.value)
        ]
        yield from sorted(naming, key=lambda claim: claim.field)[:1]
