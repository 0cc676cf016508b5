"""Connections are kept for each origin, and let go when nobody uses them any more."""

from __future__ import annotations

import ssl
from collections.abc import Iterable

import httpcore
import pytest

from pipeline.fetch.network import CheckedBackend, OriginPools

_ANSWER = [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"]


class _Names:
    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        return ("93.184.216.34",)

    def close(self) -> None:
        pass


class _Line(httpcore.AsyncMockStream):
    """A connection that answers twice; the test can have the server hang up."""

    def __init__(self) -> None:
        super().__init__(list(_ANSWER))
        self.hung_up = False
        self.is_open = True

    def get_extra_info(self, info: str) -> object:
        return self.hung_up if info == "is_readable" else super().get_extra_info(info)

    async def aclose(self) -> None:
        self.is_open = False
        await super().aclose()


class _Dialler(httpcore.AsyncMockBackend):
    def __init__(self) -> None:
        super().__init__([])
        self.lines: list[_Line] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.lines.append(_Line())
        return self.lines[-1]


def _pools() -> tuple[OriginPools, _Dialler]:
    dialler = _Dialler()
    backend = CheckedBackend(_Names(), dialler, allow_loopback=False, allow_any_port=False)
    return OriginPools(backend, ssl.create_default_context()), dialler


async def _get(pools: OriginPools, url: str) -> bytes:
    host = httpcore.URL(url).host
    response = await pools.handle_async_request(httpcore.Request("GET", url, headers=[(b"Host", host)]))
    try:
        return await response.aread()
    finally:
        await response.aclose()


async def test_one_connection_serves_an_origin_again_and_no_other() -> None:
    pools, dialler = _pools()
    assert [await _get(pools, f"http://a.example{path}") for path in ("/1", "/2")] == [b"hi", b"hi"]
    assert len(dialler.lines) == 1
    await _get(pools, "http://b.example/")
    assert len(dialler.lines) == 2
    assert dialler.lines[0].is_open


async def test_connections_that_servers_closed_are_let_go_when_a_new_origin_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.fetch.network._UNUSED_SECONDS", 0.0)
    pools, dialler = _pools()
    await _get(pools, "http://a.example/")
    await _get(pools, "http://b.example/")
    dialler.lines[0].hung_up = True
    await _get(pools, "http://c.example/")
    assert [line.is_open for line in dialler.lines] == [False, True, True]


async def test_closing_an_origin_closes_its_connections_and_the_next_request_dials_anew() -> None:
    pools, dialler = _pools()
    await _get(pools, "http://a.example/")
    await pools.close("http://a.example:80")
    assert not dialler.lines[0].is_open
    assert await _get(pools, "http://a.example/") == b"hi"
    await pools.aclose()
    assert [line.is_open for line in dialler.lines] == [False, False]
