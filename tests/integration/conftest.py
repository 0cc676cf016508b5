"""Engines on a fresh database: a desk to work the write side, and a small newsroom's worth of rows for the read side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from copies import Newsstand
from desk import Desk
from sqlalchemy import Engine

from pipeline.store.database import open_engine


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An engine on a fresh database, as the user that owns it."""
    engine = open_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """A desk on a fresh database."""
    return Desk(engine)


@pytest.fixture
def stand(desk: Desk) -> Newsstand:
    """A stand on a fresh database, for the tests of matching."""
    return Newsstand(desk)


@pytest.fixture
def stocked(engine: Engine) -> Engine:
    """An engine on a database that holds the rows of stocked.sql."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            (Path(__file__).parent / "stocked.sql").read_text(encoding="utf-8"), execution_options={"no_parameters": True}
        )
    return engine
