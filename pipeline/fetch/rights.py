"""Reservations of rights on a page: read as evidence in any case, heeded as far as the source's `respect` says (DESIGN 9, Rights)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from pipeline.fetch.airobots import TRAINING
from pipeline.fetch.content import is_html
from pipeline.headers import unavailable_after
from pipeline.records import NOT_TO_BE_SHOWN, Outcome, Refused, Respect, Response, Rights, SiteRights
from pipeline.text import clean_line

_HEAD_BYTES = 128 * 1024  # metas stand in the head; heads longer than this are styles and scripts
_META_BYTES = 4096  # of one meta at the most
_HEAD_TAGS = 3000  # lexbor takes 2.4 s for 26,000 nested divs, quadratically; 30 ms for these
_MAX_DIRECTIVES = 20
_DIRECTIVE_CHARS = 100
_PERMISSIONS = frozenset({"all", "index", "follow", "archive", "snippet", "imageindex", ""})  # they reserve nothing
_WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
_AGENT = re.compile(r"\s*([A-Za-z0-9_-]{1,60})\s*:(.*)", re.DOTALL)
_DATE_TAIL = re.compile(r"\s*\d")

_NO_INDEX = frozenset({"noindex", "none"})
_NO_ARCHIVE = frozenset({"noarchive", "none", "no-store"})
_NO_AI = frozenset({"noai"})  # not for training: no standard, but common
NOTHING_SAID = SiteRights()


def read_rights(response: Response, robots_token: str, site: SiteRights = NOTHING_SAID) -> Rights:
    """What headers and metas of a page and the files of its site reserve: robots directives for everybody or for our token, TDMRep, AI.

    Of several robots directives the most restrictive counts, and `no-store` of Cache-Control stands among them. TDMRep's values in a page
    supersede those of its header, and both those of the site's file (TDMRep, Processing priority).
    """
    metas = _metas(response.body) if is_html(response) else {}
    headers = {name: [value for key, value in response.headers if key == name] for name, _ in response.headers}
    in_headers = [*_header_directives(headers.get("x-robots-tag", ()), robots_token), *_no_store(headers.get("cache-control", ()))]
    in_metas = [part for name in ("robots", robots_token.lower()) for value in metas.get(name, ()) for part in _directives(value)]
    tdm = next((said for said in (_tdm(metas), _tdm(headers)) if said.reservation is not None), None)
    tdm = tdm or _Tdm(reservation=site.tdm_reservation, policy=site.tdm_policy)
    seen = {
        "header": in_headers or headers.get("tdm-reservation"),
        "meta": in_metas or metas.get("tdm-reservation"),
        "tdmrep.json": site.tdm_reservation is not None,
        "ai.txt": site.ai_txt is not None,
        "robots.txt": site.ai_robots,
    }
    return Rights(
        robots=tuple(sorted(set(in_headers + in_metas))[:_MAX_DIRECTIVES]),
        tdm_reservation=tdm.reservation,
        tdm_policy=tdm.policy,
        ai_txt=site.ai_txt,
        ai_robots=site.ai_robots,
        origins=tuple(name for name, found in seen.items() if found),
    )


@dataclass(frozen=True, kw_only=True)
class _Tdm:
    """TDMRep's two values from one place."""

    reservation: bool | None
    policy: str | None


def _tdm(fields: Mapping[str, list[str]]) -> _Tdm:
    policy = next(iter(fields.get("tdm-policy", ())), None)
    return _Tdm(reservation=_reservation(fields.get("tdm-reservation", [])), policy=clean_line(policy, 500) if policy else None)


def _metas(body: bytes) -> dict[str, list[str]]:
    """Contents of the metas by name, lower case; comments, scripts and templates are no metas, so a parser reads them.

    What stands after the last one is not parsed: two thirds of the time.
    """
    head = body[:_HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "replace")
    else:
        text = head[: head.lower().rfind(b"<meta") + _META_BYTES].decode("utf-8", "replace")
    markup = "<".join(text.split("<", _HEAD_TAGS)[:_HEAD_TAGS])
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


def rights_verdict(rights: Rights, respect: Respect, at: datetime) -> Refused | None:
    """Whether a page that was read at that moment may become a row.

    `tdm` heeds a reservation of text and data mining, wherever it stands; `all` also noindex, none, and an unavailable_after that is over.
    """
    reserved = _reserved_for_tdm(rights) if respect is not Respect.NONE else None
    kept = _kept_from_lists(rights, at) if respect is Respect.ALL and reserved is None else None
    detail = reserved or kept
    return Refused(outcome=Outcome.RIGHTS, detail=detail) if detail else None


def _reserved_for_tdm(rights: Rights) -> str | None:
    if rights.tdm_reservation:
        return "tdm-reservation: 1"
    if rights.ai_txt:
        return "ai.txt keeps AI from its pages"
    if _NO_AI.intersection(rights.robots):
        return "robots: noai"
    training = [token for token in rights.ai_robots if token in TRAINING]
    return f"robots.txt keeps {', '.join(training[:3])}{' and others' if len(training) > 3 else ''} from it" if training else None


def _kept_from_lists(rights: Rights, at: datetime) -> str | None:
    kept = sorted(_NO_INDEX.intersection(rights.robots))
    over = [directive for directive in rights.robots if (until := unavailable_after(directive)) is not None and until <= at]
    return f"{NOT_TO_BE_SHOWN}: {', '.join(kept or over)}" if kept or over else None


def may_archive(rights: Rights, respect: Respect, at: datetime) -> bool:
    """Whether the response may be kept as WARC: only `all` heeds noarchive and no-store, and what is refused for its rights isn't kept."""
    return rights_verdict(rights, respect, at) is None and not (respect is Respect.ALL and _NO_ARCHIVE.intersection(rights.robots))
