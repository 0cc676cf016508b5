"""RSS 0.9x, 1.0 and 2.0, and Atom 0.3 and 1.0, in one streaming pass over well-formed XML.

Own reader on lxml: precision needs the date as printed, links need `isPermaLink` and `xml:base`, polling needs ttl, skipHours and sy:,
and none of the faster readers hands these on. What is not well-formed goes to feedparser (brokenfeeds.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import islice

from lxml import etree
from lxml.etree import _Element

from pipeline.discover.entries import MAX_ENTRIES, Entry, Reader, distinct, usable_url
from pipeline.discover.safexml import XML_NAMESPACE, XmlWalk, split_name, text_of
from pipeline.records import Candidate, EndpointKind, Reading

# Namespaces are told apart by what is stable in them: feeds print them with and without version, slash and s.
_PREFIXES = (
    ("atom", re.compile(r"w3\.org/2005/atom|purl\.org/atom/", re.IGNORECASE)),
    ("dcterms", re.compile(r"purl\.org/dc/terms", re.IGNORECASE)),
    ("dc", re.compile(r"purl\.org/dc/", re.IGNORECASE)),
    ("sy", re.compile(r"purl\.org/rss/1\.0/modules/syndication", re.IGNORECASE)),
    ("media", re.compile(r"search\.yahoo\.com/mrss", re.IGNORECASE)),
    ("itunes", re.compile(r"itunes\.com", re.IGNORECASE)),
    ("feedburner", re.compile(r"feedburner", re.IGNORECASE)),
    ("history", re.compile(r"purl\.org/syndication/history", re.IGNORECASE)),
    ("other", re.compile(r"purl\.org/rss/1\.0/modules/|slash|wellformedweb|georss|w3\.org/(?!1999/02/22-rdf)", re.IGNORECASE)),
)
_BASE, _LANG = XML_NAMESPACE + "base", XML_NAMESPACE + "lang"
_FIRST_ENTRY = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_MAX_HEAD_BYTES = 64_000
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_DAYS = {"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6}
_PERIOD_SECONDS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
# sy:updatePeriod is filled in by publishing software, not by editors (WordPress prints "hourly" everywhere, others "daily" or "monthly"
# beside a dozen articles a day): a hint that is worth an hour at the most (COURTESY F5). A ttl counts up to a day.
_HINT_CAP_SECONDS = 3600
_TTL_CAP_SECONDS = 86_400
_MAX_FIELDS = 200  # children of one entry that are looked at

Fields = dict[str, list[_Element]]


@dataclass(frozen=True, kw_only=True)
class FeedHead:
    """What the feed says of itself."""

    address: str  # that links are relative to where no xml:base is stated
    language: str = ""
    next_url: str | None = None
    archive_url: str | None = None
    current_url: str | None = None
    complete: bool = False
    min_interval_seconds: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def reading(self, kind: EndpointKind, candidates: tuple[Candidate, ...], *, skipped: int, broken_off: bool = False) -> Reading:
        """The feed with its entries."""
        return Reading(
            kind=kind,
            candidates=candidates,
            next_url=self.next_url,
            archive_url=self.archive_url,
            current_url=self.current_url,
            complete=self.complete,
            min_interval_seconds=self.min_interval_seconds,
            skip_hours=self.skip_hours,
            skip_days=self.skip_days,
            skipped=skipped,
            broken_off=broken_off,
        )


def read_xml_feed(body: bytes, *, url: str, now: datetime, zone: str, encoding: str | None = None) -> Reading:
    """Read a well-formed feed that was fetched from `url`. Raises what XmlWalk raises."""
    walk = XmlWalk(body, ("{*}item", "{*}entry"), encoding=encoding)
    candidates, skipped = distinct(_candidates(walk, url, Reader(now=now, zone=zone)))
    root = walk.root
    head = FeedHead(address=url) if root is None else _read_head(root, url)
    is_atom = root is not None and split_name(root)[1].lower() == "feed"
    return head.reading(EndpointKind.ATOM if is_atom else EndpointKind.RSS, candidates, skipped=skipped)


def _candidates(walk: XmlWalk, url: str, reader: Reader) -> Iterator[Candidate | None]:
    base = language = None
    for element in islice(walk.elements(), MAX_ENTRIES):
        if base is None or language is None:
            base, language = _base_and_language(list(element.iterancestors())[::-1], url)
        yield reader.candidate(_entry(element, base, language))


def _base_and_language(around: Sequence[_Element], url: str) -> tuple[str, str]:
    """What relative links of a feed are resolved against, and its language; `around`: what stands around its entries, outermost first.

    The base is xml:base, else the site that an RSS feed names as its own, else the feed's URL.
    """
    base, site, language = url, "", ""
    for element in around:
        fields = _fields(element)
        base = _own_base(element, base)
        site = next((text_of(link).strip() for link in fields["link"] if not link.get("href")), site)
        language = element.get(_LANG) or _text(fields, "language", "dc:language") or language
    return base if _states_base(around) or not site else usable_url(site, url) or url, language


def _states_base(around: Sequence[_Element]) -> bool:
    return any(element.get(_BASE) for element in around)


def _entry(element: _Element, base: str, language: str) -> Entry:
    fields = _fields(element)
    base = _own_base(element, base)
    return Entry(
        links=tuple(_links(element, fields, base)),
        base=base,
        title=_text(fields, "title", "media:title", "dc:title"),
        guid=_text(fields, "guid", "id"),
        authors=tuple(_authors(fields)),
        published=_text(fields, "pubDate", "published", "issued", "dc:date", "dcterms:created", "dcterms:issued", "created"),
        updated=_text(fields, "updated", "modified", "dcterms:modified", "lastBuildDate"),
        categories=tuple(_categories(fields)),
        summary=_text(fields, "description", "summary", "media:description", "itunes:summary"),
        language=_text_language(fields) or element.get(_LANG) or _text(fields, "dc:language", "language") or language,
    )


def _fields(element: _Element) -> Fields:
    """The children of an element by name; those of known extensions as `prefix:name`, Atom's own names bare."""
    fields: Fields = defaultdict(list)
    for child in islice(element.iterchildren("{*}*"), _MAX_FIELDS):
        namespace, name = split_name(child)
        prefix = _prefix(namespace) if namespace else ""
        fields[name if prefix in ("", "atom") else f"{prefix}:{name}"].append(child)
    return fields


