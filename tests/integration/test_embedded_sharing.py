"""The embedded Postgres among several processes: who starts it, who joins, and that it is gone with the last of them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from pipeline.settings import Settings
from pipeline.store.embedded import EmbeddedPostgres, start

_PROJECT = Path(__file__).resolve().parents[2]
_CLIENT = """
import sys
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store.embedded import start
with start(Settings(data_folder=Path(sys.argv[1]), database_url=None)) as server:
    print(server.connection_url("dateline"), flush=True)
    sys.stdin.read()
"""


@contextmanager
def client(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that starts or joins the server of `folder` and holds it until its standard input ends."""
    command = [sys.executable, "-c", _CLIENT, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_PROJECT) as process:
        try:
            yield process
        finally:
            process.kill()


def address_from(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line.startswith("postgresql://"), "the client did not get a server"
    return line


def wait_for_end(pid: int) -> None:
    """Return when the process is gone; fails after 30 s. Waits on the process itself, not on the clock."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor, "rb") as ending:
        assert select.select([ending], [], [], 30)[0], f"process {pid} is still there"


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


@pytest.fixture
def folder(reachable_folder: Path, request: pytest.FixtureRequest) -> Path:
    return reachable_folder / request.node.name


@pytest.fixture
def embedded(folder: Path) -> Iterator[EmbeddedPostgres]:
    with start(Settings(data_folder=folder)) as server:
        yield server


def test_first_start_makes_a_utf8_database_that_asks_for_a_password(embedded: EmbeddedPostgres) -> None:
    with psycopg.connect(embedded.connection_url("dateline")) as connection:
        shown = {name: connection.execute(f"SHOW {name}").fetchone() for name in ("server_encoding", "fsync", "synchronous_commit")}
        assert shown == {"server_encoding": ("UTF8",), "fsync": ("on",), "synchronous_commit": ("on",)}
        assert connection.execute("SELECT datcollate FROM pg_database WHERE datname = 'dateline'").fetchone() in {("C.UTF-8",), ("C",)}
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    wrong = embedded.connection_url("dateline").replace(embedded.connection_url("dateline").split(":")[2].split("@")[0], "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert (embedded.home / "password").stat().st_mode & 0o077 == 0


def test_port_and_rows_stay_over_a_restart(folder: Path) -> None:
    with start(Settings(data_folder=folder)) as server:
        address = server.url
        with psycopg.connect(server.connection_url("dateline")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with start(Settings(data_folder=folder)) as server:
        assert server.url == address
        with psycopg.connect(server.connection_url("dateline")) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_server_lives_until_the_last_client_leaves(folder: Path) -> None:
    with client(folder) as other:
        address = address_from(other)
        mine = start(Settings(data_folder=folder))
        assert mine.connection_url("dateline") == address
        other.communicate()
        assert answers(address), "the server left with its first client"
        pid = mine.postmaster_pid
        mine.close()
        assert not answers(address)
        wait_for_end(pid)


def test_sigkill_of_the_last_client_stops_the_server(folder: Path) -> None:
    with client(folder) as only:
        address = address_from(only)
        with start(Settings(data_folder=folder)) as joined:
            pid = joined.postmaster_pid
        only.kill()
        only.wait()
        wait_for_end(pid)
        assert not answers(address)


def test_sigkill_while_starting_leaves_nothing_behind(folder: Path) -> None:
    """Killed at once, in initdb or later: the next start works, and ends without a server left."""
    with client(folder) as hasty:
        hasty.kill()
        hasty.wait()
    with start(Settings(data_folder=folder)) as server:
        assert answers(server.connection_url("dateline"))
        pid = server.postmaster_pid
    wait_for_end(pid)
    assert not list(server.home.glob("initdb-*"))


def test_many_starters_at_once_share_one_server(folder: Path) -> None:
    with client(folder) as one, client(folder) as two, client(folder) as three:
        addresses = {address_from(process) for process in (one, two, three)}
        assert len(addresses) == 1
        assert answers(addresses.pop())


def test_killed_postgres_is_started_again(embedded: EmbeddedPostgres) -> None:
    address = embedded.connection_url("dateline")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE acknowledged AS SELECT 7 AS number")
    killed = embedded.postmaster_pid
    os.kill(killed, signal.SIGKILL)
    with start(Settings(data_folder=embedded.home.parent)) as joined, psycopg.connect(joined.connection_url("dateline")) as connection:
        assert connection.execute("SELECT number FROM acknowledged").fetchone() == (7,)
        assert joined.postmaster_pid != killed


def test_server_is_back_after_its_keeper_and_postgres_were_killed(folder: Path) -> None:
    """A machine that went down: nothing was stopped in order, and the process id in the pid file belongs to another program by now."""
    with start(Settings(data_folder=folder)) as server:
        killed = server.postmaster_pid
        keeper = int(Path(f"/proc/{killed}/status").read_text().partition("PPid:")[2].split()[0])
        os.kill(keeper, signal.SIGKILL)
        wait_for_end(killed)
        pid_file = server.home / "cluster" / "postmaster.pid"
        port = (server.home / "port").read_text().strip()
        pid_file.write_text(f"{os.getpid()}\n{server.home / 'cluster'}\n0\n{port}\n\n127.0.0.1\n\nready\n")
        server.ensure_running()
        assert answers(server.connection_url("dateline"))
    assert not answers(server.connection_url("dateline"))
