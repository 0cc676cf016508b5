"""A Prefect server for the session, and a simulated press that stands still."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

# Before Prefect is imported: no file of the person who runs the tests is read or written, and nothing is sent anywhere.
os.environ.update({"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PREFECT_LOGGING_LEVEL": "ERROR"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Prefect's clients leave connections to the garbage collector; what Dateline itself leaves open, the other tests find."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Prefect server on a database of its own, which the flows of this process talk to."""
    from prefect.settings import PREFECT_HOME, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with temporary_settings({PREFECT_HOME: tmp_path_factory.mktemp("prefect")}), prefect_test_harness(server_startup_timeout=90):
        yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Path]:
    """The folder of a small press that publishes nothing new and has no outages."""
    from newsroom.house import running_press
    from newsroom.script import Script

    script = Script(seed=3, start=datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5), articles=3, frozen=True, calm=True)
    async with running_press(tmp_path / "press", script):
        yield tmp_path / "press"
