"""Connections that Postgres ended, in mid-transaction or while they lay in the pool; and errors that tell no values."""

from __future__ import annotations

from contextlib import ExitStack

import psycopg
import pytest
from cli_calls import url_of
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


@pytest.mark.parametrize("used_ago", [0.0, 3600.0, -3600.0])
def test_connections_that_died_in_the_pool_are_replaced_and_nobody_notices(engine: Engine, used_ago: float) -> None:
    """Five of them, used a moment or an hour ago, or in the future of a clock that was put back."""
    with ExitStack() as stack:
        held = [stack.enter_context(engine.connect()) for _ in range(5)]
        sessions = [connection.execute(text("SELECT pg_backend_pid()")).scalar_one() for connection in held]
        infos = [connection.info for connection in held]
    with psycopg.connect(url_of(engine), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (sessions,))
        while other.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (%s)", (sessions,)).fetchall() != [(0,)]:
            pass
    for info in infos:
        info["used_at"] -= used_ago
    with transaction(engine) as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() not in sessions


def test_a_connection_that_was_just_used_is_not_asked_whether_it_lives(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(engine.dialect, "do_ping", asked.append)
    for _ in range(3):
        with transaction(engine) as connection:
            info = connection.info
    assert asked == []
    info["used_at"] -= 60
    with transaction(engine):
        pass
    assert len(asked) == 1
