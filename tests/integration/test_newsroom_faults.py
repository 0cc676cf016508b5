"""Each fault of the catalogue does to a client what it says."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import h2.exceptions
import httpx
import pytest

from newsroom.bad_server import bad_server
from newsroom.channel import HTML, Reply
from newsroom.faults import CATALOGUE
from newsroom.tls import TlsFiles, make_certificates
from pipeline.records import Outcome

GOOD = Reply(headers=(HTML,), body=("<!doctype html><meta charset=utf-8><p>Die Fähre fährt wieder.</p>" * 40).encode())


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with bad_server(GOOD) as origin, httpx.AsyncClient(base_url=origin, timeout=2, trust_env=False) as found:
        yield found


def test_the_catalogue_is_large_and_each_fault_says_what_it_is() -> None:
    assert len({type(fault) for fault in CATALOGUE.values()}) >= 12
    assert all(type(fault).__doc__ for fault in CATALOGUE.values())
    assert all(fault.outcome is None or isinstance(fault.outcome, Outcome) for fault in CATALOGUE.values())


async def test_a_good_answer_is_whole(client: httpx.AsyncClient) -> None:
    assert (await client.get("/good")).content == GOOD.body
    assert (await client.get("/unknown")).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("busy_503", 503),
        ("busy_429", 429),
        ("busy_without_hint", 503),
        ("server_error", 500),
        ("gone", 410),
        ("not_found", 404),
        ("forbidden", 403),
        ("unavailable", 451),
        ("redirect_nowhere", 302),
        ("redirect_loop", 302),
        ("redirect_inside", 302),
        ("empty", 200),
    ],
)
async def test_statuses(client: httpx.AsyncClient, name: str, status: int) -> None:
    assert (await client.get(f"/{name}")).status_code == status


async def test_only_hinting_servers_send_retry_after(client: httpx.AsyncClient) -> None:
    waits = [(await client.get(f"/{name}")).headers.get("retry-after") for name in ("busy_503", "busy_429", "busy_without_hint")]
    assert waits == ["1", "2", None]


async def test_redirects_lead_where_they_say(client: httpx.AsyncClient) -> None:
    assert "location" not in (await client.get("/redirect_nowhere")).headers
    loop = await client.get("/redirect_loop")
    assert loop.next_request is not None
    assert loop.next_request.url.path == "/redirect_loop"
    assert (await client.get("/redirect_inside")).headers["location"].startswith("http://169.254.169.254/")


async def test_a_truncated_body_breaks_off(client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await client.get("/truncated")


async def test_a_truncated_body_breaks_off_over_http2_too(tmp_path: Path) -> None:
    files = TlsFiles(authority=tmp_path / "authority.pem", certificate=tmp_path / "server.pem", key=tmp_path / "server.key")
    make_certificates(files, ["www.bad.test"])
    trusted = ssl.create_default_context(cafile=files.authority)
    async with (
        bad_server(GOOD, tls=files) as origin,
        httpx.AsyncClient(base_url=origin, http2=True, verify=trusted, timeout=2, trust_env=False) as client,
    ):
        good = await client.get("/good", extensions={"sni_hostname": "www.bad.test"})
        assert good.http_version == "HTTP/2"
        with pytest.raises(h2.exceptions.InvalidBodyLengthError):
            await client.get("/truncated", extensions={"sni_hostname": "www.bad.test"})


@pytest.mark.parametrize("name", ["stall"])
async def test_a_stalled_answer_times_out(client: httpx.AsyncClient, name: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await client.get(f"/{name}", timeout=httpx.Timeout(30, read=0.2))


@pytest.mark.parametrize("name", ["drip", "endless"])
async def test_answers_without_end_go_on_until_the_client_leaves(client: httpx.AsyncClient, name: str) -> None:
    async with client.stream("GET", f"/{name}") as answer:
        pieces = answer.aiter_raw()
        assert [len(await anext(pieces)) > 0 for _ in range(3)] == [True, True, True]


async def test_a_lying_charset_covers_good_utf8(client: httpx.AsyncClient) -> None:
    answer = await client.get("/wrong_charset")
    assert answer.headers["content-type"] == "text/html; charset=iso-8859-1"
    assert answer.content == GOOD.body


async def test_a_pdf_is_called_one(client: httpx.AsyncClient) -> None:
    answer = await client.get("/not_html")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


async def test_bad_packing(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/gzip_bomb") as answer:
        packed = b"".join([piece async for piece in answer.aiter_raw()])
    assert len(packed) < 200_000
    async with client.stream("GET", "/stacked_encodings") as answer:
        twice = b"".join([piece async for piece in answer.aiter_raw()])
    assert gzip.decompress(gzip.decompress(twice)) == GOOD.body
    with pytest.raises(httpx.DecodingError):
        await client.get("/broken_gzip")


async def test_a_tag_storm_is_small_for_a_byte_cap_and_large_for_an_extractor(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tag_storm")
    assert 1_000_000 < len(answer.content) < 2_000_000
    assert answer.content.count(b"<td>") == 100_000


async def test_a_slow_answer_comes_in_the_end(client: httpx.AsyncClient) -> None:
    assert (await client.get("/slow", timeout=5)).content == GOOD.body
