"""The people who wrote an article, in order; no outlets, roles, agencies ("Reuters Staff") or links."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from pipeline.extract.rules import AGENCIES, AND, BY, NOT_A_PERSON
from pipeline.extract.titles import letters
from pipeline.records import Evidence

MAX_AUTHORS = 20
_MAX_NAME_CHARS = 60
_MAX_NAME_WORDS = 6

# field and origin, most trusted first; measured on one half of 462 labelled pages by site, judged on the other
_ORDER = (
    ("author", "jsonld"),
    ("author", "opengraph"),
    ("author", "meta"),
    ("author", "microdata"),
    ("author", "html"),
    ("byline", "html"),
    ("author", "feed"),
    ("author_link", "html"),
    ("organisation", "jsonld"),
)
_INTRODUCTION = re.compile(rf"^(?:{'|'.join(re.escape(word) for word in sorted(BY, key=len, reverse=True))})\b[\s:：]*", re.IGNORECASE)
_BETWEEN = re.compile(rf"\s*[,;/|•·]\s*|\s+(?:{'|'.join(re.escape(word) for word in AND)})\s+", re.IGNORECASE)
_AFTER_NAME = re.compile(
    r"\s*(?:\(.*|\s기자\b.*|\[.*|<.*|\s[-–—|]\s.*|@\S+.*|\S+@\S+.*|https?://.*|,?\s(?:for|in|at|of|from|aus|über|für|à|en)\s(?:the\s)?[A-ZÄÖÜ].*"
    r"|\s(?:updated|published|posted|on)\b.*|\b\d{1,2}[./:]\d.*|\b(?:19|20)\d\d\b.*)$",
    re.IGNORECASE,
)
_TITLES = re.compile(r"^(?:(?:dr|prof|professor|sir|mr|mrs|ms|dipl|ing|mag)\.?\s+)+", re.IGNORECASE)
_JOB = re.compile(
    r"\b(?:reporter|correspondent|writer|journalist|columnist|photographer|producer|director|analyst|redakteur|redakteurin|korrespondent|korrespondentin|"
    r"journaliste|periodista|giornalista|korrespondentin|chefredakteur|chief|manager|expert|author|contributor|senior|executive|presenter|host)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|published|updated|posted|share|follow)\w{0,8}\b", re.IGNORECASE
)


def choose_authors(claims: Sequence[Evidence], outlets: frozenset[str]) -> tuple[str, ...]:
    """The people named by the most trusted origin that names any; `outlets` are the outlet's names (`titles.outlet_names`)."""
    publishers = {letters(claim.value) for claim in claims if claim.field == "publisher"}
    for field, origin in _ORDER:
        raws = [claim.value for claim in claims if (claim.field, claim.origin) == (field, origin)]
        if field in {"byline", "author_link"} or (field, origin) == ("author", "html"):
            raws = raws[:1] if field != "author" else raws[:3]
        # a person's own site carries the person's name: an explicit author claim may equal it, unless the page calls it an organisation
        names = (
            outlets
            if (field, origin) not in {("author", "jsonld"), ("author", "meta")}
            else frozenset(name for name in outlets if name in publishers or not _could_be_person(name, raws))
        )
        people = _distinct([name for raw in raws for name in people_in(raw, names)])
        if people:
            return people[:MAX_AUTHORS]
    return ()


def people_in(raw: str, outlets: frozenset[str]) -> tuple[str, ...]:
    """The names of people in one claim such as "By Ana Silva and Tom Brown, Political Editor"; empty for anything else."""
    text = _INTRODUCTION.sub("", " ".join(html.unescape(raw).split())).strip()
    if "://" in text or text.startswith(("@", "/", "#")) or len(text) > 400:
        return ()
    return _distinct([name for part in _parts(text) if (name := _name(part)) and _is_person(name, outlets)])


