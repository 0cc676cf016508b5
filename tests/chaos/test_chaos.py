"""`make chaos`: more than fifty kills and twenty zombies over more than two thousand URLs (FAULTS.md rows 1 to 3)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from chaos_crew import Plan, torment
from chaos_site import Site
from chaos_tables import differences

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

_ARTICLES = 80  # of each of 26 outlets
_POLLS = Plan(seed=1, blows={"worker": 4, "child": 2, "postgres": 2, "zombie": 2}, mean_seconds=0.7)
_PAGES = Plan(seed=2, blows={"worker": 24, "child": 12, "postgres": 10, "zombie": 18}, mean_seconds=2.5)


def test_fifty_kills_and_twenty_zombies(
    press: Callable[[int], Path], open_site: Callable[..., Site], capsys: pytest.CaptureFixture[str]
) -> None:
    """The polls come first, disturbed too, then the pages: what a feed says of a URL is evidence of its article, so the two runs must
    have read the same feeds before they load. Then every table must be equal, see chaos_tables.py."""
    folder = press(_ARTICLES)
    calm = open_site(folder, lease_seconds=60.0)
    started = time.monotonic()
    calm.work_calmly()
    site, calm_seconds, started = open_site(folder, lease_seconds=12.0), time.monotonic() - started, time.monotonic()
    with site.crew("polls", size=4) as pollers:
        blows = torment(pollers, _POLLS, site.postgres, progress=site.polls_done)
    with site.crew("pages", size=4) as crew:
        blows += torment(crew, _PAGES, site.postgres, progress=site.pages_done)
    differing = differences(calm.contents(), site.contents())
    figures = {
        "urls": site.count("SELECT count(*) FROM news.url"),
        "articles": site.count("SELECT count(*) FROM news.article"),
        "blows": dict(blows),
        "claims": site.count("SELECT sum(claims) FROM news.url"),
        "requests": (len(calm.requests()), len(site.requests())),
        "seconds": (round(calm_seconds), round(time.monotonic() - started)),
        "wrongs": {name: str(value)[:2000] for name, value in site.wrongs().items()},
        "differing": {table: [row[:300] for row in rows[:6]] for table, rows in differing.items()},
        "broken off": pollers.broken + crew.broken,
        "captures read": site.read_archive(),
    }
    with capsys.disabled():
        sys.stdout.write("\n" + json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    assert figures["urls"] >= 2000
    assert blows.total() - blows["zombie"] >= 50
    assert blows["zombie"] >= 20
    assert not figures["broken off"]
    assert site.wrongs() == calm.wrongs() == {}
    assert not differing
