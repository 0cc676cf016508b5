"""The lead image's caption and credit, which pages print in one line: "The harbour at dawn. (Photo: Ana Silva/AP)"."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from pipeline.extract.rules import CREDITS
from pipeline.records import Evidence

_MAX_CREDIT = 120
_WORDS = "|".join(re.escape(word) for word in sorted(CREDITS, key=len, reverse=True))
_BY = r"(?:\s*[:：/]|\s+(?:by|von|de|di|par|courtesy of)\b)"
_SIGN = r"©|\(c\)|copyright\b"
# "Photo: X", "Foto von X", "© X" after a sentence, a bar or in brackets, to the end
_LABELLED = re.compile(rf"(?:^|[\s(（\[|/–—.。＝=])(?:(?:{_WORDS}){_BY}|{_SIGN})\s*(?P<credit>.+?)[)）\]]?\s*$", re.IGNORECASE)
_BRACKETED = re.compile(r"[(（\[](?P<credit>[^()（）\[\]]{2,60}(?:/|\svia\s)[^()（）\[\]]{2,60})[)）\]]\s*$")
_AGENCY = "AP|AFP|Reuters|REUTERS|Getty Images|dpa|EPA|EFE|ANSA|Bloomberg"
_AGENCY_END = re.compile(rf"(?:^|[.!?]\s+|\s[|–—-]\s)(?P<credit>[^.!?|]{{2,50}}/(?:{_AGENCY})(?:[ /][^.!?|]{{2,30}})?)\s*$")
_LABEL = re.compile(rf"^\s*(?:(?:{_WORDS})(?:{_BY}|\s+(?=\())?|{_SIGN})\s*[:：]?\s*", re.IGNORECASE)
_LABEL_AT_END = re.compile(rf"(?:[(（\[|/–—-]|\b)?\s*(?:(?:{_WORDS}){_BY}?|©|\(c\))?\s*$", re.IGNORECASE)


def choose_caption(claims: Sequence[Evidence]) -> tuple[str | None, str | None]:
    """Caption and credit of the lead image, each None where none is given.

    The credit is what JSON-LD or the figure names as such, else what the caption ends in; the caption is left without it.
    """
    printed = next((claim.value for claim in claims if claim.field == "image_caption" and claim.value), None)
    credited = next((credit for claim in claims if claim.field == "image_credit" and (credit := clean_credit(claim.value))), None)
    if printed is None:
        return None, credited
    caption, found = split_caption(printed)
    if credited and caption.casefold().endswith(credited.casefold()):
        caption = _LABEL_AT_END.sub("", caption[: -len(credited)].rstrip())
    return caption.strip(" |–—-") or None, credited or found


def split_caption(printed: str) -> tuple[str, str | None]:
    """A printed caption without the credit that it ends in, and that credit."""
    text = " ".join(html.unescape(printed).split())
    for pattern in (_LABELLED, _BRACKETED, _AGENCY_END):
        match = pattern.search(text)
        if match and (credit := clean_credit(match["credit"])):
            start = match.start() + (text[match.start()] == ".")
            return text[:start].strip(" |/–—＝=-"), credit
    return text, None


def clean_credit(raw: str) -> str | None:
    """A credit without its label ("Photo:", "©"); None for what is none (a link, a sentence)."""
    text = _LABEL.sub("", " ".join(html.unescape(raw).split())).strip(" ()[]（）|:;,.–—-")
    return text if 2 <= len(text) <= _MAX_CREDIT and "://" not in text and not text.isdigit() else None
