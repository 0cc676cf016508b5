"""The Postgres that Dateline brings along: the binaries of a wheel, the tables in `<data_folder>/postgres`, TCP on 127.0.0.1.

Any number of processes use one server at the same time: each calls `open_server` (or `start`), the first starts it, the last to leave
stops it. A process joins a living server by connecting to its keeper (see `keeper.py`), so an outdated process id misleads nobody.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from pipeline.errors import DatabaseDownError, DataFolderError, PortInUseError, ServiceDiedError
from pipeline.settings import Settings
from pipeline.store import keeper
from pipeline.store.cluster import Cluster, folder_errors, locate, prepare
from pipeline.store.server import Server, external_server

_DATABASE = "dateline"
_USER = "postgres"
_START_SECONDS = 120.0  # initdb and recovery on a slow disk; 1.4 s for a first start, 0.1 s for a later one on a laptop
_STOP_SECONDS = 90.0  # above the keeper's own limit for a shutdown
_PROJECT = Path(__file__).resolve().parents[2]


def open_server(settings: Settings) -> Server:
    """The server of DATELINE_DATABASE_URL, or the embedded one, started if need be. Raises as `start`, or SettingsError for the URL."""
    if settings.database_url is not None:
        return external_server(settings.database_url.get_secret_value())
    return start(settings)


def start(settings: Settings) -> EmbeddedPostgres:
    """Join the data folder's embedded Postgres, after starting it where it is not running. It runs at least until `close`.

    Raises DataFolderError (the folder can't be used), PortInUseError (DATELINE_POSTGRES_PORT is taken), MissingToolError (no binaries),
    ServiceDiedError (Postgres does not come up; the message has its last words).
    """
    server = EmbeddedPostgres(locate(settings.data_folder), settings.postgres_port)
    try:
        _wait_for_database(server)
    except BaseException:
        server.close()
        raise
    return server


class EmbeddedPostgres(Server):
    """This process's hold on the embedded server: a connection to its keeper."""

    def __init__(self, cluster: Cluster, wanted_port: int) -> None:
        """Join or start the server of `cluster`; see `start`."""
        self._cluster = cluster
        self._wanted_port = wanted_port
        self._hold: socket.socket | None = _join(cluster, wanted_port)
        super().__init__(_address(cluster), maintenance_database="postgres")

    @property
    def home(self) -> Path:
        """The folder with the tables, the password file and the log (postgres.log)."""
        return self._cluster.home

    @property
    def binaries(self) -> Path:
        """The folder with psql, pg_dump, pg_ctl and the others."""
        return self._cluster.binaries

    @property
    def postmaster_pid(self) -> int:
        """The server's process id at this moment (for tests that kill it). Raises ServiceDiedError when there is none."""
        try:
            return int((self._cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        except (OSError, IndexError):
            raise ServiceDiedError("Postgres is not running") from None

    def ensure_running(self) -> None:
        """Join anew if the keeper was killed (a killed Postgres is the keeper's affair). Raises as `start`."""
        if self._hold is not None and _has_ended(self._hold):
            self._hold.close()
            self._hold = None
            self._hold = _join(self._cluster, self._wanted_port)
            self._address = _address(self._cluster)

    def close(self) -> None:
        """Leave. The last to leave returns when Postgres has stopped."""
        if self._hold is None:
            return
        hold, self._hold = self._hold, None
        hold.settimeout(_STOP_SECONDS)
        with hold, suppress(OSError):
            hold.shutdown(socket.SHUT_WR)
            while hold.recv(4096):
                pass


def _wait_for_database(server: EmbeddedPostgres) -> None:
    """Return when the main database answers: a Postgres that was just killed is on its way back."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            server.ensure_database(_DATABASE)
        except DatabaseDownError as error:
            if time.monotonic() > deadline:
                raise ServiceDiedError(f"Postgres does not come back: {error.detail}; see {server.home / 'postgres.log'}") from error
            time.sleep(0.05)
            server.ensure_running()
        else:
            return


def _address(cluster: Cluster) -> URL:
    return URL.create("postgresql", _USER, cluster.password, "127.0.0.1", cluster.port, _DATABASE)


def _join(cluster: Cluster, wanted_port: int) -> socket.socket:
    """A connection to the keeper of a server that takes connections."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        with _start_lock(cluster.home, deadline):
            hold = _connect(cluster.socket_path) or _start_keeper(cluster, wanted_port)
        answer = _answer(hold, deadline)
        if answer == "ready":
            return hold
        hold.close()
        if answer.startswith("failed "):
            raise _failure(answer.removeprefix("failed "), cluster)
        if time.monotonic() > deadline:
            raise ServiceDiedError(f"Postgres did not come up within {_START_SECONDS:.0f} s; see {cluster.home / 'postgres.log'}")


def _failure(words: str, cluster: Cluster) -> ServiceDiedError | PortInUseError | DataFolderError:
    if "No space left" in words or "Permission denied" in words:
        return DataFolderError(f"{cluster.home}: {words}")
    if "TCP/IP sockets" in words:
        return PortInUseError(str(cluster.port))
    return ServiceDiedError(f"Postgres: {words}; see {cluster.home / 'postgres.log'}")


@contextmanager
def _start_lock(home: Path, deadline: float) -> Iterator[None]:
    """Hold the lock under which keepers come and go."""
    with folder_errors(home), (home / "start.lock").open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ServiceDiedError(f"another process has been starting or stopping Postgres in {home} for too long") from None
                time.sleep(0.02)
        yield


def _connect(socket_path: str) -> socket.socket | None:
    """A connection to a living keeper, if there is one."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(socket_path)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    return connection


def _start_keeper(cluster: Cluster, wanted_port: int) -> socket.socket:
    """Start a keeper, with this process as its first client. The caller holds the start lock and found no keeper.

    We listen, connect to ourselves and only then hand the listening socket over: whenever we are killed, the keeper sees our end-of-file.
    """
    prepare(cluster, wanted_port)
    Path(cluster.socket_path).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(cluster.socket_path)
        Path(cluster.socket_path).chmod(0o600)
        listener.listen(128)
        hold = _connect(cluster.socket_path)
        if hold is None:
            raise DataFolderError(f"{cluster.socket_path}: no connection to our own socket")
        command = [sys.executable, "-S", "-m", keeper.__name__, f"--home={cluster.home}", f"--listener={listener.fileno()}"]
        command += [f"--binary={cluster.binaries / 'postgres'}", f"--port={cluster.port}"]
        command += [f"--user={cluster.user}", f"--group={cluster.group}"] if cluster.user is not None else []
        subprocess.run(  # noqa: S603  # our own command, no shell; returns at once, since the keeper detaches itself
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": str(_PROJECT), "PATH": os.defpath},
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    return hold


def _answer(hold: socket.socket, deadline: float) -> str:
    """The keeper's line, without its end; an empty string when the keeper went away or says nothing in time."""
    hold.settimeout(max(0.1, deadline - time.monotonic()))
    said = b""
    try:
        while not said.endswith(b"\n"):
            chunk = hold.recv(4096)
            if not chunk:
                break
            said += chunk
    except OSError:
        return ""
    return said.decode(errors="replace").strip()


def _has_ended(hold: socket.socket) -> bool:
    hold.setblocking(False)
    try:
        return hold.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
