"""The queue: claims, leases and releases. A claim is one transaction; what it hands out is fenced by its token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, RowMapping

from pipeline.records import Batch, Endpoint, EndpointKind, Hints, HostLease, PageRequest, Purpose, Reread, Rhythm, Validators, WarcPlace
from pipeline.settings import Settings
from pipeline.store.database import repeating, transaction
from pipeline.store.queries import query
from pipeline.store.wire import sighted_candidate, source_facts
from pipeline.urls import registrable_domain

_TYPICAL_SECONDS = 0.5  # a page fetch without its delay; sizes a batch so that it fits its lease


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What the queue looks like from outside."""

    seconds: float | None  # until a host has something due; 0: now; None: nothing waits at all
    leased: int  # live leases of all workers


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """Why a host can't be asked now."""

    until: datetime
    reason: str


_ASKED = ", Retry-After "  # in the reason of a host that said how long
_SIBLINGS_ASKING = 2  # hosts of one registrable domain that say so: then it is the publisher who wants quiet, not one machine


class Frontier:
    """The URLs, polls and rechecks that are due, handed out by host."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    def claim(self, *, clock_now: float) -> Batch | None:
        """Lease a few hosts with as much due work as fits the lease; None when no free host has any.

        `clock_now` is read before the call on the clock that the leases are kept by, so that a slow answer shortens them.
        """
        return repeating(self._engine, lambda connection: self._claim(connection, clock_now))

    def _claim(self, connection: Connection, clock_now: float) -> Batch | None:
        settings = self._settings
        claimed = (
            connection.execute(query("claim_hosts"), {"hosts": settings.batch_hosts, "lease_seconds": settings.lease_seconds})
            .mappings()
            .all()
        )
        if not claimed:
            return None
        leases = tuple(self._lease(row, clock_now) for row in claimed)
        token, hosts = leases[0].token, [lease.host for lease in leases]
        bound = {"token": token, "hosts": hosts, "budgets": [self._budget(lease, clock_now) for lease in leases]}
        served = {row.host for row in connection.execute(query("claim_pages"), bound)}
        connection.execute(query("claim_suspects"), {"token": token, "hosts": [host for host in hosts if host not in served]})
        connection.execute(query("claim_rechecks"), bound)
        pages = connection.execute(query("leased_pages"), {"token": token}).mappings().all()
        rechecks = connection.execute(query("leased_rechecks"), {"token": token}).mappings().all()
        endpoints = connection.execute(query("due_endpoints"), {"hosts": hosts}).mappings().all()
        return Batch(
            token=token,
            hosts=leases,
            endpoints=tuple(_endpoint(row) for row in endpoints),
            pages=(*(_page_request(row) for row in pages), *(_recheck_request(row) for row in rechecks)),
        )

    def claim_host(self, host: str, *, clock_now: float) -> HostLease | Obstacle:
        """Lease one host by name for requests that stand in no queue, or say why it can't be asked now. `clock_now` as for `claim`."""

        def work(connection: Connection) -> HostLease | Obstacle:
            connection.execute(query("add_hosts"), {"hosts": [host]})
            bound = {"host": host, "lease_seconds": self._settings.lease_seconds}
            row = connection.execute(query("claim_host"), bound).mappings().first()
            if row is not None:
                return self._lease(row, clock_now)
            return Obstacle(**connection.execute(query("host_obstacle"), bound).mappings().one())

        return repeating(self._engine, work)

    def _lease(self, row: RowMapping, clock_now: float) -> HostLease:
        settings = self._settings
        delay = settings.delay_seconds(None if row["crawl_delay_ms"] is None else row["crawl_delay_ms"] / 1000)
        # Whoever held the lease before may have sent a request just before it ran out.
        pause = settings.total_deadline_seconds + delay if row["taken_over"] else 0.0
        return HostLease(
            host=row["host"],
            token=row["lease_token"],
            expires_at=clock_now + settings.lease_seconds,
            delay_seconds=delay,
            not_before=clock_now + pause,
        )

    def _budget(self, lease: HostLease, clock_now: float) -> int:
        usable = self._settings.lease_seconds - self._settings.total_deadline_seconds - (lease.not_before - clock_now)
        return max(1, min(self._settings.batch_pages, int(usable / (lease.delay_seconds + _TYPICAL_SECONDS))))

    def release(self, lease: HostLease, *, pause_seconds: float) -> None:
        """Give a host back; what was not tried goes back to the queue. No request may be sent to it for `pause_seconds`."""

        def work(connection: Connection) -> None:
            bound = {"host": lease.host, "token": lease.token}
            connection.execute(query("lock_hosts"), {"hosts": [lease.host]})
            connection.execute(query("return_work"), bound)
            connection.execute(query("release_host"), {**bound, "pause_seconds": pause_seconds})

        repeating(self._engine, work)

    def block(self, lease: HostLease, *, until: datetime, reason: str) -> None:
        """Let the whole host wait until then; and when several hosts of its registrable domain ask so (429, 503), all of them."""

        def work(connection: Connection) -> None:
            siblings = _lock_siblings(connection, lease, reason)
            _block(connection, lease, siblings, until=until, reason=reason)

        repeating(self._engine, work)

    def quieten(self, lease: HostLease, *, url: str, until: datetime, reason: str) -> bool:
        """A URL of the host asks for quiet until then. When another one does so as well, the whole host waits, and this returns True."""
        bound = {"host": lease.host, "token": lease.token, "url": url, "until": until}

        def work(connection: Connection) -> bool:
            siblings = _lock_siblings(connection, lease, reason)
            another = bool(connection.execute(query("note_quiet"), bound).scalar())
            if another:
                _block(connection, lease, siblings, until=until, reason=reason)
            return another

        return repeating(self._engine, work)

    def waiting(self) -> Waiting:
        """How long until something falls due, and how many leases are live."""
        with transaction(self._engine) as connection:
            row = connection.execute(query("seconds_until_due")).one()
        return Waiting(seconds=None if row.seconds is None else float(row.seconds), leased=row.leased)


