"""From the raw strings of one entry, in any format, to a Candidate: the one place where they are cleaned, cut and resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.discover.dates import read_date
from pipeline.errors import UnsafeUrlError
from pipeline.records import Candidate, DateClaim
from pipeline.text import clean_line, plain_line
from pipeline.urls import normalise, unwrap_amp

MAX_ENTRIES = 50_000  # of one document: sitemaps.org's limit; what follows is not read
TITLE_CHARS = 2000
_SUMMARY_CHARS = 5000
_GUID_CHARS = 2000
_NAME_CHARS = 300
_MANY = 50  # authors or categories of one entry at the most

_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_][A-Za-z0-9]+)*")
_RSS_AUTHOR = re.compile(r"\S+@\S+\s*\((.+)\)")  # RSS 2.0: "desk@example.org (Jane Doe)"
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The strings of one entry as they were printed."""

    links: tuple[str, ...] = ()  # best first; the first usable one counts
    base: str  # that relative links are resolved against
    title: str = ""
    guid: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    categories: tuple[str, ...] = ()
    summary: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What is the same for all entries of one document."""

    now: datetime
    zone: str  # IANA name: of dates without an offset
    language: str = ""  # of entries that name none

    def candidate(self, entry: Entry) -> Candidate | None:
        """The entry as a Candidate, or None when no link of it can be fetched."""
        url = _first_usable(entry.links, entry.base)
        if url is None:
            return None
        return Candidate(
            url=url,
            guid=clean_line(entry.guid, _GUID_CHARS) or None,
            title=plain_line(entry.title, TITLE_CHARS) or None,
            authors=_names(_author_name(author) for author in entry.authors),
            published=self.date(entry.published),
            updated=self.date(entry.updated),
            categories=_names(entry.categories),
            summary=plain_line(entry.summary, _SUMMARY_CHARS) or None,
            language=_language(entry.language) or _language(self.language),
        )

    def date(self, text: str) -> DateClaim | None:
        """The moment a printed date means; None for none, or no plausible one."""
        return read_date(text, now=self.now, zone=self.zone) if text else None


def distinct(candidates: Iterable[Candidate | None]) -> tuple[tuple[Candidate, ...], int]:
    """The candidates in order, each URL once (the first entry counts), at most MAX_ENTRIES; and how many entries had no usable link."""
    kept: dict[str, Candidate] = {}
    skipped = 0
    for candidate in candidates:
        if candidate is None:
            skipped += 1
        else:
            kept.setdefault(candidate.url, candidate)
        if len(kept) >= MAX_ENTRIES:
            break
    return tuple(kept.values()), skipped


def usable_url(link: str, base: str | None = None) -> str | None:
    """The normalised URL of a link, out of an AMP cache where it lies in one; None when it can't be fetched."""
    try:
        return unwrap_amp(normalise(link.strip(), base))
    except UnsafeUrlError:
        return None


def _first_usable(links: Iterable[str], base: str) -> str | None:
    usable = (usable_url(link, base) for link in links if link and not link.isspace())
    return next((url for url in usable if url is not None), None)


def _names(texts: Iterable[str]) -> tuple[str, ...]:
    names = (plain_line(text, _NAME_CHARS) for text in texts)
    return tuple(dict.fromkeys(name for name in names if name))[:_MANY]


def _author_name(author: str) -> str:
    """The name in what a feed gives as author; a bare mail address is none."""
    author = author.strip()
    named = _RSS_AUTHOR.fullmatch(author[:_NAME_CHARS])
    if named is not None:
        return named.group(1)
    return "" if _MAIL.fullmatch(author[:_NAME_CHARS]) else author


def _language(tag: str) -> str | None:
    found = _LANGUAGE.fullmatch(tag.strip()[:40])
    return found.group(1).lower() if found else None
