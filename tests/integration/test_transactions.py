"""What a transaction makes of errors: a connection that Postgres ended since the process stood still, and values in a message."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from pipeline.errors import DatabaseDownError
from pipeline.store.database import transaction


def test_an_error_does_not_tell_the_values_of_its_statement(engine: Engine) -> None:
    """They may be whole articles, and messages go to logs and run states."""
    with pytest.raises(DBAPIError) as caught, transaction(engine) as connection:
        connection.execute(text("SELECT 1 / CAST(:zero AS int), CAST(:body AS text)"), {"zero": 0, "body": "a whole article"})
    assert "a whole article" not in str(caught.value)


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
