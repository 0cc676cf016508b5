"""Which entries of sitemaps lie in a window of time: for filling in what was published before a source was added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.discover.horizon import named_period
from pipeline.discover.links import url_day
from pipeline.records import Candidate, ChildSitemap


@dataclass(frozen=True, kw_only=True)
class Window:
    """A span of time."""

    start: datetime
    end: datetime  # not in it any more

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= at < self.end


@dataclass(frozen=True, kw_only=True)
class Sifted:
    """The entries of one sitemap."""

    wanted: tuple[Candidate, ...]
    outside: int
    undated: int


def sift(candidates: Sequence[Candidate], window: Window, now: datetime) -> Sifted:
    """Take the entries of the window. An entry's date is its publication, else the day in its address, else its last change."""
    dated = [(candidate, _moment(candidate, now)) for candidate in candidates]
    wanted = tuple(candidate for candidate, at in dated if at is not None and window.holds(at))
    undated = sum(at is None for _, at in dated)
    return Sifted(wanted=wanted, outside=len(dated) - len(wanted) - undated, undated=undated)


def _moment(candidate: Candidate, now: datetime) -> datetime | None:
    claim = candidate.published or url_day(candidate.url, now) or candidate.updated
    return None if claim is None else claim.at


def children_of_window(children: Sequence[ChildSitemap], window: Window) -> tuple[ChildSitemap, ...]:
    """The sitemaps of an index that can hold entries of the window: named for a period that meets it, or not unchanged since before it."""
    return tuple(child for child in children if _may_hold(child, window))


def _may_hold(child: ChildSitemap, window: Window) -> bool:
    period = named_period(child.url)
    if period is not None:
        day = timedelta(days=1)  # the name's days are of the outlet's time zone
        return period[0] - day < window.end and window.start < period[1] + day
    return child.updated is None or child.updated.at >= window.start
