"""The outlet whose pages misbehave: what its log says of when answers ended, by which the pace is judged."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from newsroom.access_log import AccessLog, LoggedRequest
from newsroom.ragged import CRAWL_DELAY, HOST, serving_ragged


class _Log(AccessLog):
    """Tells of its first line."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.first: asyncio.Future[LoggedRequest] = asyncio.get_running_loop().create_future()

    def write(self, request: LoggedRequest) -> None:
        super().write(request)
        if not self.first.done():
            self.first.set_result(request)


def _read_some(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(f"GET /news/endless HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    assert client.recv(1_000_000, socket.MSG_WAITALL)
    return client


def _hang_up(client: socket.socket) -> float:
    """When; the server, which runs in this very thread, is too busy to see it for as long as half of a crawl-delay."""
    hung_up = time.monotonic()
    client.close()
    time.sleep(CRAWL_DELAY / 2)
    return hung_up


async def test_an_answer_that_is_broken_off_ends_before_the_client_hangs_up_however_late_the_server_sees_it(tmp_path: Path) -> None:
    door = socket.create_server(("127.0.0.1", 0))
    with closing(_Log(tmp_path / "access.jsonl")) as log:
        async with serving_ragged(door, log, datetime(2026, 11, 27, tzinfo=UTC)):
            hung_up = _hang_up(await asyncio.to_thread(_read_some, door.getsockname()[1]))
            logged = await log.first
    assert logged.started < logged.ended <= hung_up
