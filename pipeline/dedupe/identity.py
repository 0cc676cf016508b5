"""Decides whether a page is a new article or one that is a row already (DESIGN 9, Identity)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.dedupe.sametext import same_text
from pipeline.urls import same_page_form


@dataclass(frozen=True, kw_only=True)
class PageIdentity:
    """What identity is decided on, of a page."""

    source_id: int
    own_url: str  # that answered
    claimed_url: str | None  # that it names as canonical
    aliases: frozenset[str]  # URLs that redirected to it
    title: str
    body: str

    @property
    def key_url(self) -> str:
        """The URL whose hash is the article's key.

        What a page names as canonical is believed outright only when it is another form of the same address (www, m, amp, scheme):
        some sites name one URL on every page, and the article that really lies there must not find its key taken.
        """
        if self.claimed_url is not None and same_page_form(self.own_url, self.claimed_url):
            return self.claimed_url
        return self.own_url

    @property
    def named_urls(self) -> frozenset[str]:
        """The URLs by which another page of the same article may be known: the key's and the claimed one."""
        return frozenset({self.key_url, self.claimed_url or self.key_url})

    @property
    def unproven_url(self) -> str | None:
        """The claim that is not believed outright."""
        return None if self.claimed_url in (None, self.own_url, self.key_url) else self.claimed_url


@dataclass(frozen=True, kw_only=True)
class KnownArticle:
    """An article that is a row and might be the page."""

    article_id: int
    source_id: int
    canonical_url: str
    claimed_url: str | None
    title: str
    body: str


@dataclass(frozen=True, kw_only=True)
class SameArticle:
    """The page is this article under another URL."""

    article_id: int
    proof: str  # for people


def identify(page: PageIdentity, *, by_alias: Sequence[KnownArticle], by_url: Sequence[KnownArticle]) -> SameArticle | None:
    """Which known article the page is; None: a new one.

    `by_alias` are the articles that the page's URLs are proven aliases of; `by_url` those under the key URL, or connected with it by
    somebody's claim. A claim counts where the text bears it out; another outlet's identical text is always a row of its own.
    """
    if by_alias:
        return SameArticle(article_id=by_alias[0].article_id, proof="a proven alias of the article")
    for known in by_url:
        if known.canonical_url == page.key_url:
            return SameArticle(article_id=known.article_id, proof="another form of the article's URL")
        if known.source_id == page.source_id and _same_text(page, known):
            return SameArticle(article_id=known.article_id, proof="named as canonical, with the same text")
    return None


def reads_better(url: str, other: str, *, canonical_url: str) -> bool:
    """Whether an article's row should read as the page that was asked for at `url`, rather than as that at `other`.

    The page at the canonical URL goes before its other forms (AMP, mobile, an address that redirects there), which may hold less; among
    those the smallest URL does, so that the row is the same whichever page comes first.
    """
    return (url != canonical_url, url) < (other != canonical_url, other)


def _same_text(page: PageIdentity, known: KnownArticle) -> bool:
    return same_text(title=page.title, body=page.body, other_title=known.title, other_body=known.body)
