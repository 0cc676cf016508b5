"""The press on real loopback ports: HTTP/1.1, TLS with HTTP/2, conditional GET, gzip, log and truth."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from newsroom.access_log import LoggedRequest, read_log
from newsroom.house import LOG_FILE, PRESS_FILE, TRUTH_FILE, House, read_press_file, running_press
from newsroom.records import Outlet
from newsroom.script import Script
from newsroom.sources import AUTHORITY_FILE, RESOLVER_FILE
from newsroom.truth import TruthArticle, read_truth
from pipeline.errors import PortInUseError
from pipeline.records import Outcome

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCRIPT = Script(seed=7, start=START, articles=4, frozen=True, calm=True)


class Reader:
    """A client that finds the press's hosts in its resolver file and trusts its authority."""

    def __init__(self, folder: Path) -> None:
        self._resolver = json.loads((folder / RESOLVER_FILE).read_text())
        authority = ssl.create_default_context(cafile=folder / AUTHORITY_FILE)
        self.client = httpx.AsyncClient(verify=authority, http2=True, timeout=10, trust_env=False)

    async def get(self, url: str, **headers: str) -> httpx.Response:
        """GET `url`; header names with _ for -."""
        target = httpx.URL(url)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"host": target.netloc.decode(), "user-agent": "Reader (+https://example.org)", **named}
        address = self._resolver[target.host]
        return await self.client.get(target.copy_with(host=address), headers=named, extensions={"sni_hostname": target.host})


@asynccontextmanager
async def open_press(folder: Path, script: Script = SCRIPT) -> AsyncIterator[tuple[House, Reader]]:
    async with running_press(folder, script) as house:
        reader = Reader(folder)
        async with reader.client:
            yield house, reader


def outlet(house: House, slug: str) -> Outlet:
    return next(outlet for outlet in house.outlets if outlet.slug == slug)


def file_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def log_of(folder: Path) -> list[LoggedRequest]:
    return list(read_log(folder / LOG_FILE))


def loadable(folder: Path, slug: str) -> TruthArticle:
    return next(article for article in read_truth(folder / TRUTH_FILE) if article.outlet == slug and article.outcome is Outcome.LOADED)


async def test_a_page_is_served_under_its_hosts_name_and_logged(tmp_path: Path) -> None:
    async with open_press(tmp_path) as (_, reader):
        article = loadable(tmp_path, "ledger")
        answer = await reader.get(article.url)
        assert (answer.status_code, answer.http_version) == (200, "HTTP/1.1")
        assert answer.headers["content-encoding"] == "gzip"
        assert article.versions[0].lines[0] in answer.text
    (request,) = log_of(tmp_path)
    assert (request.host, request.path, request.status) == ("www.ledger.test", urlsplit(article.url).path, 200)
    assert request.user_agent == "Reader (+https://example.org)"
    assert request.started < request.ended
    assert (request.crawl_delay, request.disallowed, request.fault) == (0.15, False, None)


async def test_tls_outlets_speak_http2_under_the_authority_made_at_start(tmp_path: Path) -> None:
    async with open_press(tmp_path) as (house, reader):
        secure = [outlet for outlet in house.outlets if outlet.tls]
        assert len(secure) >= 4
        for one in secure:
            answer = await reader.get(one.origin() + "/robots.txt")
            assert (answer.status_code, answer.http_version) == (200, "HTTP/2")
    assert {request.http_version for request in log_of(tmp_path)} == {"2"}


async def test_validators_of_a_feed_and_a_page_give_304(tmp_path: Path) -> None:
    async with open_press(tmp_path) as (house, reader):
        for url in (outlet(house, "ledger").origin() + "/atom.xml", loadable(tmp_path, "ledger").url):
            first = await reader.get(url)
            assert (await reader.get(url, if_none_match=first.headers["etag"])).status_code == 304
            assert (await reader.get(url, if_none_match="W/" + first.headers["etag"])).status_code == 304
            assert (await reader.get(url, if_none_match='"other"')).status_code == 200
        dated = await reader.get(
            outlet(house, "ledger").origin() + "/atom.xml", if_modified_since=first.headers.get("last-modified", "nonsense")
        )
        assert dated.status_code in {200, 304}
    assert [request.status for request in log_of(tmp_path)][:4] == [200, 304, 304, 200]
    assert log_of(tmp_path)[1].lists == (0, 4)
    assert log_of(tmp_path)[1].if_none_match is not None


