"""The files in which sites reserve rights, kept for all workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from pipeline.store.database import transaction
from pipeline.store.queries import query


@dataclass(frozen=True, kw_only=True)
class StoredRightsFile:
    """One file of an origin as it was read."""

    origin: str  # scheme://host:port
    kind: str  # tdmrep, ai_txt
    host: str  # pace key
    status: int | None  # None: no answer
    body: str  # empty unless the status is 200
    fetched_at: datetime
    expires_at: datetime


class RightsFiles:
    """The rights_file side of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, origin: str, *, now: datetime) -> Mapping[str, str]:
        """The texts of an origin's files that were asked for and are still fresh, by kind; empty texts say nothing."""
        with transaction(self._engine) as connection:
            rows = connection.execute(query("find_rights_files"), {"origin": origin, "now": now}).all()
        return {row.kind: row.body for row in rows}

    def save(self, file: StoredRightsFile) -> None:
        """Keep a file that was just asked for."""
        with transaction(self._engine) as connection:
            connection.execute(query("save_rights_file"), vars(file))
