"""What a home page says of its outlet: name and language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from pipeline.text import clean_line

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
_NAME_CHARS = 200


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """None where the page does not say."""

    name: str | None
    language: str | None  # BCP 47 primary language


def site_facts(page: bytes) -> SiteFacts:
    """Read `og:site_name` (else the title up to its first separator) and `<html lang>`."""
    html = LexborHTMLParser(page)
    named = html.css_first('meta[property="og:site_name"]')
    title = html.css_first("title")
    text = (named.attributes.get("content") if named else None) or (re.split(r"\s[|–—-]\s", title.text())[0] if title else "")
    root = html.css_first("html[lang]")
    language = _LANGUAGE.fullmatch((root.attributes.get("lang") if root else None) or "")
    return SiteFacts(name=clean_line(text or "", _NAME_CHARS) or None, language=language.group(1).lower() if language else None)
