"""Everything under Prefect, as `dateline up` runs it, for the chaos tests: `python chaos_stack.py SETTINGS_JSON` starts it all."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from chaos_crew import kill, strike_postgres

from pipeline.settings import load_settings
from pipeline.store.embedded import EmbeddedPostgres

PROJECT = Path(__file__).resolve().parents[2]
_MARKS = {  # in the command lines of the processes
    "server": b"flows.prefect_server",
    "worker": b"prefect\0worker",
    "flow": b"prefect.engine",
    "child": b"pipeline.steps.child",
}


class Stack:
    """The started stack. Its own supervisor starts again what dies."""

    def __init__(self, settings: dict[str, object], folder: Path) -> None:
        self._log = folder / "stack.log"
        with self._log.open("wb") as log:
            command = [sys.executable, __file__, json.dumps(settings)]
            environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environment)

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(120)

    def tend(self) -> None:
        """Raise ChildProcessError when the stack gave up."""
        if self._process.poll() is not None:
            raise ChildProcessError(self._log.read_text(errors="replace")[-4000:])

    def finish(self) -> None:
        """Nothing: its shifts go on."""

    def strike(self, blow: str, postgres: EmbeddedPostgres, random_numbers: random.Random) -> bool:
        """SIGKILL Prefect's `server` or `worker`, a `flow` process, an extractor (`child`) or `postgres`."""
        if blow == "postgres":
            return strike_postgres(postgres, random_numbers)
        found = [process for process, command in descendants(self._process.pid).items() if _is(command, blow)]
        return bool(found) and kill(random_numbers.choice(found))


def _is(command: bytes, blow: str) -> bool:
    return _MARKS[blow] in command and b"flows.guard" not in command


def descendants(process: int) -> dict[int, bytes]:
    """The processes below a process, with their command lines (its parts end in zero bytes); see proc(5)."""
    parents: dict[int, int] = {}
    commands: dict[int, bytes] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(entry.name)] = (entry / "cmdline").read_bytes()
    below = {process}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    return {child: commands.get(child, b"") for child in below - {process}}


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """Run until SIGTERM."""
    from flows.local import LocalStack, run_until_stopped

    async def run() -> None:
        async with LocalStack(load_settings(**json.loads(sys.argv[1])), tell=_tell) as stack:
            await stack.resume_shifts()
            await stack.wait()

    run_until_stopped(run)


if __name__ == "__main__":
    main()
