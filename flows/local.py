"""The one-command start: Postgres, the Prefect server, a worker and, in the demo, the simulated press, on this machine.

Nothing here outlives the process that uses it, however that ends: see `flows.guard` for services, `pipeline.store.embedded` for Postgres.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import httpx
from pydantic import SecretStr
from sqlalchemy import Engine

from flows.environment import dateline_environment, inherited, prefect_environment, server_environment, worker_environment
from flows.plan import LANES_AT_MOST
from flows.services import Service, choose_port
from newsroom.house import read_press_file
from newsroom.sources import AUTHORITY_FILE, RESOLVER_FILE
from pipeline.errors import DatabaseDownError, DataFolderError, ServiceDiedError
from pipeline.records import SourceSpec
from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.embedded import open_server
from pipeline.store.migrate import migrate
from pipeline.store.reading import Reader
from pipeline.store.server import Server
from pipeline.store.sources import Sources

if TYPE_CHECKING:
    from flows.drain import DrainProgress, DrainReport

T = TypeVar("T")
_START_SECONDS = 90.0  # for a service to come up on a slow machine; 3 to 10 s on a laptop
_TURN_SECONDS = 0.1
_WATCH_SECONDS = 1.0
_RESTARTS = 5  # of one service within _RESTART_WINDOW seconds; more, and it is given up
_RESTART_WINDOW = 120.0
_PORTS = 20  # that the demo tries
_POOL = "dateline"


@dataclass(frozen=True, kw_only=True)
class PressOptions:
    """How the simulated press of the demo runs; see `python -m newsroom --help`."""

    articles: int = 16  # of each outlet at the start
    speed: float = 1.0
    seed: int = 1
    frozen: bool = False
    calm: bool = False

    def arguments(self, folder: Path) -> list[str]:
        """Its command line."""
        given = ["--folder", str(folder), "--articles", str(self.articles), "--speed", str(self.speed), "--seed", str(self.seed)]
        return [*given, *(["--frozen"] if self.frozen else []), *(["--calm"] if self.calm else [])]


def press_folder(settings: Settings) -> Path:
    """Where the demo's press keeps its files: sources, access log, truth."""
    return settings.data_folder.absolute() / "press"


def demo_settings(settings: Settings) -> Settings:
    """The settings of the demo: a data folder of its own, the embedded Postgres, and a press on loopback that is polled often."""
    return settings.model_copy(update=demo_values(settings))


def demo_values(settings: Settings) -> dict[str, object]:
    """What the demo sets, by the settings' names; it goes before the environment."""
    folder = settings.data_folder.absolute() / "demo"
    press = press_folder(settings.model_copy(update={"data_folder": folder}))
    return {
        "data_folder": folder,
        "database_url": None,
        "allow_loopback": True,
        "allow_any_port": True,
        "resolver_file": press / RESOLVER_FILE,
        "extra_ca_file": press / AUTHORITY_FILE,
        "default_delay_seconds": 0.2,
        "poll_floor_seconds": 20.0,
        "poll_ceiling_seconds": 60.0,  # by its rate a feed would be looked at after twenty minutes: nothing to see
        "shift_seconds": 60.0,
        "drain_patience_seconds": 3.0,
    }


