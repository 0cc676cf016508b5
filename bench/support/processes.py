"""What groups of processes use: memory and processor time, read from /proc (Linux)."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")  # a second of processor time, in /proc
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True)
class Process:
    """One living process at one moment."""

    pid: int
    parent: int
    command: str
    cpu_seconds: float  # its own, and that of children that have ended and were waited for
    own_seconds: float  # its own alone
    resident_bytes: int


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a group of processes came to."""

    cpu_seconds: float = 0.0
    own_seconds: float = 0.0  # without children that ended
    peak_bytes: int = 0  # resident, summed over the group at its largest moment


Group = Callable[[Mapping[int, Process]], Iterable[Process]]


def living() -> dict[int, Process]:
    """Every process of this machine that can be read, by its id."""
    found = (_read(int(folder.name)) for folder in Path("/proc").iterdir() if folder.name.isdigit())
    return {process.pid: process for process in found if process is not None}


def _read(pid: int) -> Process | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:  # it ended meanwhile
        return None
    return Process(
        pid=pid,
        parent=int(stat[1]),
        command=command,
        cpu_seconds=sum(map(int, stat[11:15])) / _TICKS,  # proc(5): utime, stime, cutime, cstime
        own_seconds=sum(map(int, stat[11:13])) / _TICKS,
        resident_bytes=int(stat[21]) * _PAGE,
    )


def family(processes: Mapping[int, Process], root: int) -> list[Process]:
    """A process and all its descendants."""
    children = defaultdict(list)
    for process in processes.values():
        children[process.parent].append(process)
    found, waiting = [], [processes[root]] if root in processes else []
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting += children[process.pid]
    return found


def own(*commands: str, with_children: bool) -> Group:
    """The descendants of this process whose command line holds one of these words and, with_children, the descendants of those."""

    def pick(processes: Mapping[int, Process]) -> Iterable[Process]:
        ours = family(processes, os.getpid())
        roots = [process for process in ours if any(command in process.command for command in commands)]
        if not with_children:
            return roots
        return {process.pid: process for root in roots for process in family(processes, root.pid)}.values()

    return pick


class Watch:
    """Looks at groups of processes again and again as long as its block lasts; what they used before that counts for nothing.

    Processor time counts as far as it was seen: that of a process in its last quarter of a second is missed.
    """

    def __init__(self, groups: Mapping[str, Group], *, every_seconds: float = 0.25) -> None:
        self._groups = groups
        self._every_seconds = every_seconds
        self._began: dict[str, tuple[float, float]] = {}
        self._usage: dict[str, Usage] = dict.fromkeys(groups, Usage())
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, daemon=True)

    def __enter__(self) -> Self:
        processes = living()
        self._began = {name: _cpu(list(group(processes))) for name, group in self._groups.items()}
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def __getitem__(self, name: str) -> Usage:
        return self._usage[name]

    def _keep_looking(self) -> None:
        while not self._ended.wait(self._every_seconds):
            self._look()

    def _look(self) -> None:
        processes = living()
        for name, group in self._groups.items():
            seen, before = list(group(processes)), self._usage[name]
            self._usage[name] = Usage(
                cpu_seconds=max(before.cpu_seconds, _cpu(seen)[0] - self._began[name][0]),
                own_seconds=max(before.own_seconds, _cpu(seen)[1] - self._began[name][1]),
                peak_bytes=max(before.peak_bytes, sum(process.resident_bytes for process in seen)),
            )


def _cpu(processes: Sequence[Process]) -> tuple[float, float]:
    return sum(process.cpu_seconds for process in processes), sum(process.own_seconds for process in processes)
