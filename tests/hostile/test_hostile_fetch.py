"""Attacks on the fetcher: private addresses in every spelling, names that change address, redirects inside, bombs, secrets in logs."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import logging
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import httpcore
import pytest
import zstandard

from pipeline.errors import DatelineError, UnsafeAddressError, UnsafeUrlError
from pipeline.fetch.http import Fetcher
from pipeline.fetch.network import Resolver, SystemResolver
from pipeline.fetch.response import redirect_target
from pipeline.records import Response, Validators
from pipeline.settings import Settings

PUBLIC = "93.184.216.34"


class LoggedDialler(httpcore.AsyncNetworkBackend):
    """Notes every address that is dialled. Loopback is reached; anything else refuses, so that no test leaves this machine."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        host, port = self.reached(host, port)
        return await httpcore.AnyIOBackend().connect_tcp(host, port, timeout, local_address, socket_options)

    def reached(self, host: str, port: int) -> tuple[str, int]:
        """Where an address really leads."""
        if host != "127.0.0.1":
            raise httpcore.ConnectError("refused")
        return host, port


class Routed(LoggedDialler):
    """Reaches a server of the tests under a public address; all else is dialled for real, so that a hole would be seen at the listener."""

    def __init__(self, public_port: int) -> None:
        super().__init__()
        self._public_port = public_port

    def reached(self, host: str, port: int) -> tuple[str, int]:
        return ("127.0.0.1", self._public_port) if host == PUBLIC else (host, port)


class Answers:
    """A resolver whose answers change from look-up to look-up."""

    def __init__(self, answers: Iterable[tuple[str, ...]]) -> None:
        self._answers = iter(answers)

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        return next(self._answers)

    def close(self) -> None:
        pass


async def _try(fetcher: Fetcher, url: str) -> Response | DatelineError:
    try:
        return await fetcher.exchange(url, validators=Validators(), cap_bytes=100_000, accept="*/*", deadline_seconds=20)
    except DatelineError as error:
        return error


async def _attack(
    urls: Iterable[str], resolver: Resolver | None = None, settings: Settings | None = None
) -> tuple[list[object], list[str]]:
    """Fetch the URLs; gives what came of each, and the addresses that were dialled."""
    dialler = LoggedDialler()
    async with Fetcher(settings or Settings(), resolver=resolver or SystemResolver({}), dialler=dialler) as fetcher:
        return [await _try(fetcher, url) for url in urls], dialler.dialled


# -- addresses ----------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return text.split()


LOOPBACK_SPELLINGS = _words("""
    127.0.0.1 127.1 127.0.1 127.255.255.254 2130706433 017700000001 0x7f000001 0x7f.1 0x7f.0.0.1 0177.0.0.1 0177.0.0x0.1 127.0x1
    127.0.0.1. 127。0。0。1 １２７.0.0.1 ①②⑦.⓪.⓪.① %31%32%37.0.0.1 127%2e0%2e0%2e1 0x7F.0X1 00000177.1 0 0.0.0.0 0x0 000 0.0 [::1]
    [0:0:0:0:0:0:0:1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:0001] [::] [::ffff:0:127.0.0.1]
    [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:4136:e378:8000:63bf:80ff:fffe]
""")
PRIVATE_SPELLINGS = _words("""
    10.0.0.1 10.1 0xa.1 012.1 167772161 172.16.0.1 172.31.255.254 192.168.1.1 192.168.257 3232235777 0xc0a80101 169.254.169.254
    0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 [::ffff:169.254.169.254] [64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::]
    [::ffff:10.0.0.1] [fd00:ec2::254] [fc00::1] [fe80::1] [fec0::1] [ff02::1] 100.64.0.1 100.127.255.255 192.0.0.8 192.0.2.1 198.18.0.1
    198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 192.88.99.1 [2001:db8::1] [3fff::1] [100::1] [5f00::1]
    [2001:20::1]
""")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_spelling_of_a_private_address_is_dialled(scheme: str) -> None:
    spellings = LOOPBACK_SPELLINGS + PRIVATE_SPELLINGS
    assert len(spellings) >= 60
    results, dialled = await _attack(f"{scheme}://{spelling}/" for spelling in spellings)
    assert dialled == []
    assert {spelling: result for spelling, result in zip(spellings, results, strict=True) if not _refused(result)} == {}


def _refused(result: object) -> bool:
    return isinstance(result, UnsafeAddressError | UnsafeUrlError)


async def test_credentials_do_not_hide_a_host() -> None:
    urls = [
        "http://www.example.org@127.0.0.1/",
        "http://127.0.0.1:80@10.0.0.1/",
        "http://www.example.org%40127.0.0.1/",
        "http://a\\@127.0.0.1/",
    ]
    results, dialled = await _attack(urls, Answers([("127.0.0.1",)] * 9))
    assert dialled == []
    assert all(_refused(result) for result in results)


