"""The `maintain` flow: what it keeps up, and its alarms."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from flows.environment import dateline_environment
from flows.maintain import maintain
from pipeline.settings import Settings
from pipeline.store.database import open_engine

_STRAY = (
    "INSERT INTO fetch_log (at, purpose, host, url, total_ms) VALUES (now() + interval '3 years', 'article', 'a.test', 'http://a.test/', 1)"
)
pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture
def given(database_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in dateline_environment(database_settings).items():
        monkeypatch.setenv(name, value)
    return database_settings


def _warc(settings: Settings, name: str, age: timedelta) -> Path:
    path = Path(settings.archive_root) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    written = (datetime.now(UTC) - age).timestamp()
    os.utime(path, (written, written))
    return path


async def test_it_deletes_only_old_files_that_nothing_refers_to(given: Settings) -> None:
    left_behind = _warc(given, "2026/11/20/7-1.warc.gz", timedelta(days=2))
    being_written = _warc(given, "2026/11/24/9-1.warc.gz", timedelta(minutes=1))
    state = await maintain(return_state=True)
    assert state.is_completed(), state.message
    assert not left_behind.exists()
    assert being_written.exists()
    assert "1 archive files deleted" in (state.message or "")


async def test_rows_in_a_default_partition_raise_an_alarm(given: Settings) -> None:
    assert given.database_url is not None
    engine = open_engine(given.database_url.get_secret_value())
    with Session(engine) as session, session.begin():
        session.execute(text(_STRAY))
    engine.dispose()
    state = await maintain(return_state=True)
    assert state.is_failed()
    assert "1 rows of fetch_log lie in its default partition" in (state.message or "")
