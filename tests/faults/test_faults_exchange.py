"""One exchange with each misbehaving server: the named error, in time; then what becomes of its URL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
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
from pipeline.errors import BodyTooLargeError, DatelineError, ExchangeFailedError, ResponseCutError, SettingsError
from pipeline.fetch.http import Fetcher
from pipeline.fetch.response import judge_failure, judge_page
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


async def test_bytes_beyond_the_length_are_not_the_next_response(fetcher: Fetcher) -> None:
    class Forger(Scripted):
        sends = head(length=len(PAGE)) + PAGE + head(length=6) + b"forged"

    async with serving(Forger()) as url:
        assert [(await _get(fetcher, url, deadline=20)).body for _ in range(2)] == [PAGE, PAGE]


# -- what we send ------------------------------------------------------------------------------


class Cookies(Server):
    """Sets a cookie, keeps the connection open and notes what comes."""

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        fields = ("Set-Cookie: id=1; Path=/", 'ETag: W/"v1"', "Last-Modified: Fri, 20 Nov 2026 12:00:00 GMT")
        writer.write(head(*fields, length=len(PAGE)) + PAGE)
        await writer.drain()


async def test_a_request_holds_these_headers_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server = Cookies()
    async with serving(server) as url, Fetcher(LOOPBACK) as fetcher:
        validators = Validators(etag='W/"v1"', last_modified="Fri, 20 Nov 2026 12:00:00 GMT")
        await _get(fetcher, url, deadline=20)
        await _get(fetcher, url + "?a=%c3|'b#part", deadline=20, validators=validators)
    host = url.split("/")[2]
    common = [f"Host: {host}", f"User-Agent: {LOOPBACK.user_agent}", "Accept: text/html", "Accept-Encoding: gzip, br, zstd"]
    conditions = ['If-None-Match: W/"v1"', "If-Modified-Since: Fri, 20 Nov 2026 12:00:00 GMT"]
    sent = [request.decode("ascii").strip().split("\r\n") for request in server.requests]
    assert sent[0] == ["GET /story HTTP/1.1", *common]
    assert sent[1] == ["GET /story?a=%c3|%27b HTTP/1.1", *common, *conditions]


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
