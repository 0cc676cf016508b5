"""One Postgres server over one data folder: started, watched for readiness, stopped. Standard library only: the keeper runs on it."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # prctl(2)
_FAST_STOP_SECONDS = 60.0  # a fast shutdown writes a checkpoint
_IMMEDIATE_STOP_SECONDS = 5.0  # Postgres's own limit (SIGKILL_CHILDREN_AFTER_SECS) before it kills its children
_LOG_BYTES, _LOG_FILES = 2_000_000, 3

# Durable, since a row that was acknowledged must survive a crash. `terse` keeps values of rows out of the log.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_wal_size": "512MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
}
_LEAST_BUFFERS, _MOST_BUFFERS = 128, 1024  # MB: it may share a laptop with a browser
_SHARE_OF_MEMORY = 8
_MEMORY_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))  # of a container


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a server runs and as whom."""

    binary: Path  # the `postgres` executable
    cluster: Path  # PGDATA
    port: int
    user: int | None  # user id to run as; None: our own (Postgres refuses to run as root)
    group: int | None


class Postmaster:
    """A running server. Its words come out of `log_pipe`, its end out of `has_died`."""

    def __init__(self, place: Place, log: logging.Logger) -> None:
        """Start it. OSError when it can't even be executed."""
        _clear_the_way(place)
        self._place = place
        self._log = log
        self._last_lines: deque[str] = deque(maxlen=50)
        self.log_pipe, write_end = os.pipe()
        os.set_blocking(self.log_pipe, False)
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own command, no shell
                _command(place),
                stdin=subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                user=place.user,
                group=place.group,
                extra_groups=None if place.user is None else [],
                preexec_fn=_dying_with(os.getpid()),  # noqa: PLW1509  # the keeper has one thread
            )
        finally:
            os.close(write_end)

    def read_log(self) -> bool:
        """Move what the server said into the log. False when it will say no more."""
        try:
            chunk = os.read(self.log_pipe, 65_536)
        except BlockingIOError:
            return True
        for line in chunk.decode(errors="replace").splitlines():
            self._last_lines.append(line)
            self._log.info(line)
        return bool(chunk)

    def is_ready(self) -> bool:
        """True when the server takes connections: the eighth line of its pid file says so (as pg_ctl reads it)."""
        lines = pid_file_lines(self._place.cluster)
        return len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready"

    def has_died(self) -> bool:
        """True once the server has ended."""
        return self._process.poll() is not None

    def last_words(self) -> str:
        """The last thing the server complained of."""
        complaints = [line for line in self._last_lines if "FATAL:" in line or "PANIC:" in line]
        return (complaints or [*self._last_lines] or ["it said nothing"])[-1].rpartition("FATAL:  ")[2]

    def stop(self) -> None:
        """Stop the server: connections are ended, a checkpoint written (fast shutdown); harder only when that takes a minute."""
        for sign, patience in ((signal.SIGINT, _FAST_STOP_SECONDS), (signal.SIGQUIT, _IMMEDIATE_STOP_SECONDS), (signal.SIGKILL, None)):
            self._process.send_signal(sign)
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            break
        self.close()

    def close(self) -> None:
        """Close the log's pipe, after a last look, once the server has ended."""
        self.read_log()
        os.close(self.log_pipe)


def _command(place: Place) -> list[str]:
    command = [str(place.binary), "-D", str(place.cluster), "-p", str(place.port)]
    for name, value in (_SETTINGS | {"shared_buffers": f"{shared_buffers(memory_bytes())}MB"}).items():
        command += ["-c", f"{name}={value}"]
    return command


def shared_buffers(memory: int) -> int:
    """The megabytes of Postgres's own cache on a machine with so many bytes of memory; they are taken as tables grow.

    Copies are looked up by keys that lie anywhere in their index, .9 GB for a million articles in the window: where that does not fit, a
    look-up takes twice as long (bench/matching.py).
    """
    return min(max(memory // _SHARE_OF_MEMORY // 2**20, _LEAST_BUFFERS), _MOST_BUFFERS)


def memory_bytes() -> int:
    """What this machine has, or this container may use; 0 where the system does not tell."""
    try:
        limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    except (OSError, ValueError):
        return 0
    for file in _MEMORY_LIMITS:
        with suppress(OSError, ValueError):  # no such file, or no number in it: `max`
            limits.append(int(file.read_text(encoding="ascii")))
    return min(limits)


def bounded_log(file: Path) -> logging.Logger:
    """A log that never takes more than 8 MB, and that a full disk does not break."""
    logging.raiseExceptions = False
    handler = RotatingFileHandler(file, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("dateline.postgres")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    return log


def _dying_with(parent: int) -> Callable[[], None] | None:
    """What the child does before it becomes Postgres: ask for a fast shutdown when its parent dies (Linux only).

    Runs after setuid, which would clear the wish again; a parent that died before the wish was made is noticed by its id.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def wish() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return wish


def _clear_the_way(place: Place) -> None:
    """Deal with what an earlier server left. The caller owns the data folder, so no live keeper has a server there.

    Where the pid file's server answers, its keeper was killed: it is asked to stop. Where nothing answers, the file is stale, and its
    process id may belong to any program by now, on which Postgres would refuse to start: the file is removed. Should backends of the dead
    server still be alive, Postgres finds them by their shared memory and refuses by itself, until they are gone.
    """
    lines = pid_file_lines(place.cluster)
    if len(lines) < 4:
        return
    deadline = time.monotonic() + _FAST_STOP_SECONDS
    port = int(lines[3])
    if _answers(port):
        os.kill(int(lines[0]), signal.SIGINT)
    while _answers(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not _answers(port):
        (place.cluster / "postmaster.pid").unlink(missing_ok=True)


def pid_file_lines(cluster: Path) -> list[str]:
    """The lines of postmaster.pid: process id, data folder, start time, port, socket folder, listen address, shared memory, status."""
    try:
        return (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
    except OSError:
        return False