def _lock_siblings(connection: Connection, lease: HostLease, reason: str) -> Sequence[Row[Any]]:
    """The hosts of a lease's registrable domain, held until the transaction ends, where the reason is one that may be theirs too."""
    if _ASKED not in reason:
        return []
    return connection.execute(query("lock_waiting_siblings"), {"domain": registrable_domain(lease.host)}).all()


def _block(connection: Connection, lease: HostLease, siblings: Sequence[Row[Any]], *, until: datetime, reason: str) -> None:
    bound = {"host": lease.host, "token": lease.token, "until": until, "reason": reason}
    if not connection.execute(query("block_host"), bound).rowcount:
        return  # the lease is no longer ours: what it heard is of no weight
    asking = {row.host for row in siblings if row.asked} | {lease.host}
    if len(asking) >= _SIBLINGS_ASKING:
        others = [row.host for row in siblings if row.host not in asking]
        said = f"other hosts of {registrable_domain(lease.host)} ask for quiet"
        connection.execute(query("block_siblings"), {"hosts": others, "until": until, "reason": said})


def _endpoint(row: RowMapping) -> Endpoint:
    return Endpoint(
        endpoint_id=row["endpoint_id"],
        source=source_facts(row),
        kind=EndpointKind(row["kind"]),
        url=row["url"],
        host=row["host"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_sha256=row["body_sha256"] and bytes(row["body_sha256"]),
        polls=row["polls"],
        failures=row["failures"],
        publish_rate=row["publish_rate"],
        rate_at=row["rate_at"],
        rhythm=Rhythm(entries=tuple(row["rhythm_entries"]), watched=tuple(row["rhythm_watched"])),
        window=row["window_entries"],
        complete=row["complete"],
        archive_url=row["archive_url"],
        hints=Hints(
            min_interval_seconds=row["least_seconds"], skip_hours=frozenset(row["skip_hours"]), skip_days=frozenset(row["skip_days"])
        ),
        last_ok_at=row["last_ok_at"],
        retired=row["retired"],
        moved_to=row["moved_to"],
        moved_sightings=row["moved_sightings"],
    )


def _page_request(row: RowMapping) -> PageRequest:
    return PageRequest(purpose=Purpose.ARTICLE, tries=row["tries"], alone=row["alone"], reread=_reread(row), **_request_facts(row))


def _reread(row: RowMapping) -> Reread | None:
    if row["reread_id"] is None:
        return None
    return Reread(capture_id=row["reread_id"], place=WarcPlace(**{name: row[name] for name in WarcPlace.__dataclass_fields__}))


def _recheck_request(row: RowMapping) -> PageRequest:
    validators = Validators(etag=row["etag"], last_modified=row["last_modified"])
    known = {"article_id": row["article_id"], "read_by": row["extractor"], "validators": validators}
    return PageRequest(purpose=Purpose.RECHECK, tries=0, **known, **_request_facts(row))


def _request_facts(row: RowMapping) -> dict[str, Any]:
    return {
        "url_id": row["url_id"],
        "source": source_facts(row),
        "url": row["url"],
        "host": row["host"],
        "first_seen_at": row["first_seen_at"],
        "facts": tuple(sighted_candidate(row["url"], fact) for fact in row["facts"]),
    }
