"""What the simulated press is made of: outlets, articles and the blocks of their text.

An article's URL is `article_url(outlet, article)`; nothing else in the press puts article URLs together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote
from zoneinfo import ZoneInfo

# -- outlets -------------------------------------------------------------------------


class Form(StrEnum):
    """How an outlet fills in one kind of metadata."""

    RIGHT = "right"  # complete and true
    MISSING = "missing"  # not there at all
    WRONG = "wrong"  # there, but mistaken as real sites are: site name in the headline, a role for an author, a naive or modified date


class FeedKind(StrEnum):
    """The format of an outlet's feed; NONE: the outlet is found by its sitemaps or home page only."""

    RSS = "rss"
    ATOM = "atom"
    JSONFEED = "jsonfeed"
    NONE = "none"


class MapKind(StrEnum):
    """Which sitemaps an outlet has."""

    NEWS = "news"  # a news sitemap
    INDEX = "index"  # a sitemap index over sitemaps of 50 URLs
    PLAIN = "plain"  # one sitemap
    NONE = "none"


class Edition(StrEnum):
    """The host names of an outlet: `www.beacon.test`, `m.beacon.test` …"""

    WWW = "www"
    MOBILE = "m"
    AMP = "amp"
    FEEDS = "feeds"


class Reserves(StrEnum):
    """The file in which an outlet reserves its rights."""

    TDMREP = "tdmrep"  # TDMRep, W3C community group, 10 May 2024: all but one section
    AI_TXT = "ai_txt"  # Spawning: everything


@dataclass(frozen=True, kw_only=True)
class Section:
    """A department of an outlet."""

    slug: str  # ASCII, used in paths
    name: str  # in the outlet's language, as printed


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The metadata forms of an outlet's pages."""

    json_ld: Form
    open_graph: Form
    microdata: Form
    canonical: bool = True  # the page has <link rel=canonical>


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """One outlet of the press. `origins` is empty in the data and filled when the ports are known."""

    slug: str  # ASCII: beacon
    name: str  # as printed: The Harbour Beacon
    language: str  # BCP 47: en, de, es, fr, ru, ja
    country: str  # ISO 3166-1 alpha-2
    timezone: str  # IANA name: the zone of printed dates
    media_type: str  # agency, newspaper, broadcaster, magazine, online
    template: str  # name of a page template in newsroom/templates
    metadata: Metadata
    sections: tuple[Section, ...]
    path_pattern: str  # of str.format with section, slug, id, date: /{section}/{date:%Y/%m/%d}/{slug}-{id}
    feed: FeedKind
    feed_window: int  # entries of the feed, 10–100
    maps: MapKind
    editions: tuple[Edition, ...] = (Edition.WWW,)
    tls: bool = False  # https with HTTP/2 offered
    crawl_delay: float = 0.1  # seconds, stated in robots.txt
    agency: str | None = None  # slug of the agency whose articles this outlet reprints
    homepage_listed: bool = False  # Dateline is told of its home page too
    reserves: Reserves | None = None  # rights, in a file of its site
    origins: tuple[tuple[Edition, str], ...] = ()  # (edition, "http://www.beacon.test:18041")

    def host(self, edition: Edition) -> str:
        """The host name of one edition, without port."""
        return f"{edition}.{self.slug}.test"

    def origin(self, edition: Edition = Edition.WWW) -> str:
        """Scheme, host and port of one edition; KeyError where the outlet has no such edition."""
        return dict(self.origins)[edition]


# -- articles ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph of running text."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Subheading:
    """A heading between paragraphs."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A quotation set apart, which belongs to the article (a pull quote that repeats a sentence is the template's business)."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True, kw_only=True)
class BulletList:
    """A list of the article's own."""

    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A small table; the first row is its heading."""

    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Subheading | Quote | BulletList | Table


@dataclass(frozen=True, kw_only=True)
class PressArticle:
    """One version of an article, as its newsroom wrote it: the truth that an extraction is judged by."""

    article_id: str  # f"{seed:x}": unique within the press
    slug: str  # for the path; may hold any script
    outlet: str  # Outlet.slug
    language: str
    title: str
    subtitle: str | None
    paragraphs: tuple[Block, ...]
    authors: tuple[str, ...]
    section: Section
    dateline: str | None  # the place printed before the text: "LISBON"
    agency: str | None  # the credited agency's name, as printed
    published_at: datetime  # UTC
    modified_at: datetime | None = None  # UTC; set by an edit
    version: int = 1
    tags: tuple[str, ...] = ()
    image_url: str | None = None  # path on the outlet's own host
    image_caption: str | None = None


def article_path(outlet: Outlet, article: PressArticle) -> str:
    """The path of an article's page, percent-encoded; it never changes with an edit (it is made of what an edit keeps)."""
    local = article.published_at.astimezone(ZoneInfo(outlet.timezone))
    path = outlet.path_pattern.format(section=article.section.slug, slug=article.slug, id=article.article_id, date=local)
    return quote(path, safe="/-._~")


def article_url(outlet: Outlet, article: PressArticle, edition: Edition = Edition.WWW) -> str:
    """The absolute URL of an article's page; the canonical one is on www."""
    return outlet.origin(edition) + article_path(outlet, article)


def block_texts(block: Block) -> tuple[str, ...]:
    """The texts of one block as lines of reading: a list's items and a table's cells are a line each."""
    match block:
        case Paragraph(text=text) | Subheading(text=text):
            return (text,)
        case Quote(text=text, speaker=speaker):
            return (text, speaker) if speaker else (text,)
        case BulletList(items=items):
            return items
        case Table(rows=rows):
            return tuple(cell for row in rows for cell in row)


def body_lines(blocks: Sequence[Block]) -> tuple[str, ...]:
    """The lines of an article's body in order."""
    return tuple(line for block in blocks for line in block_texts(block))
