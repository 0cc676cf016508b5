"""Ingest processes that are killed and stopped at random moments, and replaced: the tormentor of the chaos tests."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pipeline.errors import ServiceDiedError
from pipeline.store.embedded import EmbeddedPostgres

_TURN = 0.05  # seconds between two looks
_WARM_SECONDS = 2.0  # a worker that is younger has nothing to lose yet
_ENDING_SECONDS = 180.0
_CHILD = b"pipeline.steps.child"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What will be done to a run."""

    seed: int
    blows: Mapping[str, int]  # how many of each, see the victims' `strike`
    mean_seconds: float  # between blows, if the work goes on slowly; else they follow its progress

    def order(self, random_numbers: random.Random) -> list[str]:
        """All blows in random order."""
        blows = [blow for blow, count in self.blows.items() for _ in range(count)]
        random_numbers.shuffle(blows)
        return blows


class Victims(Protocol):
    """What can be tormented."""

    def tend(self) -> None:
        """Keep it going; called all the time."""

    def strike(self, blow: str, postgres: EmbeddedPostgres, random_numbers: random.Random) -> bool:
        """Do it to a random victim; False when there is none just now."""

    def finish(self) -> None:
        """The work is done: come to an end."""


@dataclass(kw_only=True)
class _Worker:
    process: subprocess.Popen[bytes]
    log: Path
    born_at: float
    wakes_at: float | None = None  # stopped until then


@dataclass
class Crew:
    """`size` processes of one command. `folder` gets their logs; `lease_seconds` is how long a stopped one is held at least."""

    command: Sequence[str]
    folder: Path
    size: int
    lease_seconds: float
    environment: dict[str, str]
    broken: list[str] = field(default_factory=list)  # ends that were not ours
    _workers: list[_Worker] = field(default_factory=list)
    _born: int = 0

    def __enter__(self) -> Crew:
        self.tend()
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.process.kill()
            worker.process.wait()

    def tend(self) -> None:
        """Wake who has been held long enough, replace who is gone."""
        for worker in list(self._workers):
            if worker.wakes_at is not None and time.monotonic() >= worker.wakes_at:
                worker.wakes_at = None
                worker.process.send_signal(signal.SIGCONT)
            if worker.process.poll() is not None:
                self._bury(worker)
        while len(self._workers) < self.size:
            self._workers.append(self._spawn())

    def finish(self) -> None:
        """Let all wake and work until nothing is due; nobody is replaced."""
        deadline = time.monotonic() + _ENDING_SECONDS
        while self._workers:
            for worker in list(self._workers):
                worker.process.send_signal(signal.SIGCONT)
                if worker.process.poll() is not None:
                    self._bury(worker)
            if time.monotonic() > deadline:
                raise TimeoutError(f"workers still at work after {_ENDING_SECONDS:g} s: {self._workers}")
            time.sleep(_TURN)

    @property
    def has_ended(self) -> bool:
        """Whether any of them is gone."""
        return any(worker.process.poll() is not None for worker in self._workers)

    @property
    def stopped(self) -> list[int]:
        """The processes that are stopped (by themselves or by us), where there is a /proc."""
        return [worker.process.pid for worker in self._workers if _state(worker.process.pid) == "T"]

    def strike(self, blow: str, postgres: EmbeddedPostgres, random_numbers: random.Random) -> bool:
        """SIGKILL a `worker`, an extractor (`child`) or `postgres`; stop a worker until its leases are over (`zombie`)."""
        if blow == "postgres":
            return strike_postgres(postgres, random_numbers)
        awake = [worker for worker in self._workers if worker.wakes_at is None and time.monotonic() - worker.born_at > _WARM_SECONDS]
        random_numbers.shuffle(awake)
        for worker in awake:
            if blow == "child":
                if children := extractors_of(worker.process.pid):
                    return kill(random_numbers.choice(children))
            elif blow == "worker":
                worker.process.kill()
                return True
            elif len(awake) > 1:  # somebody has to take over
                worker.process.send_signal(signal.SIGSTOP)
                worker.wakes_at = time.monotonic() + self.lease_seconds + random_numbers.uniform(0.5, 2.0)
                return True
        return False

    def _spawn(self) -> _Worker:
        self._born += 1
        log = self.folder / f"worker-{self._born}.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(self.command, stderr=stream, stdout=stream, cwd=self.folder, env=self.environment)
        return _Worker(process=process, log=log, born_at=time.monotonic())

    def _bury(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        if worker.process.returncode not in {0, -signal.SIGKILL}:
            self.broken.append(f"exit status {worker.process.returncode}: {worker.log.read_text(errors='replace')[-4000:]}")


def torment(crew: Victims, plan: Plan, postgres: EmbeddedPostgres, *, progress: Callable[[], float]) -> Counter[str]:
    """Carry out the plan while the crew works, then let it finish. `progress` goes from 0 to 1.

    Returns the blows that hit before it was 1.
    """
    random_numbers = random.Random(plan.seed)
    blows = plan.order(random_numbers)
    moments = sorted(random_numbers.uniform(0.02, 0.9) for _ in blows)
    hit: Counter[str] = Counter()
    for blow, moment in zip(blows, moments, strict=True):
        patience = time.monotonic() + random_numbers.expovariate(1 / plan.mean_seconds)
        while (done := progress()) < 1:
            crew.tend()
            if (done >= moment or time.monotonic() >= patience) and crew.strike(blow, postgres, random_numbers):
                hit[blow] += 1
                break
            time.sleep(_TURN)
    while progress() < 1:
        crew.tend()
        time.sleep(_TURN)
    crew.finish()
    return hit


def extractors_of(process: int) -> list[int]:
    """The children of a process that extract; empty where there is no /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and _CHILD in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def _state(process: int) -> str:
    """One letter, see proc_pid_stat(5)."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def strike_postgres(postgres: EmbeddedPostgres, random_numbers: random.Random) -> bool:
    """SIGQUIT is Postgres's immediate shutdown: no checkpoint, recovery from the log at the next start."""
    with suppress(ServiceDiedError):
        return kill(postgres.postmaster_pid, random_numbers.choice([signal.SIGKILL, signal.SIGQUIT]))
    return False


def kill(process: int, sign: signal.Signals = signal.SIGKILL) -> bool:
    """Send the signal; False when the process is gone."""
    with suppress(ProcessLookupError):
        os.kill(process, sign)
        return True
    return False
