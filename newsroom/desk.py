"""Decides what each request to an outlet gets: the map from host and path to an answer."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsroom import feeds, reservations
from newsroom.channel import HTML, Header
from newsroom.faults import CATALOGUE, Busy, Fault, WrongCharset
from newsroom.feeds import Listing
from newsroom.press import DISALLOWED_PREFIX, Place, Press
from newsroom.records import Edition, FeedKind, MapKind, Outlet, PressArticle, body_lines
from newsroom.render import bad_page, render_page
from newsroom.script import Life, PageKind, outage_until
from newsroom.sources import feed_address, map_endpoints

FEED_RENDERERS = {FeedKind.RSS: feeds.rss, FeedKind.ATOM: feeds.atom, FeedKind.JSONFEED: feeds.json_feed}
XML: Header = ("content-type", "application/xml")
FURNITURE = {"/about": "too_short", "/contact": "too_short", "/newsletter": "login"}  # path: kind of bad page
DISALLOWED = (DISALLOWED_PREFIX, "/internal")
HOME_PAGE_SIZE = 30
RELATED = 4
NOISE_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request gets. The body is made only when it is sent: a 304 costs nothing."""

    status: int = 200
    headers: tuple[Header, ...] = (HTML,)
    body: Callable[[], bytes] = bytes
    etag: str | None = None
    last_modified: datetime | None = None
    lists: tuple[int, int] | None = None  # the numbers of the outlet's articles that it lists: first, one after the last
    fault: Fault | None = None


