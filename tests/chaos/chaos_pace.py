"""What a server's log says of the pace of its clients, together. Pure; what was wrong is said by newsroom.courtesy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.access_log import LoggedRequest


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How close requests to one host came to each other, over all hosts."""

    smallest_gaps: dict[float, float]  # by crawl-delay: from the end of all earlier responses of a host to its next request, in seconds
    most_at_once: int  # requests in flight at one host
    after_retry: float | None  # from the end of an answer with Retry-After to the next request to its host, in seconds; the smallest


def pace_of(log: Sequence[LoggedRequest]) -> Pace:
    """`log` is in the order of starts."""
    gaps: dict[float, float] = {}
    ends: dict[str, list[LoggedRequest]] = {}
    most, after_retry = 0, None
    for request in log:
        earlier = ends.setdefault(request.host, [])
        most = max(most, 1 + sum(one.ended > request.started for one in earlier))
        if earlier:
            gap = request.started - max(one.ended for one in earlier)
            gaps[request.crawl_delay] = min(gap, gaps.get(request.crawl_delay, gap))
            waits = [request.started - one.ended for one in earlier if one.retry_after is not None]
            after_retry = min([*waits, *([] if after_retry is None else [after_retry])], default=None)
        earlier.append(request)
    return Pace(smallest_gaps=gaps, most_at_once=most, after_retry=after_retry)