class LocalStack:
    """Everything running together, as long as its `async with` block lasts."""

    def __init__(
        self,
        settings: Settings,
        *,
        sources: Sequence[SourceSpec] = (),
        press: PressOptions | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`sources` are brought into the database at the start; with `press`, the simulated press runs and its outlets are the sources.

        `tell` gets a few words about each step of the start.
        """
        self.settings = settings
        self._sources = sources
        self._press = press
        self._tell = tell
        self._server: Server | None = None
        self._engine: Engine | None = None
        self._services: list[Service] = []  # in the order in which they are stopped
        self._watching: asyncio.Task[None] | None = None
        self.ui_url = ""
        self.database_url = ""

    # -- start and stop

    async def __aenter__(self) -> Self:
        """Start everything; what was started is stopped again if something can't.

        Raises PortInUseError, DataFolderError, DatabaseDownError, SettingsError or ServiceDiedError, each with a sentence for people.
        """
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stop()

    async def _start(self) -> None:
        folder = _own_folder(self.settings.data_folder)
        port = choose_port(self.settings.prefect_port, among=_PORTS if self._press else 1)
        self.ui_url = f"http://127.0.0.1:{port}"
        client = prefect_environment(folder / "prefect", port)
        os.environ.update(client)  # before Prefect is imported: it reads its settings then
        base = {**inherited(os.environ), **client}
        press = await self._start_press(folder, base)
        self._tell("Postgres")
        self._server = await asyncio.to_thread(open_server, self.settings)
        await asyncio.to_thread(self._server.ensure_database, "prefect")
        self.database_url = self._server.connection_url(self._server.database)
        self.settings = self.settings.model_copy(update={"database_url": SecretStr(self.database_url)})
        self._tell("the Prefect server")
        prefect = await self._start_prefect(folder, base, port)
        self._engine = open_engine(self.database_url)
        await asyncio.to_thread(migrate, self._engine)
        await self._sync_sources(press)
        deployments = await asyncio.to_thread(import_module, "flows.deployments")
        await self._until(self._answers, prefect)
        self._tell("a worker")
        worker = {**base, **worker_environment(), **dateline_environment(self.settings)}
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", _POOL, "--type", "process", "--name", "local"]
        await self._add(Service("the Prefect worker", command, worker, folder / "logs" / "worker.log"), first_to_stop=True)
        await deployments.deploy(self.settings, pause_shifts=True)

    async def _start_press(self, folder: Path, base: dict[str, str]) -> Service | None:
        if self._press is None:
            return None
        self._tell("the simulated press")
        command = [sys.executable, "-m", "newsroom", *self._press.arguments(press_folder(self.settings))]
        return await self._add(Service("the simulated press", command, base, folder / "logs" / "press.log"))

    async def _start_prefect(self, folder: Path, base: dict[str, str], port: int) -> Service:
        if self._server is None:
            raise ServiceDiedError("Postgres has to run before the Prefect server")
        url = self._server.connection_url("prefect", driver="asyncpg")
        command = [sys.executable, "-m", "flows.prefect_server", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
        environment = {**base, **server_environment(url, port)}
        return await self._add(Service("the Prefect server", command, environment, folder / "logs" / "prefect.log"))

    async def _add(self, service: Service, *, first_to_stop: bool = False) -> Service:
        await service.start()
        self._services.insert(0 if first_to_stop else len(self._services), service)
        return service

    async def _sync_sources(self, press: Service | None) -> None:
        if press is not None:
            await self._until(lambda: _is_true(press.said("The press is running")), press)
            file = await asyncio.to_thread(read_press_file, press_folder(self.settings))
            self._sources = file.sources if file else ()
        if self._engine is not None:
            await asyncio.to_thread(Sources(self._engine).sync, self._sources)

    async def _until(self, condition: Callable[[], Awaitable[bool]], service: Service) -> None:
        """Wait for a service to be ready; raises ServiceDiedError when it ends first, or takes too long."""
        deadline = time.monotonic() + _START_SECONDS
        while not await condition():
            service.check()
            if time.monotonic() > deadline:
                raise ServiceDiedError(f"{service.name} did not come up within {_START_SECONDS:.0f} s: {service.last_words()}")
            await asyncio.sleep(_TURN_SECONDS)

    async def _answers(self) -> bool:
        async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
            with suppress(httpx.HTTPError):
                return (await client.get(f"{self.ui_url}/api/health")).status_code == 200
        return False

    async def _stop(self) -> None:
        """Stop everything, the worker first: its runs give their leases back."""
        if self._watching is not None:
            self._watching.cancel()
        for service in self._services:
            await service.stop()
        if self._engine is not None:
            self._engine.dispose()
        if self._server is not None:
            await asyncio.to_thread(self._server.close)

    # -- while it runs

    async def drain(self, on_progress: Callable[[DrainProgress], None] = lambda _: None) -> DrainReport:
        """Work what is due, as a run of `ingest-now` on the worker. See `flows.drain.drain`."""
        task_runs = 1 + min(self.settings.lanes, LANES_AT_MOST)
        return await self._unless_a_service_dies(import_module("flows.drain").drain(self.reader, on_progress, task_runs=task_runs))

    async def resume_shifts(self) -> None:
        """Let the scheduled shifts start: they are paused until then."""
        await import_module("flows.deployments").resume_shifts()

    async def wait(self) -> None:
        """Return never; raises ServiceDiedError when a service dies again and again."""
        if self._watching is not None:
            await asyncio.shield(self._watching)

    @property
    def reader(self) -> Reader:
        """Answers questions about the database."""
        if self._engine is None:
            raise DatabaseDownError("the stack is not running")
        return Reader(self._engine)

    async def _unless_a_service_dies(self, work: Awaitable[T]) -> T:
        """The result of `work`, or the error of the watch, whichever comes first."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait([task, *([self._watching] if self._watching else [])], return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and self._watching is not None:
                self._watching.result()
            return await task
        finally:
            task.cancel()

    async def _watch(self) -> None:
        """Start services again that died; raises ServiceDiedError for one that does so too often."""
        restarts: list[tuple[float, str]] = []
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if self._server is not None:
                await asyncio.to_thread(self._server.ensure_running)
            for service in self._services:
                if not service.has_ended:
                    continue
                now = time.monotonic()
                restarts = [(at, name) for at, name in restarts if now - at < _RESTART_WINDOW] + [(now, service.name)]
                if sum(name == service.name for _, name in restarts) > _RESTARTS:
                    service.check()
                self._tell(f"{service.name} ended ({service.last_words()}) and is started again")
                await service.start()


def run_until_stopped(work: Callable[[], Awaitable[T]]) -> T | None:
    """Run `work` in an event loop of its own; Ctrl-C and SIGTERM cancel it, so that its blocks end in order: then None."""
    return asyncio.run(_until_stopped(work))


async def _until_stopped(work: Callable[[], Awaitable[T]]) -> T | None:
    task = asyncio.ensure_future(work())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return None


async def _is_true(value: bool) -> bool:
    return value


def _own_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataFolderError(f"{folder}: {error.strerror}") from None
    return folder.absolute()
