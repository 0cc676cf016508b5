"""What a page says: the article and its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pipeline.records.fetching import Rights
from pipeline.records.sources import DateClaim
from pipeline.records.terms import Access, Precision
from pipeline.text import count_words


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One candidate for one field."""

    field: str
    value: str
    origin: str  # feed, news_sitemap, jsonld, opengraph, meta, microdata, html, url, header, text
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Article:
    """An article and its facts, and nothing else."""

    claimed_url: str | None  # normalised; what the page names as its canonical URL, where acceptable (urls.acceptable_canonical)
    title: str
    body: str  # paragraphs, separated by one blank line
    body_markdown: str | None = None  # the same lines with headings, quotes, lists and tables marked (GFM); None: as `body`
    published: DateClaim | None = None
    modified_at: datetime | None = None  # the publisher's claim
    modified_precision: Precision | None = None  # None where modified_at is
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    byline: str | None = None  # as printed
    agency: str | None = None
    dateline: str | None = None  # as printed: "BELGRADE, Serbia"
    place: str | None = None  # the dateline's town, as one writes it: "Belgrade"
    section: str | None = None
    tags: tuple[str, ...] = ()
    article_type: str = "news"  # news, live, opinion, video, gallery, list
    language: str | None = None
    language_confidence: float | None = None
    image_url: str | None = None
    image_caption: str | None = None  # without the credit
    image_credit: str | None = None  # who made it, as printed
    access: Access = Access.UNKNOWN
    quality: float = 1.0  # 0..1
    quality_flags: tuple[str, ...] = ()
    rights: Rights = Rights()
    evidence: tuple[Evidence, ...] = ()
    extractor: str = ""  # names version, rules hash and settings hash: equal strings give equal results

    @property
    def word_count(self) -> int:
        """Words between white space; two characters a word where Chinese, Japanese or Korean is written without it."""
        return count_words(self.body)


@dataclass(frozen=True, kw_only=True)
class RecurringBlock:
    """A line that returns on an outlet's pages, as it was counted."""

    block: int  # its hash, see `pipeline.blocks`
    stories: int  # copies and other versions of an article are one
    days: int
    first_day: date
    last_day: date
    article_ids: tuple[int, ...]  # the newest that have it, at most 50
