"""Settings that travel to other processes as environment variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from flows.environment import dateline_environment, inherited, prefect_environment, server_environment
from pipeline.settings import Settings, load_settings


def test_another_process_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = Settings(
        data_folder=tmp_path / "data",
        database_url=SecretStr("postgresql://user:p%40ss@127.0.0.1:5432/dateline"),
        recheck_looks=9,
        allow_loopback=True,
        recheck=False,
        resolver_file=tmp_path / "resolver.json",
        lanes=3,
    )
    for name, value in dateline_environment(settings).items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


def test_a_relative_data_folder_becomes_absolute_since_workers_run_elsewhere() -> None:
    assert dateline_environment(Settings(data_folder=Path("data"))) == {"DATELINE_DATA_FOLDER": str(Path("data").absolute())}


def test_nothing_meant_for_another_prefect_server_is_inherited() -> None:
    assert inherited({"PATH": "/bin", "PREFECT_API_KEY": "x", "DATELINE_LANES": "4"}) == {"PATH": "/bin"}


def test_telemetry_is_off_heartbeats_and_vacuum_are_on(tmp_path: Path) -> None:
    client, server = prefect_environment(tmp_path, 4321), server_environment("postgresql+asyncpg://u@h/prefect", 4321)
    assert (client["PREFECT_SERVER_ANALYTICS_ENABLED"], client["DO_NOT_TRACK"]) == ("false", "1")
    assert client["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"
    assert server["PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED"] == "events,flow_runs"
    assert (server["PREFECT_SERVER_API_HOST"], client["PREFECT_API_URL"]) == ("127.0.0.1", "http://127.0.0.1:4321/api")