async def test_names_for_this_machine_are_refused() -> None:
    names = {
        name: (address,)
        for name, address in [("localhost", "127.0.0.1"), ("router.lan", "192.168.1.1"), ("metadata.test", "169.254.169.254")]
    }
    results, dialled = await _attack([f"http://{name}/" for name in names], SystemResolver(names))
    assert dialled == []
    assert all(isinstance(result, UnsafeAddressError) for result in results)


@pytest.mark.parametrize("bad", ["127.0.0.1", "10.0.0.1", "::1", "64:ff9b::7f00:1", "fe80::1%eth0", "garbage"])
async def test_one_bad_address_spoils_the_name(bad: str) -> None:
    for answer in ((PUBLIC, bad), (bad, PUBLIC)):
        results, dialled = await _attack(["http://www.beacon.test/"], Answers([answer]))
        assert isinstance(results[0], UnsafeAddressError)
        assert dialled == []


async def test_allowing_loopback_allows_nothing_else() -> None:
    settings = Settings(allow_loopback=True, allow_any_port=True)
    results, dialled = await _attack([f"http://{spelling}:9/" for spelling in PRIVATE_SPELLINGS], settings=settings)
    assert dialled == []
    assert all(_refused(result) for result in results)


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8080, 65535])
async def test_other_ports_are_refused(port: int) -> None:
    results, dialled = await _attack([f"http://www.beacon.test:{port}/"], Answers([(PUBLIC,)]))
    assert isinstance(results[0], UnsafeAddressError)
    assert dialled == []


async def _flip(times: int) -> tuple[list[object], list[str], int]:
    """Ask for a name that flips between a public address and this machine, where somebody listens on the port that it names.

    Gives what came of each request, what was dialled, and how many reached that listener.
    """
    reached: list[str] = []

    async def inside(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append("a connection")
        writer.close()

    flips = itertools.cycle([(PUBLIC,), ("127.0.0.1",), (PUBLIC,), ("127.0.0.1", PUBLIC), (PUBLIC,), (PUBLIC, "127.0.0.1")])
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    async with await asyncio.start_server(inside, "127.0.0.1", 0) as private, _answering(lambda: answer) as public:
        dialler = Routed(urlsplit(public).port or 0)
        async with Fetcher(Settings(allow_any_port=True), resolver=Answers(flips), dialler=dialler) as fetcher:
            url = f"http://www.beacon.test:{private.sockets[0].getsockname()[1]}/"
            results: list[object] = [await _try(fetcher, url) for _ in range(times)]
    return results, dialler.dialled, len(reached)


async def test_the_address_dialled_is_the_one_that_was_checked() -> None:
    """200 look-ups, each answered otherwise than the one before it: one look-up a request, and nobody at the listener."""
    results, dialled, reached = await _flip(200)
    assert reached == 0
    assert dialled == [PUBLIC] * 100
    assert [type(result) for result in results] == [Response, UnsafeAddressError] * 100


async def test_control_without_the_check_the_listener_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.fetch.network.address_verdict", lambda *_, **__: None)
    _, _, reached = await _flip(6)
    assert reached == 2


# -- redirects ------------------------------------------------------------------------------------


@asynccontextmanager
async def _answering(respond: Callable[[], bytes]) -> AsyncIterator[str]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(respond())
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listener:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://inside.test/",
        "file:///etc/passwd",
    ],
)
async def test_each_hop_is_checked_again(target: str) -> None:
    dialler = LoggedDialler()
    resolver = SystemResolver({"inside.test": ("192.168.0.1",)})
    settings = Settings(allow_loopback=True, allow_any_port=True)
    redirect = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
    async with _answering(lambda: redirect) as url, Fetcher(settings, resolver=resolver, dialler=dialler) as fetcher:
        first = await _try(fetcher, url)
        assert isinstance(first, Response)
        assert redirect_target(first) == target.replace("::ffff:10.0.0.1", "::ffff:a00:1")
        assert _refused(await _try(fetcher, redirect_target(first) or ""))
    assert dialler.dialled == ["127.0.0.1"]


INSIDE = dict.fromkeys(("inside.test", "router.lan"), ("127.0.0.1",)) | {"half.test": (PUBLIC, "127.0.0.1"), "six.test": ("::1",)}
_ENDS = _words("""
    127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 127.0.0.1. 127。0。0。1 %31%32%37.0.0.1 0.0.0.0 [::1] [::]
    [::ffff:127.0.0.1] [::ffff:7f00:1] [64:ff9b::7f00:1] [2002:7f00:1::] localhost inside.test router.lan half.test six.test
""")


