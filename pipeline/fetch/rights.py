"""Reservations of rights on a page: read as evidence in any case, heeded as far as the source's `respect` says (DESIGN 9, Rights)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser

from pipeline.fetch.content import is_html
from pipeline.records import Outcome, Refused, Respect, Response, Rights
from pipeline.text import clean_line

_HEAD_BYTES = 128 * 1024  # metas stand in the head; heads longer than this are styles and scripts
_HEAD_TAGS = 3000  # lexbor takes 2.4 s for 26,000 nested divs, quadratically; 30 ms for these
_MAX_DIRECTIVES = 20
_DIRECTIVE_CHARS = 100
_PERMISSIONS = frozenset({"all", "index", "follow", "archive", "snippet", "imageindex", ""})  # they reserve nothing
_WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
_AGENT = re.compile(r"\s*([A-Za-z0-9_-]{1,60})\s*:(.*)", re.DOTALL)
_DATE_TAIL = re.compile(r"\s*\d")

_NO_INDEX = frozenset({"noindex", "none"})
_NO_ARCHIVE = frozenset({"noarchive", "none", "no-store"})


def read_rights(response: Response, robots_token: str) -> Rights:
    """What headers and metas of a page reserve: robots directives for everybody or for our token, and TDMRep's two values.

    Of several statements the most restrictive counts. `no-store` of Cache-Control stands among the directives.
    """
    metas = _metas(response.body) if is_html(response) else {}
    headers = {name: [value for key, value in response.headers if key == name] for name, _ in response.headers}
    in_headers = [*_header_directives(headers.get("x-robots-tag", ()), robots_token), *_no_store(headers.get("cache-control", ()))]
    in_metas = [part for name in ("robots", robots_token.lower()) for value in metas.get(name, ()) for part in _directives(value)]
    reserved_by = {"header": headers.get("tdm-reservation", []), "meta": metas.get("tdm-reservation", [])}
    policy = next(iter([*metas.get("tdm-policy", ()), *headers.get("tdm-policy", ())]), None)
    origins = [name for name, found in (("header", in_headers), ("meta", in_metas)) if found or reserved_by[name]]
    return Rights(
        robots=tuple(sorted(set(in_headers + in_metas))[:_MAX_DIRECTIVES]),
        tdm_reservation=_reservation([value for values in reserved_by.values() for value in values]),
        tdm_policy=clean_line(policy, 500) if policy else None,
        origins=tuple(origins),
    )


def _metas(body: bytes) -> dict[str, list[str]]:
    """Contents of the metas by name, lower case; comments, scripts and templates are no metas, so a parser reads them."""
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    markup = "<".join(body[:_HEAD_BYTES].decode(encoding, "replace").split("<", _HEAD_TAGS)[:_HEAD_TAGS])
    found: dict[str, list[str]] = {}
    for meta in LexborHTMLParser(markup).css("meta[name][content]"):
        name, content = meta.attributes.get("name") or "", meta.attributes.get("content") or ""
        found.setdefault(name.strip().lower(), []).append(content)
    return found


def _header_directives(values: Iterable[str], robots_token: str) -> list[str]:
    """X-Robots-Tag: a field may begin with the name of the robot that it is for."""
    found: list[str] = []
    for value in values:
        match = _AGENT.match(value)
        if match is not None and match[1].lower() not in _WITH_VALUE:
            if match[1].lower() == robots_token.lower():
                found += _directives(match[2])
        else:
            found += _directives(value)
    return found


def _directives(value: str) -> list[str]:
    """The directives of a comma list that restrict; a date's own comma does not part it."""
    parts: list[str] = []
    for part in value.lower().split(",")[: 2 * _MAX_DIRECTIVES]:
        if parts and parts[-1].startswith("unavailable_after") and _DATE_TAIL.match(part):
            parts[-1] += "," + part
        else:
            parts.append(clean_line(part, _DIRECTIVE_CHARS))
    return [part for part in parts if part not in _PERMISSIONS]


def _no_store(values: Iterable[str]) -> list[str]:
    return ["no-store" for value in values if "no-store" in [part.strip() for part in value.lower().split(",")]]


def _reservation(values: list[str]) -> bool | None:
    """TDMRep (W3C community report, 10 May 2024): 1 reserves, 0 does not; anything else says nothing."""
    said = {value.strip() for value in values} & {"0", "1"}
    return "1" in said if said else None


def rights_verdict(rights: Rights, respect: Respect) -> Refused | None:
    """Whether the page may become a row: `tdm` heeds a TDM reservation, `all` also noindex and none."""
    if respect is not Respect.NONE and rights.tdm_reservation:
        return Refused(outcome=Outcome.RIGHTS, detail="tdm-reservation: 1")
    if respect is Respect.ALL:
        kept = sorted(_NO_INDEX.intersection(rights.robots))
        return Refused(outcome=Outcome.RIGHTS, detail=f"robots: {', '.join(kept)}") if kept else None
    return None


def may_archive(rights: Rights, respect: Respect) -> bool:
    """Whether the response may be kept as WARC: only `all` heeds noarchive and no-store, and what is refused for its rights isn't kept."""
    return rights_verdict(rights, respect) is None and not (respect is Respect.ALL and _NO_ARCHIVE.intersection(rights.robots))
