"""The list of sources as OPML 2.0, the format in which feed readers exchange their lists. Bytes in, records out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipeline.errors import SourceFileError, UnsafeUrlError
from pipeline.records import EndpointKind, EndpointSpec, SourceSpec
from pipeline.text import LANGUAGE, clean_line
from pipeline.urls import normalise, registrable_domain

_MAX_OUTLINES = 10_000
_NAME_CHARS = 200


@dataclass(frozen=True, kw_only=True)
class OpmlList:
    """What an OPML list comes to."""

    sources: tuple[SourceSpec, ...]
    skipped: tuple[str, ...]  # a line for each feed that can't be used: its title and address, and why


def read_opml(data: bytes) -> OpmlList:
    """The feeds of an OPML list as sources: those of one site (htmlUrl) become one source, its slug made from the site's domain.

    Raises SourceFileError for what is not OPML; feeds without a usable address are among the skipped. Outlines without xmlUrl are folders.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceFileError(f"the OPML is not well-formed XML: {error}") from None
    if etree.QName(root).localname.lower() != "opml":
        raise SourceFileError(f"the file is not OPML: its root is <{etree.QName(root).localname}>")
    sites: dict[str, SourceSpec] = {}
    skipped: list[str] = []
    feeds = [outline for outline in root.iter("{*}outline") if outline.get("xmlUrl") is not None]
    for outline in feeds[:_MAX_OUTLINES]:
        try:
            spec = _outlined(outline)
        except UnsafeUrlError as error:
            skipped.append(f"{_title(outline) or 'a feed without a title'}: {error.detail}")
            continue
        known = sites.get(spec.slug)
        sites[spec.slug] = spec if known is None else _joined(known, spec)
    if len(feeds) > _MAX_OUTLINES:
        skipped.append(f"the {len(feeds) - _MAX_OUTLINES:,} feeds after the first {_MAX_OUTLINES:,}: no more are read of one list")
    return OpmlList(sources=tuple(sites.values()), skipped=tuple(skipped))


def _outlined(outline: Any) -> SourceSpec:
    """An outline's feed as a source. Raises UnsafeUrlError for a feed or home page whose address is none that may be fetched."""
    feed = normalise(outline.get("xmlUrl"))
    homepage = normalise(outline.get("htmlUrl"), feed) if outline.get("htmlUrl") else normalise("/", feed)
    domain = registrable_domain(homepage.split("/", 3)[2])
    slug = re.sub(r"[^a-z0-9._-]+", "-", domain).strip("-._")[:63] or "site"
    name = _title(outline) or domain
    language = (outline.get("language") or "").lower().partition("-")[0]
    kind = EndpointKind.ATOM if "atom" in (outline.get("version") or outline.get("type") or "").lower() else EndpointKind.RSS
    return SourceSpec(
        slug=slug,
        name=name,
        homepage=homepage,
        language=language if LANGUAGE.fullmatch(language) else None,
        endpoints=(EndpointSpec(kind=kind, url=feed),),
    )


def _title(outline: Any) -> str:
    return clean_line(outline.get("title") or outline.get("text") or "", _NAME_CHARS)


def _joined(known: SourceSpec, more: SourceSpec) -> SourceSpec:
    unique = {endpoint.url: endpoint for endpoint in (*known.endpoints, *more.endpoints)}
    return SourceSpec(
        slug=known.slug,
        name=known.name,
        homepage=known.homepage,
        language=known.language or more.language,
        endpoints=tuple(unique.values()),
    )


def write_opml(specs: Iterable[SourceSpec], *, title: str = "Dateline sources") -> bytes:
    """The feeds of the sources as OPML 2.0; sitemaps and home pages have no place in it."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for spec in specs:
        for endpoint in spec.endpoints:
            if endpoint.kind in (EndpointKind.RSS, EndpointKind.ATOM, EndpointKind.JSONFEED):
                version = "ATOM" if endpoint.kind is EndpointKind.ATOM else "RSS2"
                fields = {
                    "text": spec.name,
                    "title": spec.name,
                    "type": "rss",
                    "version": version,
                    "xmlUrl": endpoint.url,
                    "htmlUrl": spec.homepage,
                }
                etree.SubElement(body, "outline", fields | ({"language": spec.language} if spec.language else {}))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
