"""What the tests share: one Postgres for the session, a fresh database for each test that asks, and settings that touch nothing outside."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from xdist.scheduler import LoadScopeScheduling

from pipeline.settings import Settings
from pipeline.store.server import Server

_SERVER_VARIABLE = "DATELINE_TEST_DATABASE_URL"
_numbers = itertools.count(1)
_WHOLE = {"chaos", "flows"}  # folders whose tests share a costly fixture of the session


class ByFileOrFolder(LoadScopeScheduling):
    """What one worker runs as a whole: a file, as its fixtures want it, or a folder of _WHOLE."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.split("/")[1]
        return folder if folder in _WHOLE else nodeid.split("::", maxsplit=1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFileOrFolder:
    """Tests run in as many workers as there are cores (pytest-xdist)."""
    return ByFileOrFolder(config, log)


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> Iterator[None]:
    """Settings of the person who runs the tests must not change what they test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("DATELINE_") and name != _SERVER_VARIABLE]:
            patch.delenv(name)
        patch.setitem(Settings.model_config, "env_file", None)
        yield


@pytest.fixture(scope="session")
def reachable_folder() -> Iterator[Path]:
    """A folder that every user can pass through (pytest's own belong to one user), so that Postgres runs in place under root too."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server(reachable_folder: Path) -> Iterator[Server]:
    """The embedded Postgres in a folder of its own, or the server of DATELINE_TEST_DATABASE_URL (its user may make databases and roles)."""
    from pipeline.store.embedded import open_server

    url = os.environ.get(_SERVER_VARIABLE)
    with open_server(Settings(data_folder=reachable_folder, database_url=SecretStr(url) if url else None)) as running:
        yield running


@pytest.fixture(scope="session")
def _template(server: Server) -> Iterator[str]:
    """The name of a migrated database that nobody is connected to, to make copies of."""
    from pipeline.store.database import open_engine
    from pipeline.store.migrate import migrate

    name = f"test_template_{secrets.token_hex(4)}"
    server.ensure_database(name)
    engine = open_engine(server.connection_url(name))
    try:
        migrate(engine)
    finally:
        engine.dispose()
    yield name
    server.drop_database(name)


@pytest.fixture
def database(server: Server, _template: str) -> Iterator[str]:
    """The URL (postgresql://…) of a fresh database with Dateline's tables."""
    name = _template.replace("template", f"{next(_numbers)}")
    server.copy_database(_template, name)
    yield server.connection_url(name)
    server.drop_database(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The defaults, with the data folder in the test's own temporary folder and no database."""
    return Settings(data_folder=tmp_path / "data")


@pytest.fixture
def database_settings(settings: Settings, database: str) -> Settings:
    """The defaults, on a fresh database."""
    return settings.model_copy(update={"database_url": SecretStr(database)})
