"""A database whose clock is moved by hand: the product lives through a week in minutes, with its own statements, leases and waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from pipeline.store.database import open_engine, transaction
from pipeline.store.migrate import migrate

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday; moved_clock.sql says so too
_FOLDER = Path(__file__).resolve().parent
_PATH, _MOVE = ((_FOLDER / f"{name}.sql").read_text(encoding="utf-8") for name in ("moved_path", "move_clock"))


class MovedClock:
    """The clock that worker and database go by."""

    def __init__(self, url: str) -> None:
        """Prepare the empty database at `url`: the newest schema, and the clock."""
        plain = open_engine(url)
        migrate(plain)
        with plain.begin() as connection:
            connection.exec_driver_sql((_FOLDER / "moved_clock.sql").read_text(encoding="utf-8"), execution_options={"no_parameters": True})
        plain.dispose()
        self.engine: Engine = open_engine(url)
        event.listen(self.engine, "connect", _look_there_first)
        self._now = START

    def now(self) -> datetime:
        """The moment."""
        return self._now

    def move(self, to: datetime) -> None:
        """Let time go by."""
        self._now = max(self._now, to)
        with transaction(self.engine) as connection:
            connection.execute(text(_MOVE), {"at": self._now})

    def wait(self, seconds: float) -> None:
        """Let so many seconds go by."""
        self.move(self._now + timedelta(seconds=seconds))


def _look_there_first(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PATH)
    connection.commit()