def _prefix(namespace: str) -> str:
    return next((prefix for prefix, pattern in _PREFIXES if pattern.search(namespace)), "")


def _text(fields: Fields, *names: str) -> str:
    """The text of the first of these fields that has any."""
    texts = (text_of(element).strip() for name in names for element in fields.get(name, ()))
    return next((text for text in texts if text), "")


def _own_base(element: _Element, base: str) -> str:
    """The base inside of an element: its xml:base, which may be relative itself, else the one around it (RFC 3986, 5.1)."""
    own = element.get(_BASE)
    return (usable_url(own, base) or base) if own else base


def _text_language(fields: Fields) -> str:
    """The language that the texts of an entry state themselves: text and title may be of another one than the feed around them."""
    texts = (text for name in ("content", "summary", "title") for text in fields.get(name, ()))
    return next((stated for text in texts if (stated := text.get(_LANG))), "")


def _links(element: _Element, fields: Fields, base: str) -> Iterator[str]:
    """The links of an entry, best first: the original behind a redirecting feed service, the link, the guid where it is a permalink."""
    yield from (text_of(link) for link in fields.get("feedburner:origLink", ()))
    linked = fields.get("link", ())
    yield from (text_of(link) for link in linked if not link.get("href"))
    alternates = [link for link in linked if link.get("href") and (link.get("rel") or "alternate").lower() == "alternate"]
    alternates.sort(key=lambda link: "html" not in (link.get("type") or "html"))  # stable: pages first
    yield from (_resolved_here(link, "href", base) for link in alternates)
    for guid in fields.get("guid", ()):
        text = text_of(guid).strip()
        if (guid.get("isPermaLink") or "true").lower() != "false" and _is_absolute(text):  # RSS 2.0: true by default
            yield text
    yield from (_resolved_here(content, "src", base) for content in fields.get("content", ()) if content.get("src"))
    yield from (text for text in (element.get(_RDF_ABOUT) or "", _text(fields, "id")) if _is_absolute(text))