async def test_every_endpoint_that_dateline_is_told_of_answers(tmp_path: Path) -> None:
    async with open_press(tmp_path) as (house, reader):
        saved = read_press_file(tmp_path)
        assert saved is not None
        assert len(saved.sources) == len(house.outlets)
        for source in saved.sources:
            for endpoint in source.endpoints:
                answer = await reader.get(endpoint.url)
                assert answer.status_code == 200, endpoint.url
                assert answer.content
    listed = {(request.outlet, number) for request in log_of(tmp_path) if request.lists for number in range(*request.lists)}
    behind_an_index = {outlet.slug for outlet in house.outlets if outlet.maps == "index" and outlet.feed == "none"}
    assert {slug for slug, _ in listed} | behind_an_index == {outlet.slug for outlet in house.outlets}


async def test_a_request_with_another_hosts_name_is_misdirected(tmp_path: Path) -> None:
    async with open_press(tmp_path) as (house, reader):
        answer = await reader.get(outlet(house, "ledger").origin() + "/", host="www.beacon.test")
        assert answer.status_code == 421


async def test_other_methods_are_refused_and_head_has_no_body(tmp_path: Path) -> None:
    async with open_press(tmp_path) as (house, reader):
        port = urlsplit(outlet(house, "ledger").origin()).port
        headers = {"host": f"www.ledger.test:{port}"}
        assert (await reader.client.post(f"http://127.0.0.1:{port}/", headers=headers)).status_code == 405
        head = await reader.client.head(f"http://127.0.0.1:{port}/", headers=headers)
        assert (head.status_code, head.content) == (200, b"")


async def test_a_press_goes_on_in_its_folder_with_the_same_ports_articles_and_pages(tmp_path: Path) -> None:
    async with open_press(tmp_path) as (_, reader):
        truth = list(read_truth(tmp_path / TRUTH_FILE))
        pages = [(await reader.get(article.url)).content for article in truth[:10]]
    async with open_press(tmp_path, replace(SCRIPT, start=datetime.now(UTC))) as (_, reader):
        assert list(read_truth(tmp_path / TRUTH_FILE)) == truth
        assert [(await reader.get(article.url)).content for article in truth[:10]] == pages
    assert len(log_of(tmp_path)) == 20


async def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    async with open_press(tmp_path):
        with pytest.raises(PortInUseError, match=r"127\.0\.0\.1:\d+, which the simulated press had before"):
            async with running_press(tmp_path, SCRIPT):
                pass


async def test_new_articles_are_listed_and_in_the_truth_as_the_clock_runs(tmp_path: Path) -> None:
    fast = Script(seed=7, start=datetime.now(UTC).replace(microsecond=0), articles=2, speed=5_000, calm=True)
    async with open_press(tmp_path, fast) as (house, reader):
        feed = outlet(house, "savannah").origin() + "/feed.xml"
        before, links = list(read_truth(tmp_path / TRUTH_FILE)), (await reader.get(feed)).text.count("<item>")
        while (answer := await reader.get(feed)).text.count("<item>") <= links:
            pass
        after = {article.url: article for article in read_truth(tmp_path / TRUTH_FILE)}
    new = [article for url, article in after.items() if article not in before and article.outlet == "savannah"]
    assert new
    assert all(article.published_at >= fast.start for article in new)
    assert any(article.url in answer.text for article in new if article.outcome is Outcome.LOADED)
    assert (lists := log_of(tmp_path)[-1].lists) is not None
    assert lists[1] > links


async def test_the_folder_has_all_that_dateline_needs(tmp_path: Path) -> None:
    async with open_press(tmp_path):
        names = file_names(tmp_path)
    assert {PRESS_FILE, RESOLVER_FILE, AUTHORITY_FILE, TRUTH_FILE, LOG_FILE, "sources.toml", "press.env"} <= names
    assert not [name for name in names if name.endswith(".new")]
