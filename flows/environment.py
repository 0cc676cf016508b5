"""The environment variables that Dateline's and Prefect's processes get. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from pipeline.settings import Settings

HEARTBEAT_SECONDS = 30  # Prefect's shortest interval between two heartbeats of a flow run


def dateline_environment(settings: Settings) -> dict[str, str]:
    """The DATELINE_* variables from which another process reads the same settings, wherever it runs on this machine."""
    changed = {name: value for name, value in settings if value is not None and value != type(settings).model_fields[name].default}
    changed["data_folder"] = settings.data_folder
    return {f"DATELINE_{name.upper()}": _spelled(value) for name, value in changed.items()}


def _spelled(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case Path():
            return str(value.absolute())
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)


def prefect_environment(home: Path, port: int) -> dict[str, str]:
    """For every process that talks to the local Prefect server: where it is, where Prefect keeps its files, and no telemetry.

    Runs that lose their process are found by their heartbeats (see `flows.deployments`).
    """
    return {
        "PREFECT_HOME": str(home.absolute()),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_LOGGING_COLORS": "false",
        "DO_NOT_TRACK": "1",
    }


def server_environment(database_url: str, port: int) -> dict[str, str]:
    """For the local Prefect server: its database (postgresql+asyncpg://…), its address, and how long it remembers."""
    return {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database_url,
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",  # a laptop under load; the default of 10 s fails requests then
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_UI_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # the default forgets events only
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT10M",  # ahead; the default hour is many runs of a short shift
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "30",
    }


def worker_environment() -> dict[str, str]:
    """For the local worker: it looks for runs every few seconds, so that a run starts soon; each look costs the server."""
    return {"PREFECT_WORKER_QUERY_SECONDS": "3", "PREFECT_WORKER_PREFETCH_SECONDS": "5"}


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """What children inherit: everything but settings of Prefect or Dateline that are meant for other servers and databases."""
    return {name: value for name, value in environment.items() if not name.startswith(("PREFECT_", "DATELINE_"))}
