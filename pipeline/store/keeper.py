"""The process that owns the embedded Postgres: starts it, starts it again after a crash, stops it when the last client is gone.

Started by `pipeline.store.embedded`; standard library only, so that it is small and starts in a moment.

Every client holds one connection to the keeper's socket. The kernel closes it however its client ends, SIGKILL included, so the end-of-file
of the last one is the sign to stop; no process id is kept that could outlive its process. The keeper writes one line over a connection,
`ready` or `failed <why>`; a client writes nothing. One that leaves closes its writing half and reads until the keeper closes the rest:
at once while others are there, after Postgres has stopped if it was the last.
"""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import selectors
import signal
import socket
import time
from functools import partial
from pathlib import Path

from pipeline.store.postmaster import Place, Postmaster, bounded_log

_TURN_SECONDS = 0.02  # while something is about to change: Postgres starting, a client joining
_STILL_THERE = ("still in use", "lock file")  # what Postgres says when the last backend of a killed server has not gone yet
_FIRST_START_SECONDS = 10.0  # patience with that
_RETRY_SECONDS = (0.1, 5.0)  # between starts: doubled from the first to the second


class Keeper:
    """Counts clients and looks after one postmaster as long as there are any."""

    def __init__(self, place: Place, log: logging.Logger, listener: socket.socket, start_lock: int) -> None:
        self._place = place
        self._log = log
        self._postmaster: Postmaster | None = None
        self._listener = listener
        self._start_lock = start_lock
        self._clients: set[socket.socket] = set()
        self._leaving: list[socket.socket] = []  # asked to go; closed when Postgres has stopped or somebody else is there
        self._ready = False
        self._was_ready = False
        self._retry_at = time.monotonic()
        self._retry_seconds = _RETRY_SECONDS[0]
        self._give_up_at = time.monotonic() + _FIRST_START_SECONDS
        self._told_to_stop = False
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Keep Postgres up until the last client has left (or SIGTERM), then stop it."""
        self._watch_signals()
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        while not self._is_over():
            self._look_after_postgres()
            restless = not self._ready or not self._clients
            for key, _ in self._selector.select(_TURN_SECONDS if restless else None):
                key.data()
        if self._postmaster:
            self._postmaster.stop()
        for connection in (*self._leaving, *self._clients):
            connection.close()

    def _watch_signals(self) -> None:
        """Make SIGCHLD and SIGTERM wake the selector; SIGINT of a terminal is for the clients."""
        waking, self._wake = socket.socketpair()
        waking.setblocking(False)
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._on_terminate)
        self._selector.register(waking, selectors.EVENT_READ, partial(waking.recv, 4096))

    def _on_terminate(self, *_: object) -> None:
        self._told_to_stop = True

    # -- clients

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:
            return
        client.setblocking(False)
        self._clients.add(client)
        self._selector.register(client, selectors.EVENT_READ, partial(self._on_end_of_file, client))
        if self._ready:
            _tell(client, "ready")
        for gone in self._leaving:
            gone.close()
        self._leaving.clear()

    def _on_end_of_file(self, client: socket.socket) -> None:
        """A client wrote or, as agreed, closed its half: either way it is done."""
        self._selector.unregister(client)
        self._clients.discard(client)
        if self._clients:
            client.close()
        else:
            self._leaving.append(client)

    def _is_over(self) -> bool:
        """True when Postgres is to stop. The start lock is held from then on: who comes now waits, then finds no keeper and starts one."""
        if not self._told_to_stop:
            if self._clients or not _try_lock(self._start_lock):
                return False
            self._accept()  # somebody who connected before the lock was ours
            if self._clients:
                fcntl.flock(self._start_lock, fcntl.LOCK_UN)
                return False
        Path(self._listener.getsockname()).unlink(missing_ok=True)
        self._listener.close()
        return True

    # -- Postgres

    def _look_after_postgres(self) -> None:
        if self._postmaster and self._postmaster.has_died():
            self._bury(self._postmaster)
        elif self._postmaster and not self._ready and self._postmaster.is_ready():
            self._ready = self._was_ready = True
            self._retry_seconds = _RETRY_SECONDS[0]
            for client in self._clients:
                _tell(client, "ready")
        elif self._postmaster is None and time.monotonic() >= self._retry_at:
            self._postmaster = Postmaster(self._place, self._log)
            self._selector.register(self._postmaster.log_pipe, selectors.EVENT_READ, partial(self._on_log, self._postmaster))

    def _on_log(self, postmaster: Postmaster) -> None:
        if not postmaster.read_log():
            self._selector.unregister(postmaster.log_pipe)

    def _bury(self, postmaster: Postmaster) -> None:
        """Plan the next start: soon after a crash, then slower (a full disk takes long); a server that never came up is given up."""
        if postmaster.log_pipe in self._selector.get_map():
            self._selector.unregister(postmaster.log_pipe)
        postmaster.close()
        self._postmaster = None
        self._ready = False
        self._retry_at = time.monotonic() + self._retry_seconds
        self._retry_seconds = min(2 * self._retry_seconds, _RETRY_SECONDS[1])
        words = postmaster.last_words()
        in_the_way = any(sign in words for sign in _STILL_THERE) and time.monotonic() < self._give_up_at
        if not self._was_ready and not in_the_way:
            for client in self._clients:
                _tell(client, f"failed {words}")
            self._told_to_stop = True


def _tell(client: socket.socket, line: str) -> None:
    """One line to a client; one that is gone is noticed by its end-of-file."""
    try:
        client.sendall(line.encode() + b"\n")
    except OSError:
        return


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _own(home: Path) -> int:
    """Hold the keeper's lock of this data folder for life. Waits for a keeper that is ending; OSError after a minute."""
    descriptor = os.open(home / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + 60
    while not _try_lock(descriptor):
        if time.monotonic() > deadline:
            raise OSError(f"{home}: another keeper owns this data folder")
        time.sleep(0.05)
    return descriptor


def main() -> None:
    """Become the keeper: detach from who started it (which returns at once), then keep."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--listener", type=int, required=True)
    arguments.add_argument("--home", type=Path, required=True)
    arguments.add_argument("--binary", type=Path, required=True)
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--user", type=int)
    arguments.add_argument("--group", type=int)
    given = arguments.parse_args()
    if os.fork():
        os._exit(0)
    _own(given.home)
    place = Place(binary=given.binary, cluster=given.home / "cluster", port=given.port, user=given.user, group=given.group)
    start_lock = os.open(given.home / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    Keeper(place, bounded_log(given.home / "postgres.log"), socket.socket(fileno=given.listener), start_lock).run()


if __name__ == "__main__":
    main()
