"""`python -m flows.guard GRACE COMMAND …`: runs a command, and ends it with all its descendants when whoever started it is gone.

The starter holds the other end of this process's standard input. The kernel closes it however the starter ends, SIGKILL included, so its
end-of-file is the sign to stop, as SIGTERM is. The command gets SIGTERM with its process group, and GRACE seconds; then SIGKILL. On Linux
descendants that left the group are ended too. Exits as the command did. Standard library only, so that it is small and starts in a moment.
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
from contextlib import suppress
from pathlib import Path

_SET_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h: orphaned descendants become this process's children
_TURN_SECONDS = 0.5  # between two looks; signals and the end-of-file cut it short
_ORPHANS_SECONDS = 10.0  # for the last descendants to die of SIGKILL


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
        _adopt_orphans()
        self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603  # our own command, no shell

    def run(self) -> int:
        """Wait for the end of the command, or the sign to end it; returns its exit status as a shell would."""
        deadline: float | None = None
        while self._status is None:
            self._wait(watch_starter=deadline is None)
            self._reap()
            if self._told_to_stop and deadline is None:
                deadline = time.monotonic() + self._grace_seconds
                self._signal_group(signal.SIGTERM)
            if deadline is not None and time.monotonic() > deadline:
                self._signal_group(signal.SIGKILL)
        self._signal_group(signal.SIGKILL)
        self._end_orphans()
        return self._status

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

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)

    def _end_orphans(self) -> None:
        deadline = time.monotonic() + _ORPHANS_SECONDS
        while (orphans := _children()) and time.monotonic() < deadline:
            for pid in orphans:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._wait(watch_starter=False)
            self._reap()


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _children() -> list[int]:
    """This process's children, where the system tells (Linux); they change parents as theirs die, so ask again."""
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def main() -> int:
    """Guard the command of the arguments."""
    return Guard(sys.argv[2:], float(sys.argv[1])).run()


if __name__ == "__main__":
    sys.exit(main())