def choose_agency(claims: Sequence[Evidence], lines: Sequence[str]) -> str | None:
    """The agency credited as author, in the byline or (`lines`: first and last of the text) in brackets; None where none is."""
    for claim in claims:
        if claim.field in {"author", "organisation", "byline"}:
            for part in _parts(_INTRODUCTION.sub("", claim.value)):
                if agency := agency_called(part):
                    return agency
    for text in lines:
        for credit in _CREDIT.finditer(text[:160] + " " + text[-80:]):
            if agency := agency_called(credit[1]):
                return agency
    return None


_CREDIT = re.compile(r"[(（]([\w./ -]{2,30})[)）]")


def agency_called(text: str) -> str | None:
    """The agency that `text` (whole) names, also as "Reuters Staff"."""
    name = " ".join(text.casefold().replace("staff", "").strip(" .()").split())
    if name in AGENCIES:
        return AGENCIES[name]
    return next((AGENCIES[part] for part in re.split(r"[/,]", name) if part in AGENCIES), None) if "/" in name else None


def choose_byline(claims: Sequence[Evidence], authors: tuple[str, ...]) -> str | None:
    """The byline as printed: the shortest visible line that names the first author.

    Without people, whoever is credited: an agency, a desk, the outlet.
    """
    visible = [
        claim.value
        for claim in claims
        if claim.field in {"byline", "author"} and claim.origin in {"html", "microdata"} and len(claim.value) <= 200
    ]
    if authors:
        return min((value for value in visible if letters(authors[0]) in letters(value)), key=len, default=", ".join(authors))
    for field, origin in _ORDER:
        for claim in claims:
            if (claim.field, claim.origin) == (field, origin) and (credit := _credit(claim.value)):
                return credit
    return None


def _credit(raw: str) -> str | None:
    """A credited organisation's name out of a claim; None for links, dates and other lines that credit nobody."""
    text = _INTRODUCTION.sub("", " ".join(html.unescape(raw).split())).strip(" :-|")
    if "://" in text or not 2 <= len(text) <= 60 or text.startswith(("@", "/", "#")) or text.isdigit():
        return None
    return _AFTER_NAME.sub("", text).strip() or None


def _could_be_person(outlet: str, raws: Sequence[str]) -> bool:
    """Whether a claim that is this very outlet's name may be a person: two to four capitalised words, none of them of the press."""
    own = [raw.split() for raw in raws if letters(raw) and letters(raw) in outlet]
    return any(
        2 <= len(words) <= 4 and all(word[:1].isupper() for word in words) and not {letters(word) for word in words} & NOT_A_PERSON
        for words in own
    )


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text) if part and part.strip()]


def _name(part: str) -> str:
    return _TITLES.sub("", _AFTER_NAME.sub("", _INTRODUCTION.sub("", part.strip()))).strip(" .,:;-–—*·•|\"'")


def _is_person(name: str, outlets: frozenset[str]) -> bool:
    words = name.split()
    plain = letters(name)
    if not 1 <= len(words) <= _MAX_NAME_WORDS or not 2 <= len(name) <= _MAX_NAME_CHARS or len(plain) < 2:
        return False
    if (
        any(char.isdigit() for char in name)
        or (len(words) == 1 and _WEEKDAY.match(name))
        or ":" in name
        or agency_called(name)
        or any(part in name for part in (".com", ".de", ".org", "www.", "?", "!", "{"))
    ):
        return False
    if {letters(word) for word in words} & NOT_A_PERSON or _JOB.search(name) or plain in outlets:
        return False
    return not any(plain in outlet for outlet in outlets if len(plain) > 5 and len(words) == 1) and _looks_like_a_name(words)


def _looks_like_a_name(words: list[str]) -> bool:
    """Scripts with cases start a name with a capital; single lower-case words are log-in names."""
    cased = [word for word in words if word[:1].isalpha() and word[:1].lower() != word[:1].upper()]
    return not cased or any(word[:1].isupper() for word in cased)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(letters(name), name)
    return tuple(seen.values())
