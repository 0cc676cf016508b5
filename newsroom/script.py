"""The script of the press: what is published when, and what happens to it afterwards. All of it follows from one seed.

Times are real times, so that printed dates are true; `speed` shortens the gaps between events: at speed 60 an hour of the
script takes a minute. A frozen script ends at its start: nothing is published and nothing changes after it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newsroom.records import Edition, Outlet
from pipeline.records import Outcome

PAST = timedelta(hours=46)  # the articles of the start are spread over it: inside a news sitemap's two days and any horizon
CYCLE = 64  # an outlet's articles go through a cycle of fates; outlets begin it at different places (STRIDE apart)
STRIDE = 19
OUTAGE_EVERY = timedelta(minutes=20)  # of the script; the outage lasts a tenth of it


class PageKind(StrEnum):
    """What a listed URL turns out to be."""

    ARTICLE = "article"
    COOKIE_WALL = "cookie_wall"
    BOT_CHECK = "bot_check"
    LOGIN = "login"
    PAYWALL = "paywall"
    SOFT_404 = "soft_404"
    LIST_PAGE = "list_page"
    TOO_SHORT = "too_short"
    NOT_HTML = "not_html"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    DISALLOWED = "disallowed"  # a good article under a path that robots.txt disallows


EXPECTED: Mapping[PageKind, Outcome] = {
    PageKind.ARTICLE: Outcome.LOADED,
    PageKind.COOKIE_WALL: Outcome.NON_ARTICLE,
    PageKind.BOT_CHECK: Outcome.BLOCKED,
    PageKind.LOGIN: Outcome.NON_ARTICLE,
    PageKind.PAYWALL: Outcome.PAYWALLED,
    PageKind.SOFT_404: Outcome.NON_ARTICLE,
    PageKind.LIST_PAGE: Outcome.NON_ARTICLE,
    PageKind.TOO_SHORT: Outcome.TOO_SHORT,
    PageKind.NOT_HTML: Outcome.NON_HTML,
    PageKind.NOT_FOUND: Outcome.HTTP_GONE,
    PageKind.GONE: Outcome.HTTP_GONE,
    PageKind.FORBIDDEN: Outcome.BLOCKED,
    PageKind.DISALLOWED: Outcome.ROBOTS,
}

# Places in the cycle. Everything else is an ordinary article.
KIND_AT = dict(zip(range(1, 64, 5), [kind for kind in PageKind if kind is not PageKind.ARTICLE], strict=False))
FAULT_AT = {3: "busy_503", 12: "busy_429", 22: "slow", 33: "truncated", 42: "wrong_charset"}
MOVED_AT = {4, 34}  # listed under an old path that redirects to the new one, from the start or from a moment on
DELETED_AT = {14, 47}
EDITED_AT = {2, 9, 15, 20, 25, 30, 38, 45, 50, 55, 60}
REPRINT_AT = {5, 7, 10, 13, 17, 19, 24, 28, 37, 40, 43, 48, 57, 62}
OTHER_EDITION_AT = {8, 18, 27, 39, 49, 58}  # the feed links to the mobile or AMP edition


@dataclass(frozen=True, kw_only=True)
class Life:
    """One article's fate, from its publication on. Its text is written when somebody asks for it."""

    outlet: str
    number: int  # 0, 1, … in the order of publication at its outlet
    seed: int  # of its text; unique in the press
    published_at: datetime
    kind: PageKind = PageKind.ARTICLE
    original: Life | None = None  # the agency's article of which this is a reprint
    altered: bool = False  # the reprint leaves out the last paragraph
    edits: tuple[datetime, ...] = ()
    moved_at: datetime | None = None  # from then on the listed path redirects
    moves: bool = False  # is listed under an old path
    deleted_at: datetime | None = None
    edition: Edition = Edition.WWW  # which the feed links to
    fault: str | None = None  # key of newsroom.faults.CATALOGUE: what the first request of its page gets
    noisy: bool = False  # its page's counters and rotating furniture change all the time


@dataclass(frozen=True, kw_only=True)
class Script:
    """The parameters from which everything follows."""

    seed: int
    start: datetime  # UTC
    articles: int = 16  # of each outlet at the start
    speed: float = 1.0
    frozen: bool = False
    calm: bool = False  # no outages and no faults that pass
    judging: bool = False  # pages wear the templates that are kept for judging

    def after(self, moment: datetime, minutes: float) -> datetime:
        """The real moment that lies `minutes` of the script after `moment` (or after the start, whichever is later)."""
        return max(moment, self.start) + timedelta(minutes=minutes) / self.speed


