"""The inside of a child process: answers one message after the other with the task that it names, under its own limits."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from pipeline.errors import DatelineError
from pipeline.extract import frames

Task = Callable[[Mapping[str, Any], bytes], bytes]

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def serve(tasks: Mapping[str, Task], *, parent: int, memory_bytes: int, cpu_seconds: float) -> None:
    """Answer messages on the process's standard input until it ends.

    `parent` is the process that must be alive, `memory_bytes` the address space at the most, `cpu_seconds` the processor time of one task
    at the most: SIGPROF ends the process at once, whatever C code it is in. It counts work, not waiting: a busy machine condemns no page.
    """
    messages, answers = _own_streams()
    _die_with(parent)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's to handle; it closes the pipe
    gc.freeze()
    answers.write(frames.pack(_status("ready"), b""))
    answers.flush()
    while prefix := messages.read(frames.PREFIX.size):
        head, body = frames.sizes(prefix)
        header, content = frames.unpack_header(messages.read(head)), messages.read(body)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        answer = _answer(tasks[header["task"]], header["with"], content)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(answer)
        answers.flush()


def _answer(task: Task, arguments: Mapping[str, Any], content: bytes) -> bytes:
    """The task's result as a message, or the error that it met, by its name."""
    try:
        return frames.pack(_status("done"), task(arguments, content))
    except MemoryError:
        return frames.pack(_status("memory"), b"")
    except RecursionError:
        return frames.pack(_status("failed"), b"nested too deeply")
    except DatelineError as error:
        return frames.pack(_status("refused"), error.detail.encode("utf-8", "replace"))
    except Exception as error:  # noqa: BLE001  # any failure is this page's, and its name the caller's to judge
        return frames.pack(_status("failed"), f"{type(error).__name__}: {error}"[:500].encode("utf-8", "replace"))


def _status(status: str) -> dict[str, Any]:
    return {"status": status, "peak_bytes": peak_bytes()}


def peak_bytes() -> int:
    """The most memory that this process has held.

    Linux's ru_maxrss won't do: a process inherits it from the one that started it, so that a large worker's children would all look worn.
    """
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open("/proc/self/status", "rb") as status:  # noqa: PTH123  # after each task: a Path would be made in vain
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith(b"VmHWM:")), 0)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """The message streams, moved away from where stray prints and reads of a library would reach them."""
    messages, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return messages, answers


def _die_with(parent: int) -> None:
    """On Linux the kernel kills this process with its parent; elsewhere the end of the input stream does, at the next message."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)  # died before the call above
