"""Takes refused URLs up again: for an extractor that reads more, a rule for their site, a publisher who has let us in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Engine

from pipeline.records import Outcome
from pipeline.store.database import repeating, transaction
from pipeline.store.polls import BACKFILL_PRIORITY, lock_hosts
from pipeline.store.queries import query
from pipeline.store.selecting import read
from pipeline.store.wire import rows_json
from pipeline.urls import url_sha256

RETRYABLE = tuple(
    outcome for outcome in Outcome if outcome not in {Outcome.LOADED, Outcome.DUPLICATE, Outcome.REDIRECTED, Outcome.FORGOTTEN}
)
# What was read out of a response, which may be in the archive; of the others there is nothing to read.
_READ = (Outcome.RIGHTS, Outcome.PAYWALLED, Outcome.NON_ARTICLE, Outcome.TOO_SHORT, Outcome.BAD_PAGE, Outcome.GAVE_UP)
_CHUNK = 500  # URLs in one transaction


@dataclass(frozen=True, kw_only=True)
class RetryFilter:
    """Which refused URLs are taken up again; None: any."""

    outcomes: tuple[Outcome, ...] = RETRYABLE
    urls: tuple[str, ...] | None = None  # normalised
    source: str | None = None  # slug
    since: datetime | None = None  # refused at this moment or later
    until: datetime | None = None  # before this moment


@dataclass(frozen=True, kw_only=True)
class RefusedUrl:
    """A refused URL that may be taken up again."""

    url_id: int
    url: str
    host: str
    source: str  # slug
    outcome: str
    capture_id: int | None  # the archived response that it was refused for, to be read again; None: it is fetched


class Retrying:
    """The refused side of the frontier."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def refused(self, wanted: RetryFilter) -> Iterator[tuple[RefusedUrl, ...]]:
        """What the filter finds, some hundreds at a time."""
        sha256s = None if wanted.urls is None else [url_sha256(url).hex() for url in wanted.urls]
        bound = {"outcomes": list(wanted.outcomes), "archived": list(_READ), "sha256s": sha256s, "most": _CHUNK}
        times = {"source": wanted.source, "since": wanted.since, "until": wanted.until}
        after = -1
        while True:
            with transaction(self._engine) as connection:
                found = read(connection, "refused_urls", RefusedUrl, after=after, **bound, **times)
            if not found:
                return
            yield found
            after = found[-1].url_id

    def reopen(self, urls: Sequence[RefusedUrl], *, now: datetime) -> frozenset[int]:
        """Put these back into the queue, behind all news; returns the keys of those. What is no longer refused so is left alone."""
        return repeating(self._engine, partial(_reopen, urls=urls, now=now))


def _reopen(connection: Connection, *, urls: Sequence[RefusedUrl], now: datetime) -> frozenset[int]:
    hosts = sorted({one.host for one in urls})
    lock_hosts(connection, hosts)
    rows = [{"url_id": one.url_id, "outcome": one.outcome, "capture_id": one.capture_id} for one in urls]
    bound = {"rows": rows_json(rows), "priority": BACKFILL_PRIORITY, "now": now}
    reopened = frozenset(connection.execute(query("reopen_urls"), bound).scalars())
    connection.execute(query("wake_hosts"), {"hosts": hosts, "due_at": now})
    return reopened
