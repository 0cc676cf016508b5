"""One exchange with each misbehaving server: the named error, in time; then what becomes of its URL."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsroom.misfits import ALL, Silent
from newsroom.raw_server import PAGE, Scripted, Server, head, serving
from newsroom.server import listen
from newsroom.server import serving as serving_tls
from newsroom.tls import TlsFiles, make_certificates
from pipeline.errors import BodyTooLargeError, DatelineError, ExchangeFailedError, ResponseCutError, SettingsError, UnsafeUrlError
from pipeline.fetch.http import Fetcher
from pipeline.fetch.response import judge_failure, judge_page, validators
from pipeline.records import PageRequest, Postponed, Purpose, Refused, Respect, Response, SourceFacts, Validators
from pipeline.settings import Settings

CAP = 1_000_000
DEADLINE = 0.4
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCE = SourceFacts(source_id=1, slug="beacon", homepage="http://beacon.test/", language="en", timezone="UTC", respect=Respect.NONE)
REQUEST = PageRequest(
    url_id=1, source=SOURCE, url="http://beacon.test/1", host="beacon.test", purpose=Purpose.ARTICLE, tries=0, first_seen_at=NOW
)
LOOPBACK = Settings(allow_loopback=True, allow_any_port=True)
NO_VALIDATORS = Validators()
STAMP = "Fri, 20 Nov 2026 12:00:00 GMT"


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LOOPBACK) as fetcher:
        yield fetcher


async def _get(
    fetcher: Fetcher, url: str, *, cap: int = CAP, deadline: float = DEADLINE, validators: Validators = NO_VALIDATORS
) -> Response:
    return await fetcher.exchange(url, validators=validators, cap_bytes=cap, accept="text/html", deadline_seconds=deadline)


async def _answer(fetcher: Fetcher, server: Server) -> Response | DatelineError:
    async with serving(server) as url:
        # Only those that wait for ever need a short deadline; the others must not be hurried by a busy machine.
        deadline = DEADLINE if server.error is Silent.error else 20
        try:
            return await _get(fetcher, url, deadline=deadline)
        except DatelineError as error:
            return error


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
async def test_each_bad_habit_has_its_name(fetcher: Fetcher, kind: type[Server]) -> None:
    server = kind()
    started = time.monotonic()
    answer = await _answer(fetcher, server)
    assert time.monotonic() - started < (DEADLINE if kind.error is Silent.error else 20) + 1
    assert type(answer) is (kind.error or Response), answer
    assert len(server.requests) == 1, "nothing is tried again"


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
async def test_each_bad_habit_ends_in_its_outcome(fetcher: Fetcher, kind: type[Server]) -> None:
    answer = await _answer(fetcher, kind())
    last_try = replace(REQUEST, tries=LOOPBACK.max_tries - 1)
    judge = judge_page(answer, last_try, NOW, LOOPBACK) if isinstance(answer, Response) else judge_failure(answer, last_try, NOW, LOOPBACK)
    assert (judge.outcome if isinstance(judge, Refused) else None) is kind.outcome
    if isinstance(judge, Postponed):
        assert not judge.spends_try


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_each_bad_habit_twenty_times_at_once(fetcher: Fetcher) -> None:
    """FAULTS 8: no exchange is changed by what goes wrong beside it."""
    for kind in ALL:
        answers = await asyncio.gather(*(_answer(fetcher, kind()) for _ in range(20)))
        assert [type(answer) for answer in answers] == [kind.error or Response] * 20, kind.__name__


async def test_bytes_beyond_the_length_are_not_the_next_response(fetcher: Fetcher) -> None:
    class Forger(Scripted):
        sends = head(length=len(PAGE)) + PAGE + head(length=6) + b"forged"

    async with serving(Forger()) as url:
        assert [(await _get(fetcher, url, deadline=20)).body for _ in range(2)] == [PAGE, PAGE]


# -- what we send ------------------------------------------------------------------------------


class Cookies(Server):
    """Sets a cookie, keeps the connection open and notes what comes."""

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        fields = ("Set-Cookie: id=1; Path=/", 'ETag: W/"v1"', f"Last-Modified: {STAMP}")
        writer.write(head(*fields, length=len(PAGE)) + PAGE)
        await writer.drain()


async def test_a_request_holds_these_headers_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server = Cookies()
    async with serving(server) as url, Fetcher(LOOPBACK) as fetcher:
        validators = Validators(etag='W/"v1"', last_modified=STAMP)
        await _get(fetcher, url, deadline=20)
        await _get(fetcher, url + "?a=%c3|'b#part", deadline=20, validators=validators)
    host = url.split("/")[2]
    common = [f"Host: {host}", f"User-Agent: {LOOPBACK.user_agent}", "Accept: text/html", "Accept-Encoding: gzip, br, zstd"]
    conditions = ['If-None-Match: W/"v1"', f"If-Modified-Since: {STAMP}"]
    sent = [request.decode("ascii").strip().split("\r\n") for request in server.requests]
    assert sent[0] == ["GET /story HTTP/1.1", *common]
    assert sent[1] == ["GET /story?a=%c3|%27b HTTP/1.1", *common, *conditions]


_BARBS = (
    *("\r\nX-Evil: 1", "\nX-Evil: 1", "\r\n\r\nGET /evil HTTP/1.1\r\n", "\r", "\0", "\t", "\x1b[31m"),
    *("\x7f", "\x85", "\u2028", "\ud800", "é", "Ā", "漢"),
)


def _hostile(seed: int) -> Iterator[str]:
    """Validators with something in them that no request may carry."""
    chance = random.Random(seed)
    while True:
        start, end = ("".join(chance.choices([*_BARBS, '"', "W/", "v1", " "], k=chance.randint(0, 4))) for _ in range(2))
        yield f'"{start}{chance.choice(_BARBS)}{end}"'


async def _asked_with(values: Iterator[str], *, rounds: int) -> list[bytes]:
    """What came over the socket in so many rounds: asked with two values as if they were stored, then with what the answer gave."""
    requests, given = [], _hostile(0)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                requests.append(await reader.readuntil(b"\r\n\r\n"))
                etag, date = (next(given).encode("utf-8", "surrogatepass") for _ in range(2))
                writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\nLast-Modified: %b\r\n\r\n" % (etag, date))
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listener, Fetcher(LOOPBACK) as fetcher:
        url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
        for _ in range(rounds):
            ask = Validators(etag=next(values), last_modified=next(values))
            with suppress(ExchangeFailedError, UnsafeUrlError):  # an answer that is none; without the check, a request that is none
                kept = validators(await _get(fetcher, url, deadline=20, validators=ask))
                if kept != NO_VALIDATORS:
                    await _get(fetcher, url, deadline=20, validators=kept)
    return requests


def _unsafe(request: bytes) -> bool:
    """Whether the head of a request is more than the lines that we send, or holds a byte that no header may."""
    *lines, _, _ = request.split(b"\r\n")
    names = [line.partition(b":")[0] for line in lines[1:]]
    sent = [b"Host", b"User-Agent", b"Accept", b"Accept-Encoding"]
    conditions = [name for name in (b"If-None-Match", b"If-Modified-Since") if name in names]
    return names != sent + conditions or any(not 0x20 <= byte <= 0x7E for line in lines for byte in line)


async def test_a_thousand_hostile_validators_send_no_unsafe_byte() -> None:
    """FAULTS 17: 500 values as if stored, 500 as a server gave them; judged by the bytes that came over the socket."""
    requests = await _asked_with(_hostile(1), rounds=250)
    assert [request for request in requests if _unsafe(request)] == []
    assert len(requests) > 250, "what of the answers can be sent back safely is"


async def test_control_without_the_check_unsafe_bytes_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.headers._safe", lambda value: value)
    [request] = await _asked_with(iter(['"a\tb"', STAMP]), rounds=1)
    assert _unsafe(request)


async def test_the_response_is_taken_down_whole(fetcher: Fetcher) -> None:
    async with serving(Cookies()) as url:
        response = await _get(fetcher, url, deadline=20)
    assert (response.url, response.status, response.http_version, response.body) == (url, 200, "HTTP/1.1", PAGE)
    assert response.header("etag") == 'W/"v1"'
    assert timedelta(0) <= response.ended_at - response.started_at < timedelta(seconds=20)


@pytest.mark.parametrize(
    "changed",
    [
        {"user_agent": "Dätelïne"},
        {"user_agent": "a\r\nX: y"},
        {"resolver_file": Path("/nonexistent")},
        {"extra_ca_file": Path("/nonexistent")},
    ],
)
def test_settings_that_can_not_work_are_named(changed: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="DATELINE_"):
        Fetcher(LOOPBACK.model_copy(update=changed))


# -- HTTP/2 and TLS ------------------------------------------------------------------------------


async def _http2_app(scope: Any, receive: Any, send: Any) -> None:
    """/page: a page; /short: ends before its length; /endless: never ends."""
    length = {"/page": len(PAGE), "/short": len(PAGE) + 50, "/endless": 10**6}[scope["path"]]
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html"), (b"content-length", b"%d" % length)]}
    )
    while scope["path"] == "/endless":
        await send({"type": "http.response.body", "body": PAGE, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": PAGE})


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[tuple[str, Settings]]:
    """A server that speaks TLS and HTTP/2 under a name of its own, and settings that know name and authority."""
    files = TlsFiles(authority=tmp_path / "authority.pem", certificate=tmp_path / "host.pem", key=tmp_path / "host.key")
    make_certificates(files, ["www.beacon.test"])
    names = tmp_path / "resolver.json"
    names.write_text('{"www.beacon.test": "127.0.0.1", "other.test": ["127.0.0.1"]}')
    door = listen()
    port = door.getsockname()[1]
    async with serving_tls(_http2_app, plain=(), secure=(door,), tls=files):
        yield f"https://www.beacon.test:{port}", LOOPBACK.model_copy(update={"resolver_file": names, "extra_ca_file": files.authority})


async def test_http2_over_tls_under_a_name_of_the_resolver_file(secure: tuple[str, Settings]) -> None:
    origin, settings = secure
    async with Fetcher(settings) as fetcher:
        response = await _get(fetcher, origin + "/page", deadline=20)
    assert (response.http_version, response.body) == ("HTTP/2", PAGE)


async def test_http2_cut_off_leaves_a_clean_slate(secure: tuple[str, Settings]) -> None:
    origin, settings = secure
    async with Fetcher(settings) as fetcher:
        with pytest.raises(ResponseCutError):
            await _get(fetcher, origin + "/short", deadline=20)
        with pytest.raises(BodyTooLargeError):
            await _get(fetcher, origin + "/endless", cap=50_000, deadline=20)
        assert (await _get(fetcher, origin + "/page", deadline=20)).body == PAGE


async def test_an_unknown_authority_and_a_wrong_name_are_refused(secure: tuple[str, Settings]) -> None:
    origin, settings = secure
    async with Fetcher(settings.model_copy(update={"extra_ca_file": None})) as fetcher:
        with pytest.raises(ExchangeFailedError, match="certificate"):
            await _get(fetcher, origin + "/page", deadline=20)
    async with Fetcher(settings) as fetcher:
        with pytest.raises(ExchangeFailedError, match="certificate"):
            await _get(fetcher, origin.replace("www.beacon", "other") + "/page", deadline=20)
