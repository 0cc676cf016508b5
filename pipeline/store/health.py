"""Facts about the database server, for checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from pipeline.store.database import transaction
from pipeline.store.selecting import read


@dataclass(frozen=True, kw_only=True)
class DatabaseFacts:
    """What a server says of itself."""

    now: datetime  # its clock, from which leases run
    server_version: str
    bytes: int  # of the database, on disk


def database_facts(engine: Engine) -> DatabaseFacts:
    """Ask the server. Raises DatabaseDownError."""
    with transaction(engine) as connection:
        return read(connection, "read_database_facts", DatabaseFacts)[0]
