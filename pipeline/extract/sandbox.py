"""A pool of killable child processes that do what may hang, crash or eat memory: reading what the web sent.

The worker survives whatever a document does to the child that reads it; other callers' children are not touched.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pipeline.errors import ChildKilledError, ChildLimitError, DatelineError, PermanentError, ServiceDiedError
from pipeline.extract import frames

# A child that waits (stopped, starved, blocked) is given this many times its processor time before the clock on the wall ends it.
_PATIENCE = 3.0
_START_SECONDS = 60.0  # for the imports, on a busy machine
_PIPE_BYTES = 1_048_576  # what Linux lets anybody have (pipe(7)): a page goes over in one piece, in place of 64 KB at a time
_STARTS = 3  # a child that can't start is our own trouble, not that of a page


class TaskRefusedError(PermanentError):
    """The task found the document unreadable"""


class TaskFailedError(PermanentError):
    """The task failed on this document"""


@dataclass(frozen=True, kw_only=True)
class ChildLimits:
    """What one child may use."""

    cpu_seconds: float  # of one call
    memory_bytes: int  # address space
    recycle_calls: int  # a child is replaced after this many calls
    recycle_bytes: int = 400_000_000  # … and when its memory has peaked above this (a fresh one holds about 120 MB)


@dataclass(kw_only=True)
class _Child:
    process: asyncio.subprocess.Process
    calls: int = 0
    peak_bytes: int = 0


class ChildPool:
    """At most `size` children of one command, started when they are needed; any number of tasks may call at the same time.

    `command` is the child's program and arguments; the parent's process id, the memory and the time limit are appended.
    """

    def __init__(self, command: Sequence[str], *, size: int, limits: ChildLimits) -> None:
        self._command = (*command, str(os.getpid()), str(limits.memory_bytes), str(limits.cpu_seconds))
        self._limits = limits
        self._slots = asyncio.Semaphore(size)
        self._idle: list[_Child] = []
        self._all: set[asyncio.subprocess.Process] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def call(self, task: str, arguments: Mapping[str, Any], body: bytes, *, fresh: bool = False) -> bytes:
        """What `task` answers. `fresh`: in a child that has read nothing before and reads nothing after.

        Raises ChildKilledError (the child died), ChildLimitError (it used more time or memory than it may), TaskRefusedError and
        TaskFailedError (the task itself ended with an error; its text is the detail), ServiceDiedError (no child can be started).
        """
        async with self._slots:
            child = self._idle.pop() if self._idle and not fresh else await self._start()
            try:
                status, answer = await self._exchange(child, frames.pack({"task": task, "with": dict(arguments)}, body))
            except BaseException:
                await self._kill(child)  # it died, hangs, or its caller is gone: what it would answer is no use to anyone
                raise
            if fresh or status == "memory" or self._worn(child) or self._closed:
                await self._kill(child)
            else:
                self._idle.append(child)
        return _checked(status, answer, self._limits)

    async def aclose(self) -> None:
        """End every child; returns when none is left."""
        self._closed = True
        self._idle.clear()
        processes = list(self._all)
        for process in processes:
            _signal(process)
        for process in processes:
            await process.wait()
        self._all.clear()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The children alive now."""
        return tuple(process.pid for process in self._all)

    async def _start(self) -> _Child:
        """A child that has said that it is ready. Raises ServiceDiedError where none gets that far."""
        for _ in range(_STARTS):
            child = await self._spawn()
            try:
                async with asyncio.timeout(_START_SECONDS):
                    await _receive(child.process)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError):
                await self._kill(child)
            except BaseException:
                await self._kill(child)
                raise
            else:
                return child
        raise ServiceDiedError(f"a child that reads documents (exit status {child.process.returncode}, see its error output)")

    async def _spawn(self) -> _Child:
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**20
        )
        self._all.add(process)
        _widen(process)
        return _Child(process=process)

    async def _exchange(self, child: _Child, message: bytes) -> tuple[str, bytes]:
        seconds = _PATIENCE * self._limits.cpu_seconds
        child.calls += 1
        try:
            async with asyncio.timeout(seconds):
                header, answer = await _ask(child.process, message)
        except TimeoutError:
            raise ChildKilledError(f"no answer within {seconds:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            raise await self._cause_of_death(child) from None
        child.peak_bytes = header["peak_bytes"]
        return header["status"], answer

    async def _cause_of_death(self, child: _Child) -> DatelineError:
        """The pipe broke: the time limit if the kernel's timer ended the child, else a crash or a kill from outside."""
        _signal(child.process)
        status = await child.process.wait()
        if status == -signal.SIGPROF:
            return ChildLimitError(f"more than {self._limits.cpu_seconds:g} s of processor time")
        return ChildKilledError(f"exit status {status}")

    def _worn(self, child: _Child) -> bool:
        return child.calls >= self._limits.recycle_calls or child.peak_bytes > self._limits.recycle_bytes

    async def _kill(self, child: _Child) -> None:
        _signal(child.process)
        await child.process.wait()
        self._all.discard(child.process)


def _widen(process: asyncio.subprocess.Process) -> None:
    """Make the pipe to a child hold a whole page, where the system can."""
    pipe = process.stdin and process.stdin.transport.get_extra_info("pipe")
    if pipe and hasattr(fcntl, "F_SETPIPE_SZ"):  # not on macOS
        with contextlib.suppress(OSError):  # there are too many wide pipes already
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


async def _ask(process: asyncio.subprocess.Process, message: bytes) -> tuple[dict[str, Any], bytes]:
    """Send a message and read the answer; a child that dies while it is written to is noticed by the reading."""
    if process.stdin is None:
        raise ConnectionError("the child has no pipe")
    process.stdin.write(message)
    with contextlib.suppress(ConnectionError):
        await process.stdin.drain()
    return await _receive(process)


async def _receive(process: asyncio.subprocess.Process) -> tuple[dict[str, Any], bytes]:
    stdout = process.stdout
    if stdout is None:
        raise ConnectionError("the child has no pipe")
    head_size, body_size = frames.sizes(await stdout.readexactly(frames.PREFIX.size))
    header = frames.unpack_header(await stdout.readexactly(head_size))
    return header, await stdout.readexactly(body_size)


def _signal(process: asyncio.subprocess.Process) -> None:
    """Kill the child. Not with `process.kill`, which may reap the child itself, so that asyncio's watcher loses its exit status."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def _checked(status: str, answer: bytes, limits: ChildLimits) -> bytes:
    if status == "done":
        return answer
    detail = answer.decode("utf-8", "replace")
    if status == "memory":
        raise ChildLimitError(f"more than {limits.memory_bytes} bytes of memory")
    raise TaskRefusedError(detail) if status == "refused" else TaskFailedError(detail)
