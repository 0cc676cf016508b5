"""One pace per host across processes: eight of them, sixty hosts, judged by the server's log alone (COURTESY.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chaos_hosts import BUSY, HEALTHY, HOSTS, PAGES, RETRY_AFTER, SILENT
from chaos_pace import Pace, pace_of
from chaos_site import PROJECT, Site

from newsroom.access_log import LoggedRequest
from newsroom.courtesy import PACE_TOLERANCE, courtesy

_PROCESSES = 8
_LEASE_SECONDS = 480.0  # the silent host would be hung up on after a quarter of it
_PATIENCE = 300.0  # seconds
_ONE_PAGE_A_CLAIM = {"batch_pages": 1}  # so that a host changes hands again and again
_LOADED = "SELECT count(*) FROM news.url WHERE outcome = 'loaded'"
_SHARED_HOSTS = "SELECT count(*) FROM (SELECT FROM news.fetch_log GROUP BY host HAVING count(DISTINCT run_id) > 1) AS shared"


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Path]:
    """The folder of the running hosts."""
    command = [sys.executable, str(Path(__file__).with_name("chaos_hosts.py")), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "tests")])}
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert b"running" in process.stdout.readline()
            yield tmp_path
        finally:
            process.kill()


def _served(log: list[LoggedRequest], host: str) -> set[str]:
    """The pages of a host that were handed out."""
    return {request.path for request in log if request.host == host and request.status == 200 and request.path.startswith("/news/")}


def _until_logged(site: Site, host: str) -> list[LoggedRequest]:
    """The log as soon as it holds a request to this host."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        log = site.requests()
        if any(request.host == host for request in log):
            return log
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_eight_processes_keep_one_pace_for_each_of_sixty_hosts(
    hosts: Path, open_site: Callable[..., Site], capsys: pytest.CaptureFixture[str]
) -> None:
    """All pages of the others are loaded while the first request to the silent host still waits for its answer."""
    site, started = open_site(hosts, lease_seconds=_LEASE_SECONDS), time.monotonic()
    with site.crew("pages", size=_PROCESSES, **_ONE_PAGE_A_CLAIM) as crew:
        while site.count(_LOADED) < PAGES * (len(HOSTS) - 1):
            assert not crew.has_ended
            assert time.monotonic() - started < _PATIENCE
            time.sleep(0.5)
        assert SILENT not in {request.host for request in site.requests()}, "it is logged when it ends"
    log = _until_logged(site, SILENT)
    pace, findings = pace_of(log), courtesy(log)
    last_page = max(request.ended for request in log if request.host in HEALTHY)
    [silence] = [request for request in log if request.host == SILENT]
    figures = {
        "requests": len(log),
        "busy answers": sum(request.status == 429 for request in log),
        "smallest gap by delay": {delay: round(gap, 4) for delay, gap in sorted(pace.smallest_gaps.items())},
        "most at once": pace.most_at_once,
        "smallest wait after Retry-After": pace.after_retry,
        "findings": [str(finding) for finding in findings],
        "hosts asked by several processes": site.count(_SHARED_HOSTS),
        "seconds to the silence and to the last healthy page": [round(at - log[0].started, 1) for at in (silence.started, last_page)],
        "seconds": round(time.monotonic() - started),
    }
    with capsys.disabled():
        sys.stdout.write("\n" + json.dumps(figures, indent=1) + "\n")
    assert findings == []
    assert all(gap > delay - PACE_TOLERANCE for delay, gap in pace.smallest_gaps.items())
    assert pace.most_at_once == 1
    assert pace.after_retry is not None
    assert pace.after_retry > RETRY_AFTER - PACE_TOLERANCE
    assert [host for host in HOSTS if host != SILENT and len(_served(log, host)) < PAGES] == []
    during = sum(request.path.startswith("/news/") and request.started > silence.started for request in log)
    assert during > PAGES * len(HEALTHY) / 2, "the silent host was asked early"
    assert figures["hosts asked by several processes"] > len(HOSTS) / 2, "else one process could have kept the pace by itself"
    assert site.count("SELECT count(*) FROM news.url WHERE outcome = 'robots'") == len(HOSTS) - 1


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_control_without_the_pace_the_judge_finds_it(hosts: Path, open_site: Callable[..., Site]) -> None:
    """Else the test above proves little."""
    site, deadline = open_site(hosts, lease_seconds=_LEASE_SECONDS), time.monotonic() + _PATIENCE
    with site.crew("pages", size=_PROCESSES, ignore_pace=True, **_ONE_PAGE_A_CLAIM) as crew:
        while not any(finding.what == "too_fast" for finding in courtesy(site.requests())):
            assert not crew.has_ended
            assert time.monotonic() < deadline
            time.sleep(0.5)


# -- the judge --------------------------------------------------------------------------------------


def _request(started: float, ended: float, host: str = BUSY) -> LoggedRequest:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return LoggedRequest(
        started=started,
        ended=ended,
        started_at=at,
        ended_at=at,
        outlet="paper",
        host=host,
        path="/news/1",
        status=200,
        sent=1,
        user_agent="Test/1 (+https://example.org/)",
        crawl_delay=0.25,
    )


def test_the_judge_measures_from_the_end_of_a_response() -> None:
    log = [_request(0.0, 1.0), _request(1.5, 2.0), _request(1.6, 1.7, host=SILENT), _request(2.25, 3.0)]
    assert pace_of(log) == Pace(smallest_gaps={0.25: 0.25}, most_at_once=1, after_retry=None)
    assert courtesy(log) == []


def test_the_judge_sees_requests_at_once_behind_a_short_one() -> None:
    log = [_request(0.0, 9.0), _request(2.0, 2.5), _request(3.0, 3.5)]
    assert pace_of(log) == Pace(smallest_gaps={0.25: -7.0}, most_at_once=2, after_retry=None)
    assert [finding.what for finding in courtesy(log)] == ["too_fast", "too_fast"]


def test_the_judge_measures_the_wait_after_retry_after() -> None:
    log = [replace(_request(0.0, 1.0), retry_after=3.0), _request(2.0, 2.5), _request(9.0, 9.5)]
    assert pace_of(log).after_retry == 1.0
    assert [finding.what for finding in courtesy(log)] == ["too_early"]
