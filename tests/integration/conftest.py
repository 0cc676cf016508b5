"""A desk on a fresh database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk import Desk

from pipeline.store.database import open_engine


@pytest.fixture
def desk(database: str) -> Iterator[Desk]:
    engine = open_engine(database)
    yield Desk(engine)
    engine.dispose()
