"""The place with which agency texts begin: "BELGRADE, Serbia (AP) —", "Berlin (dpa) -", "MADRID, 3 Mar. (EFE) -", "【東京】"."""

from __future__ import annotations

import re

from pipeline.extract.authors import agency_called

_WITHIN = 120  # a dateline ends within this many characters
_CAPITAL = r"[A-ZÀ-ÞĀ-ŽА-ЯЁІЇЄΑ-Ω]"
_PLACE = rf"{_CAPITAL}[\w.'’ʼ-]*(?:[ /-](?:(?:de|del|la|le|les|el|am|an|der|im|sur|di|do|da|of|the)[ -])?{_CAPITAL}[\w.'’ʼ-]*){{0,4}}"
_AFTER_PLACE = r"(?:,\s*[^()—–:]{2,40}?)?"
_CREDIT = r"\s*[(（][^()（）]{2,40}[)）]"
_DASH = r"\s*(?:[—–―]|--?(?=\s))\s*"
_WITH_CREDIT = re.compile(rf"^(?P<place>{_PLACE}{_AFTER_PLACE}){_CREDIT}(?:{_DASH}|:\s|\.\s|\s)")
_CAPITALS = re.compile(rf"^(?P<place>(?:{_CAPITAL}[{_CAPITAL[1:-1]}.'’/ -]{{2,40}}){_AFTER_PLACE}){_DASH}")
_PLACE_DASH = re.compile(rf"^(?P<place>{_PLACE}(?:,\s*{_PLACE})?(?:,\s*\d{{1,2}}\.?\s*[^\W\d_]{{3,12}}\.?)?)\s*[—–―]\s+")
_ITALIAN = re.compile(
    rf"^[(（][^()（）]{{2,30}}[)）]\s*[-–—]?\s*(?P<place>{_CAPITAL}[{_CAPITAL[1:-1]}' ]{{2,30}})(?:,\s*\d{{1,2}}\s\w{{3,9}})?\s*[-–—]\s"
)
_CJK_BRACKET = re.compile(r"^[【［\[](?P<place>[^】］\]=＝]{1,20})(?:[=＝][^】］\]]{1,30})?[】］\]]")
_CHINESE = re.compile(r"^(?:（)?(?:新华社|中新社|中新网|新華社)(?P<place>[\u4e00-\u9fff]{2,6}?)\d{1,2}月\d{1,2}日(?:电|電)")
_PATTERNS = (_WITH_CREDIT, _ITALIAN, _CAPITALS, _PLACE_DASH, _CJK_BRACKET, _CHINESE)
_NO_PLACE = frozenset(
    [
        "update",
        "updated",
        "live",
        "breaking",
        "video",
        "watch",
        "exclusive",
        "opinion",
        "analysis",
        "correction",
        "editor's",
        "note",
        "interview",
        "photos",
        "summary",
        "factbox",
        "explainer",
        "q&a",
        "read",
        "more",
    ]
)


def find_dateline(first_paragraph: str) -> str | None:
    """The place as printed at the start of a text, without agency and dash; None where there is none."""
    start = first_paragraph[:_WITHIN].strip()
    for pattern in _PATTERNS:
        match = pattern.match(start)
        if match and (place := match["place"].strip(" ,.-–—")) and _is_place(place):
            return place
    return None


def _is_place(place: str) -> bool:
    words = place.casefold().replace(",", " ").split()
    return 1 <= len(words) <= 8 and not _NO_PLACE & set(words) and agency_called(place) is None and any(char.isalpha() for char in place)


_DATE_PART = re.compile(r"\d|^(?:mon|tues|wednes|thurs|fri|satur|sun)day$", re.IGNORECASE)
_SMALL = frozenset(
    ["de", "del", "da", "do", "di", "la", "le", "les", "el", "am", "an", "der", "im", "sur", "of", "the", "upon", "en", "sous"]
)


def place_of(dateline: str) -> str | None:
    """The town that a dateline names, as one writes it: "Belgrade" of "BELGRADE, Serbia"; None where none can be told."""
    parts = [part.strip(" .()") for part in re.split(r"[,/、;]|\s[–—-]\s|\s+(?:and|und|et|y)\s+", dateline)]
    first = next((part for part in parts if part and not _DATE_PART.search(part)), "")
    words = first.split()
    if not 1 <= len(words) <= 5 or agency_called(first):
        return None
    return " ".join(_spelt(word, first=not at) for at, word in enumerate(words)) if first.isupper() and len(first) > 3 else first


def _spelt(word: str, *, first: bool) -> str:
    """A word in capitals as one writes it; "D.C." and other abbreviations stay."""
    if "." in word:
        return word
    if word.lower() in _SMALL and not first:
        return word.lower()
    return re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), word)
