"""robots.txt files, kept for all workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from pipeline.store.database import transaction
from pipeline.store.queries import query


@dataclass(frozen=True, kw_only=True)
class StoredRobots:
    """One origin's robots.txt as it was read."""

    origin: str  # scheme://host:port
    host: str  # pace key
    status: int | None  # None: no answer
    body: str
    fetched_at: datetime
    expires_at: datetime


class RobotsFiles:
    """The robots.txt side of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, origin: str, host: str, *, now: datetime) -> StoredRobots | None:
        """What is known of an origin's robots.txt and still fresh."""
        with transaction(self._engine) as connection:
            row = connection.execute(query("find_robots"), {"origin": origin, "now": now}).mappings().first()
        return None if row is None else StoredRobots(origin=origin, host=host, **row)

    def last(self, origin: str, host: str) -> StoredRobots | None:
        """What was known of an origin's robots.txt the last time, fresh or not."""
        return self.find(origin, host, now=datetime.min.replace(tzinfo=UTC))

    def save(self, robots: StoredRobots, *, crawl_delay_seconds: float | None) -> None:
        """Keep a robots.txt, and the pace it states for its host."""
        delay_ms = None if crawl_delay_seconds is None else round(crawl_delay_seconds * 1000)
        with transaction(self._engine) as connection:
            connection.execute(query("save_robots"), vars(robots))
            connection.execute(query("set_crawl_delay"), {"host": robots.host, "crawl_delay_ms": delay_ms})
