"""`python -m flows.guard GRACE COMMAND …`: runs a command, and ends it with all its descendants when whoever started it is gone.

The starter holds the other end of this process's standard input. The kernel closes it however the starter ends, SIGKILL included, so its
end-of-file is the sign to stop, as SIGTERM is. The command's children get SIGTERM, then the command, all within GRACE seconds; then SIGKILL
for everything below this process. Should this process itself be killed, Linux sends the command SIGTERM. Exits as the command did.
Standard library only, so that it is small and starts in a moment.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, linux/prctl.h: the signal that a process gets when its parent dies
_SET_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphaned descendants become this process's children
_TURN_SECONDS = 0.2  # between two looks; signals and the end-of-file cut it short
_KILL_SECONDS = 10.0  # for the last descendants to die of SIGKILL


class Guard:
    """One guarded command."""

    def __init__(self, command: list[str], grace_seconds: float) -> None:
        self._grace_seconds = grace_seconds
        self._told_to_stop = False
        self._status: int | None = None
        self._waking, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._on_terminate)
        _ask_linux(_SET_CHILD_SUBREAPER, 1)
        self._child = subprocess.Popen(  # noqa: S603  # our own command, no shell
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: _ask_linux(_PARENT_DEATH_SIGNAL, signal.SIGTERM),  # noqa: PLW1509  # safe: this process has one thread
        )

    def run(self) -> int:
        """Wait for the end of the command, or the sign to end it; returns its exit status as a shell would."""
        while self._status is None and not self._told_to_stop:
            self._wait(watch_starter=True)
            self._reap()
        self._end()
        return 1 if self._status is None else self._status

    def _end(self) -> None:
        """The command's children first: a Prefect worker told to stop kills its flow runs before they can give their leases back."""
        deadline = time.monotonic() + self._grace_seconds
        for pid in _children(self._child.pid):
            _send(pid, signal.SIGTERM)
        self._wait_while(lambda: self._status is None and bool(_children(self._child.pid)), deadline)
        if self._status is None:
            _send(self._child.pid, signal.SIGTERM)
        self._wait_while(lambda: self._status is None, deadline)
        deadline = time.monotonic() + _KILL_SECONDS
        while (living := _descendants(os.getpid())) and time.monotonic() < deadline:
            for pid in living:
                _send(pid, signal.SIGKILL)
            self._wait(watch_starter=False)
            self._reap()

    def _wait_while(self, condition: Callable[[], bool], deadline: float) -> None:
        while condition() and time.monotonic() < deadline:
            self._wait(watch_starter=False)
            self._reap()

    def _on_terminate(self, *_: object) -> None:
        self._told_to_stop = True

    def _wait(self, *, watch_starter: bool) -> None:
        watched = [self._waking, *([sys.stdin] if watch_starter else [])]
        ready, _, _ = select.select(watched, [], [], _TURN_SECONDS)
        if self._waking in ready:
            self._waking.recv(4096)
        if sys.stdin in ready and os.read(sys.stdin.fileno(), 4096) == b"":
            self._told_to_stop = True

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self._child.pid:
                    code = os.waitstatus_to_exitcode(status)
                    self._child.returncode = code
                    self._status = code if code >= 0 else 128 - code


def _ask_linux(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _descendants(pid: int) -> list[int]:
    """Every process that descends from this one."""
    children = _children(pid)
    return children + [below for child in children for below in _descendants(child)]


def _children(pid: int) -> list[int]:
    """The living children of a process."""
    if sys.platform == "linux":
        with suppress(OSError):
            found = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
            return [child for child in found if _lives(child)]
        return []
    listing = subprocess.run(["/bin/ps", "-axo", "pid=,ppid=,stat="], capture_output=True, text=True, check=False).stdout
    processes = [line.split() for line in listing.splitlines()]
    return [int(child) for child, parent, state in processes if int(parent) == pid and not state.startswith("Z")]


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def main() -> int:
    """Guard the command of the arguments."""
    return Guard(sys.argv[2:], float(sys.argv[1])).run()


if __name__ == "__main__":
    sys.exit(main())
