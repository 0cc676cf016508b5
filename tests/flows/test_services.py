"""Services and their guard: nothing outlives who started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from flows.services import PROJECT, Service, choose_port
from pipeline.errors import DataFolderError, PortInUseError, ServiceDiedError

# A process that has a child in a session of its own, tells both process ids, and waits.
_FAMILY = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {child!r}], start_new_session=True, stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print("family", os.getpid(), child.pid, flush=True)
signal.pause()
"""
_OBEDIENT = "import signal; print(1, flush=True); signal.pause()"
_STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)\nwhile True: signal.pause()"


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def _guarded(child: str, grace: float) -> tuple[subprocess.Popen[str], list[int]]:
    command = [sys.executable, "-S", "-m", "flows.guard", str(grace), sys.executable, "-c", _FAMILY.format(child=child)]
    guard = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(PROJECT)}
    )
    assert guard.stdout is not None
    return guard, [int(word) for word in guard.stdout.readline().split()[1:]]


@pytest.mark.parametrize("child", [_OBEDIENT, _STUBBORN])
@pytest.mark.skipif(sys.platform != "linux", reason="a process that left its group is found on Linux only")
def test_the_end_of_file_ends_the_whole_family(child: str) -> None:
    guard, family = _guarded(child, grace=1.0)
    with guard:
        assert guard.stdin is not None
        guard.stdin.close()
        guard.wait(timeout=20)
        assert [pid for pid in family if not _gone(pid)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="a process that left its group is found on Linux only")
def test_sigterm_ends_the_whole_family() -> None:
    guard, family = _guarded(_OBEDIENT, grace=5.0)
    with guard:
        guard.send_signal(signal.SIGTERM)
        guard.wait(timeout=20)
        assert [pid for pid in family if not _gone(pid)] == []


@pytest.mark.parametrize(("code", "status"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)])
def test_the_guard_ends_as_its_command_did(code: str, status: int) -> None:
    command = [sys.executable, "-S", "-m", "flows.guard", "5", sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(PROJECT)}) as guard:
        assert guard.wait(timeout=20) == status


async def test_a_service_that_dies_is_named_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "a.log"
    service = Service("the example", [sys.executable, "-c", "print('hello'); raise SystemExit('no such table')"], os.environ, log)
    await service.start()
    await service.ended()
    with pytest.raises(ServiceDiedError, match=r"the example: no such table; see .*a\.log"):
        service.check()
    assert service.said("hello")
    await service.stop()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where a folder is to be")
    with pytest.raises(DataFolderError, match="logs"):
        await Service("x", ["true"], os.environ, tmp_path / "logs" / "x.log").start()


def test_a_port_in_use_is_named_with_its_setting_and_the_demo_takes_the_next() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"{port} on 127.0.0.1; set DATELINE_PREFECT_PORT"):
            choose_port(port)
        assert port < choose_port(port, among=20) < port + 20
