"""The one-command start: everything comes up, drains, mends itself, and is gone with its owner, however that ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.services import PROJECT, is_free

_OWNER = """
import json, sys
from pathlib import Path
from flows.local import LocalStack, PressOptions, demo_settings, run_until_stopped
from pipeline.settings import load_settings

def say(**facts):
    print(json.dumps(facts), flush=True)

async def work():
    settings = demo_settings(load_settings(data_folder=Path(sys.argv[1]), prefect_port=int(sys.argv[2]), lanes=4))
    press = PressOptions(articles=2, frozen=True, calm=True)
    async with LocalStack(settings, press=press, tell=lambda words: say(words=words)) as stack:
        shown = []
        report = await stack.drain(shown.append)
        say(completed=report.completed, recorded=report.recorded, message=report.message, shown=len(shown), ui=stack.ui_url,
            outlets=len(report.rows), articles=stack.reader.ledger_total().articles, balanced=stack.reader.ledger_total().balanced)
        await stack.wait()

say(result=run_until_stopped(work))
"""


class Owner:
    """A process that runs a stack and tells what it does."""

    def __init__(self, folder: Path, port: int) -> None:
        command = [sys.executable, "-c", _OWNER, str(folder), str(port)]
        self._errors = (folder / "owner.log").open("wb")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self._errors, text=True, env={**os.environ, "PYTHONPATH": str(PROJECT)}
        )

    def until(self, name: str, part: str = "") -> dict[str, Any]:
        """What it says next that has this name, with `part` in the value."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            facts: dict[str, Any] = json.loads(line)
            if part in str(facts.get(name, "" if part else None)) and name in facts:
                return facts
        self._errors.flush()
        raise AssertionError(Path(self._errors.name).read_text(encoding="utf-8")[-3000:])

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        self._errors.close()


@pytest.fixture
def owner(reachable_folder: Path) -> Iterator[Owner]:
    folder = reachable_folder / "stack"
    folder.mkdir()
    folder.chmod(0o755)
    port = next(port for port in range(14200, 14300) if is_free(port))
    made = Owner(folder, port)
    yield made
    made.close()


def _family(pid: int) -> set[int]:
    """The guards below a process, and all that is below them."""
    children = {int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()}
    return children.union(*(_family(child) for child in children))


def _wait_until_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + 60
    while living := {pid for pid in pids if Path(f"/proc/{pid}").exists()}:
        assert time.monotonic() < deadline, [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in living if Path(f"/proc/{pid}").exists()]
        time.sleep(0.1)


def _named(pids: set[int], words: bytes) -> int:
    return next(pid for pid in pids if words in Path(f"/proc/{pid}/cmdline").read_bytes())


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_it_drains_mends_itself_and_leaves_no_process_when_its_owner_is_killed(owner: Owner) -> None:
    report = owner.until("completed")
    assert report["completed"], report["message"]
    assert report["recorded"]
    assert report["balanced"]
    assert report["articles"] > 20
    assert report["outlets"] > 20
    assert report["shown"] > 1
    family = _family(owner.process.pid)
    os.kill(_named(family, b"prefect\0worker"), signal.SIGKILL)
    owner.until("words", "the Prefect worker ended")
    family |= _family(owner.process.pid)
    owner.process.kill()
    owner.process.wait()
    _wait_until_gone(family)
    assert is_free(int(report["ui"].rpartition(":")[2]))