def timelines(script: Script, outlets: Sequence[Outlet]) -> Mapping[str, Iterator[Life]]:
    """For each outlet its endless (or, frozen, finite) sequence of lives in order of publication.

    A reprint looks at the agency's sequence; each outlet has an iterator of its own over it.
    """
    return {outlet.slug: _lives(script, outlets, position) for position, outlet in enumerate(outlets)}


def _lives(script: Script, outlets: Sequence[Outlet], position: int) -> Iterator[Life]:
    outlet = outlets[position]
    desk = _AgencyDesk(script, outlets, outlet)
    for number, published_at in enumerate(_publications(script, outlet)):
        place = (position * STRIDE + number) % CYCLE
        life = _life(script, outlet, number=number, place=place, published_at=published_at)
        reprinted = desk.latest(before=published_at) if place in REPRINT_AT else None
        yield life if reprinted is None else _reprint(life, reprinted)


def _publications(script: Script, outlet: Outlet) -> Iterator[datetime]:
    """Moments of publication, whole seconds: the start's articles over the past two days, then one every 10–70 minutes of the script."""
    chance = random.Random(f"{script.seed}:{outlet.slug}:times")
    for number in range(script.articles):
        share = (script.articles - number - chance.random() * 0.9) / script.articles
        yield (script.start - PAST * share).replace(microsecond=0)
    moment = script.start
    while not script.frozen:
        moment = script.after(moment, chance.uniform(10, 70))
        yield moment.replace(microsecond=0)


def _life(script: Script, outlet: Outlet, *, number: int, place: int, published_at: datetime) -> Life:
    seed = seed_of(script.seed, outlet.slug, number)
    chance = random.Random(seed)
    delays = sorted(chance.uniform(3, 60) for _ in range(2))
    kind = KIND_AT.get(place, PageKind.ARTICLE)
    changes = kind is PageKind.ARTICLE and not script.frozen
    fault = FAULT_AT.get(place)
    others = [edition for edition in outlet.editions if edition in (Edition.MOBILE, Edition.AMP)]
    already_moved = published_at <= script.start and place == min(MOVED_AT)
    return Life(
        outlet=outlet.slug,
        number=number,
        seed=seed,
        published_at=published_at,
        kind=kind,
        edits=tuple(script.after(published_at, delay) for delay in delays[: 1 + number % 2]) if changes and place in EDITED_AT else (),
        moves=place in MOVED_AT,
        moved_at=published_at if already_moved else script.after(published_at, delays[0]) if place in MOVED_AT and changes else None,
        deleted_at=script.after(published_at, 2 * delays[1]) if changes and place in DELETED_AT else None,
        edition=chance.choice(others) if others and place in OTHER_EDITION_AT else Edition.WWW,
        fault=None if script.calm and fault != "wrong_charset" else fault,
        noisy=number % 2 == 1,
    )


def _reprint(life: Life, original: Life) -> Life:
    return Life(
        outlet=life.outlet,
        number=life.number,
        seed=life.seed,
        published_at=life.published_at,
        original=original,
        altered=life.number % 2 == 1,
        noisy=life.noisy,
    )


def seed_of(seed: int, outlet: str, number: int) -> int:
    """The seed of one article's text: 40 bits, so that no two of some thousand articles share it by chance."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{outlet}:{number}".encode()).digest()[:5])


class _AgencyDesk:
    """Reads the agency's wire for one outlet: each of its articles is reprinted once at the most."""

    def __init__(self, script: Script, outlets: Sequence[Outlet], outlet: Outlet) -> None:
        position = next((at for at, other in enumerate(outlets) if other.slug == outlet.agency), None)
        self._wire = iter(()) if position is None else _lives(script, outlets, position)
        self._next: Life | None = None

    def latest(self, *, before: datetime) -> Life | None:
        """The newest plain article of the agency that came out before then, or None."""
        found = None
        while self._next is None or self._next.published_at < before:
            if self._next is not None and self._next.kind is PageKind.ARTICLE:
                found = self._next
            self._next = next(self._wire, None)
            if self._next is None:
                break
        return found


def outage_until(script: Script, outlets: Sequence[Outlet], outlet: str, now: datetime) -> datetime | None:
    """The end of the outage that `outlet` has at `now`, or None: every 20 minutes of the script one outlet is down for two."""
    if script.frozen or script.calm or now <= script.start:
        return None
    every = OUTAGE_EVERY / script.speed
    slot = (now - script.start) // every
    begins = script.start + slot * every
    ends = begins + every / 10
    down = random.Random(f"{script.seed}:outage:{slot}").choice(outlets).slug
    return ends if down == outlet and slot > 0 and now < ends else None
