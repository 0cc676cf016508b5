"""Sources and their endpoints, as sources.toml names them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from pipeline.errors import UnknownItemError
from pipeline.records import EndpointKind, EndpointSpec, Respect, SourceSpec
from pipeline.store.database import repeating, transaction
from pipeline.store.polls import add_endpoints, lock_hosts
from pipeline.store.queries import query
from pipeline.urls import pace_key, url_sha256


class Sources:
    """The sources' side of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sync(self, specs: Sequence[SourceSpec]) -> None:
        """Bring the named sources to what their specs say; endpoints that a spec no longer names are retired. Others stay untouched.

        An endpoint of another source in service stays with that one; one of a source that was taken out of service changes over.
        """

        def work(connection: Connection) -> None:
            lock_hosts(connection, [pace_key(endpoint.url) for spec in specs for endpoint in spec.endpoints])
            for spec in specs:
                _sync(connection, spec)

        repeating(self._engine, work)

    def retire(self, slug: str) -> None:
        """Take a source out of service; its rows stay. Raises UnknownItemError."""
        with transaction(self._engine) as connection:
            if connection.execute(query("retire_source"), {"slug": slug}).first() is None:
                raise UnknownItemError(f"source {slug}")

    def source_id(self, slug: str) -> int:
        """The number of a source in service. Raises UnknownItemError."""
        with transaction(self._engine) as connection:
            rows = connection.execute(query("list_sources")).mappings().all()
        found = next((int(row["source_id"]) for row in rows if row["slug"] == slug), None)
        if found is None:
            raise UnknownItemError(f"source {slug}; `dateline sources list` names them")
        return found

    def check_known(self, slug: str) -> None:
        """Raise UnknownItemError for a source that there never was; one that was taken out of service has articles still."""
        with transaction(self._engine) as connection:
            if not connection.execute(query("is_known_source"), {"slug": slug}).scalar_one():
                raise UnknownItemError(f"source {slug}; `dateline sources list` names them")

    def all(self) -> tuple[SourceSpec, ...]:
        """The sources in service, by slug."""
        with transaction(self._engine) as connection:
            rows = connection.execute(query("list_sources")).mappings().all()
        return tuple(
            SourceSpec(
                slug=row["slug"],
                name=row["name"],
                homepage=row["homepage"],
                country=row["country"],
                language=row["language"],
                timezone=row["timezone"],
                media_type=row["media_type"],
                respect=Respect(row["respect"]),
                enabled=row["enabled"],
                recheck_looks=row["recheck_looks"],
                endpoints=tuple(EndpointSpec(kind=EndpointKind(item["kind"]), url=item["url"]) for item in row["endpoints"]),
            )
            for row in rows
        )


def _sync(connection: Connection, spec: SourceSpec) -> None:
    facts = {
        name: getattr(spec, name)
        for name in ("slug", "name", "homepage", "country", "language", "media_type", "timezone", "respect", "enabled", "recheck_looks")
    }
    source_id = connection.execute(query("upsert_source"), facts).scalar_one()
    named = {"source_id": source_id, "sha256s": [url_sha256(endpoint.url).hex() for endpoint in spec.endpoints]}
    connection.execute(query("adopt_endpoints"), named)
    connection.execute(query("retire_unnamed_endpoints"), named)
    connection.execute(query("revive_endpoints"), named)
    add_endpoints(connection, spec.endpoints, source_id=source_id, parent_id=None)
    connection.execute(query("wake_source"), {"source_id": source_id})