def _resolved_here(link: _Element, attribute: str, base: str) -> str:
    """A link, resolved against an xml:base of its own."""
    href = link.get(attribute) or ""
    return usable_url(href, _own_base(link, base)) or href


def _is_absolute(text: str) -> bool:
    return text[:8].lower().startswith(("http://", "https://"))


def _authors(fields: Fields) -> Iterator[str]:
    for author in fields.get("author", ()):
        named = _fields(author)
        yield _text(named, "name") if named else text_of(author)
    if not fields.get("author"):
        yield from (text_of(creator) for name in ("dc:creator", "itunes:author", "contributor") for creator in fields.get(name, ()))


def _categories(fields: Fields) -> Iterator[str]:
    for category in fields.get("category", ()):
        yield category.get("label") or category.get("term") or text_of(category)
    yield from (text_of(subject) for subject in fields.get("dc:subject", ()))


def read_loose_head(body: bytes, *, url: str) -> FeedHead:
    """What stands before the entries of a feed that is not well-formed, as far as libxml2 can make it out."""
    start = _FIRST_ENTRY.search(body)
    head = body[: min(start.start() if start else len(body), _MAX_HEAD_BYTES)]
    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True)
    root = etree.fromstring(head, parser)
    return FeedHead(address=url) if root is None else _read_head(root, url)


def _read_head(root: _Element, url: str) -> FeedHead:
    """What stands beside the entries, in the root and in RSS's channel."""
    channel = next(iter(root.iterchildren("{*}channel")), root)
    around = [root] if channel is root else [root, channel]
    base, language = _base_and_language(around, url)
    fields = _fields(channel)
    complete = bool(fields["history:complete"])
    related = _related(fields, reduce(lambda outer, element: _own_base(element, outer), around, url))
    return FeedHead(
        address=url if _states_base(around) else base,
        language=language,
        next_url=None if complete else related.get("next"),
        archive_url=None if complete else related.get("prev-archive"),
        current_url=related.get("current") if fields["history:archive"] else None,
        complete=complete,
        min_interval_seconds=max(_ttl_seconds(fields), _hinted_seconds(fields)),
        skip_hours=frozenset(_numbers(fields, "skipHours", "hour", 24)),
        skip_days=frozenset(_DAYS[day] for day in _listed(fields, "skipDays", "day") if day in _DAYS),
    )


def _related(fields: Fields, base: str) -> dict[str, str]:
    """The documents that a feed's links lead to (RFC 5005), normalised, by relation; the first of each counts."""
    linked = [link for link in fields["link"] if link.get("href") and link.get("rel")]
    found = {link.get("rel", "").lower(): usable_url(link.get("href", ""), _own_base(link, base)) for link in reversed(linked)}
    return {relation: url for relation, url in found.items() if url is not None}


def _ttl_seconds(fields: Fields) -> int:
    minutes = _text(fields, "ttl")
    return min(int(minutes) * 60, _TTL_CAP_SECONDS) if minutes.isascii() and minutes.isdigit() and len(minutes) < 10 else 0


def _hinted_seconds(fields: Fields) -> int:
    period = _PERIOD_SECONDS.get(_text(fields, "sy:updatePeriod").lower(), 0)
    frequency = _text(fields, "sy:updateFrequency")
    often = int(frequency) if frequency.isascii() and frequency.isdigit() and len(frequency) < 6 else 1
    return min(period // max(often, 1), _HINT_CAP_SECONDS)


def _listed(fields: Fields, name: str, item: str) -> list[str]:
    holders = fields.get(name, ())
    return [text_of(child).strip().lower() for holder in holders for child in islice(holder.iterchildren("{*}" + item), _MAX_FIELDS)]


def _numbers(fields: Fields, name: str, item: str, modulus: int) -> Iterator[int]:
    """Hours 0 to 23; 24 is midnight in some dialects."""
    for text in _listed(fields, name, item):
        if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= modulus:
            yield int(text) % modulus
