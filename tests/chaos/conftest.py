"""A simulated press that never changes, a Postgres of one's own that may be killed, and databases over both."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from chaos_site import HALF, PROJECT, Site

from newsroom.house import SOURCES_FILE
from pipeline.settings import Settings
from pipeline.sources import read_sources
from pipeline.store.database import open_engine
from pipeline.store.embedded import EmbeddedPostgres, start
from pipeline.store.migrate import migrate
from pipeline.store.sources import Sources

_TEMPLATE = "chaos_template"


@pytest.fixture(scope="session")
def killable_postgres() -> Iterator[EmbeddedPostgres]:
    """An embedded Postgres that belongs to these tests alone, whatever server the others use."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("finds the processes that it kills by /proc")
    with tempfile.TemporaryDirectory(prefix="dateline-chaos-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        with start(Settings(data_folder=Path(folder))) as postgres:
            postgres.ensure_database(_TEMPLATE)
            engine = open_engine(postgres.connection_url(_TEMPLATE))
            migrate(engine)
            engine.dispose()
            yield postgres


@contextmanager
def _frozen_press(folder: Path, articles: int) -> Iterator[Path]:
    command = [sys.executable, "-m", "newsroom", "--folder", str(folder), "--frozen", "--calm", "--articles", str(articles)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            assert b"running" in process.stdout.readline()
            yield folder
        finally:
            process.kill()  # nothing of it is needed any more


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Path]]:
    """The folder of a running press with that many articles an outlet, one for each number."""
    running: dict[int, Path] = {}
    with ExitStack() as stack:

        def open_press(articles: int) -> Path:
            if articles not in running:
                running[articles] = stack.enter_context(_frozen_press(tmp_path_factory.mktemp(f"press-{articles}"), articles))
            return running[articles]

        yield open_press


@pytest.fixture(scope="session")
def open_site(killable_postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """Makes sites: `open_site(press_folder, lease_seconds=…, sources=…)`, each with a fresh database of these sources (default: all)."""
    with ExitStack() as stack:

        def make(press: Path, *, lease_seconds: float, sources: slice = slice(None)) -> Site:
            folder = tmp_path_factory.mktemp("site")
            name = f"chaos_{folder.name}"
            killable_postgres.copy_database(_TEMPLATE, name)
            url = killable_postgres.connection_url(name)
            engine = open_engine(url)
            stack.callback(engine.dispose)
            file = press / SOURCES_FILE
            Sources(engine).sync(read_sources(file.read_text(encoding="utf-8"), str(file))[sources])
            return Site(
                postgres=killable_postgres, press=press, folder=folder, database_url=url, engine=engine, lease_seconds=lease_seconds
            )

        yield make


@pytest.fixture(scope="session")
def small_press(press: Callable[[int], Path]) -> Path:
    """Some 210 URLs."""
    return press(8)


@pytest.fixture(scope="session")
def undisturbed(small_press: Path, open_site: Callable[..., Site]) -> Site:
    """Every second outlet of the small press, ingested in peace."""
    site = open_site(small_press, lease_seconds=6.0, sources=HALF)
    site.work_calmly()
    return site