@pytest.mark.parametrize("hops", [1, 4])
async def test_twenty_redirect_chains_into_private_space_reach_no_listener(hops: int) -> None:
    """Each chain leads over `hops` public names to this machine, where somebody listens on the port that it names, and counts."""
    assert len(_ENDS) == 20
    reached: list[str] = []

    async def inside(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append("a connection")
        writer.close()

    async def outside(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        _, chain, left = path.split("/")
        target = f"http://{_ENDS[int(chain)]}:{port_inside}/" if left == "1" else f"http://hop{left}.test:{port}/{chain}/{int(left) - 1}"
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    async with await asyncio.start_server(inside, "127.0.0.1", 0) as private, await asyncio.start_server(outside, "127.0.0.1", 0) as public:
        port_inside, port = (server.sockets[0].getsockname()[1] for server in (private, public))
        resolver, dialler = SystemResolver(INSIDE | {f"hop{number}.test": (PUBLIC,) for number in range(9)}), Routed(port)
        async with Fetcher(Settings(allow_any_port=True), resolver=resolver, dialler=dialler) as fetcher:
            ends = [await _follow(fetcher, f"http://hop0.test:{port}/{chain}/{hops}") for chain in range(len(_ENDS))]
    assert [str(end) for end in ends if not _refused(end)] == []
    assert set(dialler.dialled) == {PUBLIC}
    assert len(dialler.dialled) == len(_ENDS) * hops
    assert reached == []


async def _follow(fetcher: Fetcher, url: str) -> Response | DatelineError:
    """What redirects from a URL end in."""
    for _ in range(9):
        answer = await _try(fetcher, url)
        target = redirect_target(answer) if isinstance(answer, Response) else None
        if target is None:
            return answer
        url = target
    raise AssertionError(url)


# -- secrets ------------------------------------------------------------------------------------------


async def test_no_secret_of_a_url_reaches_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = "api_key=canary&X-Amz-Signature=canary&sessionid=canary&password=canary"
    responses = [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n<html>",
    ]
    settings = Settings(allow_loopback=True, allow_any_port=True)
    replies = iter(responses)
    results: list[object] = []
    async with _answering(lambda: next(replies)) as url, Fetcher(settings) as fetcher:
        results += [await _try(fetcher, f"{url}?{secrets}") for _ in responses]
        results += [await _try(fetcher, url.replace("//", "//canary:canary@")), await _try(fetcher, f"http://10.0.0.1/?{secrets}")]
        results += [await _try(fetcher, f"http://nowhere.invalid:99999/?{secrets}"), await _try(fetcher, f"http://127.0.0.1:1/?{secrets}")]
    assert all(isinstance(result, DatelineError) for result in results)
    assert "canary" not in "".join(f"{result} {result!r}" for result in results) + caplog.text


# -- bombs --------------------------------------------------------------------------------------------

_SIZE = 120_000_000  # decoded; enough to tell a bounded decoder from none
_GROWTH = 16 * 1024 * 1024  # FAULTS, row 10


def _deflated(wbits: int) -> bytes:
    packer = zlib.compressobj(1, wbits=wbits)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(_SIZE // 1_000_000)) + packer.flush()


def _zstd() -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(_SIZE // 1_000_000)) + packer.flush()


def _brotli() -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(bytes(1_000_000)) for _ in range(_SIZE // 1_000_000)) + packer.finish()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "gzip": (lambda: _deflated(31), "BodyTooLargeError"),
    "deflate": (lambda: _deflated(15), "BodyTooLargeError"),
    "br": (_brotli, "BodyTooLargeError"),
    "zstd": (_zstd, "BodyTooLargeError"),
    "gzip, gzip": (lambda: gzip.compress(_deflated(31)), "BodyUndecodableError"),
}


def _explode(encoding: str, fetch: str) -> tuple[int, str]:
    child = [sys.executable, str(Path(__file__).with_name("bomb_child.py")), encoding, fetch]
    done = subprocess.run(child, input=BOMBS[encoding][0](), capture_output=True, check=True)
    growth, came_to = done.stdout.decode().split(maxsplit=1)
    return int(growth), came_to.strip()


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_takes_no_memory(encoding: str) -> None:
    growth, came_to = _explode(encoding, "bounded")
    assert came_to == BOMBS[encoding][1]
    assert growth <= _GROWTH


def test_the_control_without_bounded_decoders_fails() -> None:
    growth, came_to = _explode("gzip, gzip", "naive")
    assert came_to == "BodyTooLargeError"
    assert growth > 5 * _GROWTH