class Desk:
    """Answers for all outlets. Its only state of its own: which URLs have had their passing fault."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self._faulted: set[int] = set()

    def answer(self, outlet: Outlet, edition: Edition, path: str, now: datetime) -> Answer:
        """The answer to a GET of `path` (percent-encoded, without query) at one host of `outlet`."""
        down = outage_until(self.press.script, tuple(self.press.outlets.values()), outlet.slug, now)
        if down is not None:
            return Answer(status=503, fault=Busy(503, min(3, math.ceil((down - now).total_seconds()))))
        if path == "/robots.txt":
            body = feeds.robots_txt(outlet, disallow=DISALLOWED, sitemaps=[spec.url for spec in map_endpoints(outlet)])
            return Answer(headers=(("content-type", "text/plain; charset=utf-8"),), body=lambda: body, etag=_etag(body.decode()))
        if (file := reservations.files(outlet).get(path)) is not None:
            return Answer(headers=(("content-type", "application/octet-stream"),), body=lambda: file, etag=_etag(file.decode()))
        place = self.press.place(outlet.slug, path)
        if edition is Edition.MOBILE and (place is None or place.life.number % 2 == 0):
            return Answer(status=301, headers=(HTML, ("location", outlet.origin() + path)))
        if place is not None and edition is not Edition.FEEDS:
            return self._page(outlet, edition, place, now)
        return self._endpoint(outlet, edition, path, now) or self._furniture(outlet, path)

    # -- what lists articles -----------------------------------------------------------

    def _endpoint(self, outlet: Outlet, edition: Edition, path: str, now: datetime) -> Answer | None:
        lives = self.press.lives[outlet.slug]
        feed = feed_address(outlet)
        if feed is not None and feed.url == outlet.origin(edition) + path:
            newest = lives[-outlet.feed_window :][::-1]
            render = FEED_RENDERERS[outlet.feed]
            return self._listing(newest, now, ("content-type", feed.media_type), lambda entries: render(outlet, entries), in_feed=True)
        if edition is not Edition.WWW:
            return None
        if path == "/":
            return self._listing(lives[-HOME_PAGE_SIZE:][::-1], now, HTML, lambda entries: feeds.home_page(outlet, entries, feed=feed))
        return self._map(outlet, path, lives, now)

    def _map(self, outlet: Outlet, path: str, lives: Sequence[Life], now: datetime) -> Answer | None:
        match outlet.maps, path:
            case MapKind.NEWS, "/news-sitemap.xml":
                recent = [life for life in lives[-feeds.NEWS_SITEMAP_SIZE :] if life.published_at > now - timedelta(days=2)]
                return self._listing(recent, now, XML, lambda entries: feeds.news_sitemap(outlet, entries))
            case MapKind.PLAIN, "/sitemap.xml":
                return self._listing(lives, now, XML, feeds.sitemap)
            case MapKind.INDEX, "/sitemap-index.xml":
                return self._index(outlet, lives, now)
            case MapKind.INDEX, _ if path.startswith("/sitemap-") and path[9:-4].isdecimal():
                first = int(path[9:-4]) * feeds.SITEMAP_SIZE
                return self._listing(lives[first : first + feeds.SITEMAP_SIZE], now, XML, feeds.sitemap) if first < len(lives) else None
        return None

    def _index(self, outlet: Outlet, lives: Sequence[Life], now: datetime) -> Answer:
        parts = [lives[first : first + feeds.SITEMAP_SIZE] for first in range(0, len(lives), feeds.SITEMAP_SIZE)]
        changes = [max(self._changed_at(life, now) for life in part) for part in parts]
        children = [(f"{outlet.origin()}/sitemap-{at}.xml", change) for at, change in enumerate(changes)]
        body = feeds.sitemap_index(children)
        return Answer(headers=(XML,), body=lambda: body, etag=_etag(body.decode()))

    def _listing(
        self, lives: Sequence[Life], now: datetime, header: Header, render: Callable[[list[Listing]], bytes], *, in_feed: bool = False
    ) -> Answer:
        """An answer that lists `lives`, which follow each other in number."""
        numbers = [life.number for life in lives]
        changes = [self._changed_at(life, now) for life in lives]
        return Answer(
            headers=(header,),
            body=lambda: render([self._entry(life, now, in_feed=in_feed) for life in lives]),
            etag=_etag(repr((numbers, changes, header))),
            last_modified=max(changes, default=None),
            lists=(min(numbers), max(numbers) + 1) if numbers else None,
        )

    def _entry(self, life: Life, now: datetime, *, in_feed: bool) -> Listing:
        article = self.press.article(life, self.press.version_number(life, now))
        return Listing(
            url=self.press.url(life, listed=True, edition=life.edition if in_feed else Edition.WWW),
            title=article.title,
            summary=article.subtitle or body_lines(article.paragraphs)[0],
            authors=article.authors,
            section=article.section.name,
            published_at=article.published_at,
            changed_at=self._changed_at(life, now),
        )

    def _changed_at(self, life: Life, now: datetime) -> datetime:
        return max([life.published_at, *(edit.replace(microsecond=0) for edit in life.edits if edit <= now)])

    # -- pages -------------------------------------------------------------------------

    def _page(self, outlet: Outlet, edition: Edition, place: Place, now: datetime) -> Answer:
        life = place.life
        if life.deleted_at is not None and life.deleted_at <= now:
            return _error_page(outlet, 410 if life.number % 2 else 404)
        if life.moves and place.listed and life.moved_at is not None and life.moved_at <= now:
            return Answer(status=301, headers=(HTML, ("location", self.press.url(life, listed=False))))
        return self._spoilt(life, self._good_page(outlet, edition, life, now) if life.kind in _READABLE else _bad_page(outlet, life))

    def _good_page(self, outlet: Outlet, edition: Edition, life: Life, now: datetime) -> Answer:
        version = self.press.version_number(life, now)
        noise = (now - life.published_at) // NOISE_EVERY if life.noisy else 0
        return Answer(
            body=lambda: render_page(
                self.press.article(life, version), outlet, related=self._related(outlet, life), noise=noise, edition=edition
            ).encode(),
            etag=f'"{life.seed:x}-{edition}-{version}-{noise}"',
            last_modified=None if life.noisy else self._changed_at(life, now),
        )

    def _related(self, outlet: Outlet, life: Life) -> list[PressArticle]:
        before = self.press.lives[outlet.slug][max(0, life.number - RELATED) : life.number]
        return [self.press.article(other, 1) for other in before if other.kind is PageKind.ARTICLE]

    def _spoilt(self, life: Life, answer: Answer) -> Answer:
        """The answer with the fault of this life; faults that pass come once."""
        fault = None if life.fault is None else CATALOGUE[life.fault]
        if fault is None or (life.seed in self._faulted and not isinstance(fault, WrongCharset)):
            return answer
        self._faulted.add(life.seed)
        return Answer(status=answer.status, headers=answer.headers, body=answer.body, fault=fault)

    def _furniture(self, outlet: Outlet, path: str) -> Answer:
        section = path.removeprefix("/section/")
        kind = "list_page" if section in {one.slug for one in outlet.sections} else FURNITURE.get(path)
        if kind is None:
            return _error_page(outlet, 404)
        return Answer(body=lambda: bad_page(kind, outlet, 0).encode())


_READABLE = {PageKind.ARTICLE, PageKind.DISALLOWED}
_BY_FAULT = {PageKind.NOT_HTML: "not_html", PageKind.NOT_FOUND: "not_found", PageKind.GONE: "gone", PageKind.FORBIDDEN: "forbidden"}


def _bad_page(outlet: Outlet, life: Life) -> Answer:
    """A page that is no article; those that are known by their status or type look like a soft 404."""
    kind = "soft_404" if life.kind in _BY_FAULT else life.kind.value
    return Answer(
        body=lambda: bad_page(kind, outlet, life.seed).encode(),
        fault=CATALOGUE[_BY_FAULT[life.kind]] if life.kind in _BY_FAULT else None,
    )


def _error_page(outlet: Outlet, status: int) -> Answer:
    return Answer(status=status, body=lambda: bad_page("soft_404", outlet, status).encode())


def _etag(content: str) -> str:
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:16]}"'


def is_disallowed(path: str) -> bool:
    """Whether robots.txt disallows `path`."""
    return path.startswith(DISALLOWED)
