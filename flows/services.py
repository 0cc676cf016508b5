"""The processes that the one-command start runs beside itself, each under a guard that outlives nobody."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import DataFolderError, PortInUseError, ServiceDiedError

PROJECT = Path(__file__).resolve().parents[1]
_LOG_BYTES = 10_000_000  # a log larger than this is put aside at the next start; one former log is kept
_WORDS_BYTES = 4096  # of a log's end, to say why a service died


class Service:
    """One process: its command, environment and log. It may be started again after it ended."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, *, grace_seconds: float = 15.0
    ) -> None:
        """`grace_seconds` is what the process gets between SIGTERM and SIGKILL."""
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._log = log
        self._grace_seconds = grace_seconds
        self._log_from = 0
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process. Raises DataFolderError when its log can't be written."""
        guard = [sys.executable, "-S", "-m", "flows.guard", str(self._grace_seconds), *self._command]
        with _open_log(self._log) as log:
            self._log_from = log.seek(0, os.SEEK_END)
            self._process = await asyncio.create_subprocess_exec(
                *guard,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**self._environment, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )

    @property
    def has_ended(self) -> bool:
        """Whether the process is not running (any more)."""
        return self._process is None or self._process.returncode is not None

    async def ended(self) -> None:
        """Return when the process has ended."""
        if self._process is not None:
            await self._process.wait()

    def check(self) -> None:
        """Raise ServiceDiedError, with the service's last words, if it has ended."""
        if self.has_ended:
            raise ServiceDiedError(f"{self.name}: {self.last_words()}; see {self._log}")

    def said(self, words: str) -> bool:
        """Whether these words stand in what the process has written since its start."""
        return words in self._written()

    def last_words(self) -> str:
        """The last line that the process wrote."""
        lines = [line for line in self._written(at_most=_WORDS_BYTES).splitlines() if line.strip()]
        return lines[-1].strip() if lines else "it said nothing"

    def _written(self, *, at_most: int = _LOG_BYTES) -> str:
        """What the process has written since its start, of a longer text the end."""
        with suppress(OSError), self._log.open("rb") as log:
            log.seek(max(self._log_from, log.seek(0, os.SEEK_END) - at_most))
            return log.read(at_most).decode("utf-8", "replace")
        return ""

    async def stop(self) -> None:
        """End the process and its descendants; returns when they are gone."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self.ended()


def _open_log(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
        return path.open("ab")
    except OSError as error:
        raise DataFolderError(f"{path}: {error.strerror}") from None


def is_free(port: int) -> bool:
    """Whether a server may listen on this port of 127.0.0.1."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(wanted: int, *, among: int = 1) -> int:
    """The wanted port, or the next free one of `among`. Raises PortInUseError when all are taken."""
    for port in range(wanted, wanted + among):
        if is_free(port):
            return port
    raise PortInUseError(f"{wanted} on 127.0.0.1; set DATELINE_PREFECT_PORT to a free one")
