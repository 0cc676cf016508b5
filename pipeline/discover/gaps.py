"""Gaps: two looks at a feed without overlap, between which entries may have come and gone unseen.

A feed shows its last n entries. When all of them are new, and the oldest is younger than the last look, more may have been published than
it shows. What it missed is looked for where the outlet lists it too: older pages of the feed (RFC 5005, JSON Feed's next_url), sitemaps,
home pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.discover.rhythm import busy_hours, week_of
from pipeline.records import Candidate, Endpoint, EndpointKind, Gap, Precision, Reading

_FEEDS = (EndpointKind.RSS, EndpointKind.ATOM, EndpointKind.JSONFEED)
_LEAST = 1.0  # entry: a gap is only called one because something may be missing


@dataclass(frozen=True, kw_only=True)
class PagedBack:
    """What the older pages of a feed held."""

    candidates: tuple[Candidate, ...]
    new_entries: int  # of them, not shown by this feed before
    whole: bool  # reached entries that were known, or older than the gap
    archive_url: str | None = None  # the newest archived document (RFC 5005) among them


def find_gap(endpoint: Endpoint, reading: Reading, new_entries: int, now: datetime) -> Gap | None:
    """The gap before the entries of a feed, `new_entries` of which were not known.

    None where old and new overlap, nothing is known of before, or the feed says that it is complete (RFC 5005): then nothing ever leaves it
    unseen by being pushed out. A list that is shorter than the one before it was not pushed full: what
    is missing from it was taken down.
    """
    listed, since = len(reading.candidates), endpoint.rate_at
    if reading.kind not in _FEEDS or reading.complete or since is None or not endpoint.window or not new_entries:
        return None
    if new_entries < listed or listed < endpoint.window:
        return None
    oldest = oldest_entry(reading.candidates)
    if oldest is not None and oldest <= since:
        return None  # it reaches back to the last look: the entries are new by their addresses only
    end = min(max(oldest or now, since), now)
    expected = endpoint.publish_rate * busy_hours(week_of(endpoint.rhythm), since, end)
    return Gap(start=since, end=end, estimated=max(expected if oldest is not None else expected - listed, _LEAST))


def oldest_entry(candidates: tuple[Candidate, ...]) -> datetime | None:
    """The earliest moment that an entry prints (days alone are none); None without any."""
    claims = (candidate.published or candidate.updated for candidate in candidates)
    return min((claim.at for claim in claims if claim is not None and claim.precision is not Precision.DAY), default=None)


def reaches(candidates: tuple[Candidate, ...], new_entries: int, gap: Gap) -> bool:
    """Whether an older page of a feed, `new_entries` of which were not known, closes the gap."""
    oldest = oldest_entry(candidates)
    return new_entries < len(candidates) or (oldest is not None and oldest <= gap.start)
