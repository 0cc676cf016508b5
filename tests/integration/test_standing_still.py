"""A process that stood still in mid-transaction for so long that Postgres ended its connection."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from pipeline.errors import DatabaseDownError
from pipeline.store.database import transaction


def test_a_transaction_that_postgres_ended_counts_as_a_lost_connection(engine: Engine) -> None:
    """So that the shift goes on: its batch is lost, no error."""
    with pytest.raises(DatabaseDownError), transaction(engine) as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
        session = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with engine.connect() as other:
            while other.execute(text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": session}).scalar_one():
                other.rollback()
        connection.execute(text("SELECT 1"))
    with transaction(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
