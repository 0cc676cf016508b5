"""A Prefect server for the session, and a simulated press that stands still."""

from __future__ import annotations

import atexit
import gc
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.environment import inherited, prefect_environment, server_environment
from flows.services import PROJECT
from pipeline.store.server import Server

# Before Prefect is imported: nothing is sent anywhere, and no file of the person who runs the tests is read or written.
_HOME = Path(tempfile.mkdtemp(prefix="dateline-test-prefect-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ.update({"PREFECT_HOME": str(_HOME), "DO_NOT_TRACK": "1", "PREFECT_LOGGING_LEVEL": "ERROR"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Prefect's clients leave connections to the garbage collector; what Dateline itself leaves open, the other tests find."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Collects those connections before another folder's test runs in this process, which would be blamed for them."""
    yield
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        _collect()


def _collect() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="session")
def prefect_server(server: Server) -> Iterator[str]:
    """A Prefect server on a Postgres database of its own, as in production, which the flows of this process talk to. Gives its URL.

    Not Prefect's own test harness: its SQLite was "locked" for a minute at a time on a busy machine.
    """
    from prefect.settings import PREFECT_API_URL, temporary_settings

    database = f"test_prefect_{secrets.token_hex(4)}"
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    server.ensure_database(database)
    client = prefect_environment(_HOME, port)
    environment = {**inherited(os.environ), **client, **server_environment(server.connection_url(database, driver="asyncpg"), port)}
    command = [sys.executable, "-S", "-m", "flows.guard", "5", sys.executable, "-m", "flows.prefect_server", "server", "start"]
    with (_HOME / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment | {"PYTHONPATH": str(PROJECT)})
    with process:
        _wait_for(client["PREFECT_API_URL"], process, _HOME / "server.log")
        with temporary_settings({PREFECT_API_URL: client["PREFECT_API_URL"]}):
            yield server.connection_url(database)
            _send_what_is_left()
        assert process.stdin is not None
        process.stdin.close()
    server.drop_database(database)
    _collect()


def _send_what_is_left() -> None:
    """Prefect sends logs and events in the background; after the server's end it would complain that it can't."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    EventsWorker.drain_all()
    APILogWorker.drain_all()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5).close()
        except (OSError, urllib.error.URLError):
            assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-3000:]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Path]:
    """The folder of a small press that publishes nothing new and has no outages."""
    from newsroom.house import running_press
    from newsroom.script import Script

    script = Script(seed=3, start=datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5), articles=3, frozen=True, calm=True)
    async with running_press(tmp_path / "press", script):
        yield tmp_path / "press"
