"""The same under Prefect: its server, its worker and the flow processes are killed too (FAULTS.md row 7)."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from chaos_crew import Plan, torment
from chaos_site import Site
from chaos_stack import Stack
from chaos_tables import differences

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

# The stack gives a service up that dies more than five times within two minutes.
_PLAN = Plan(seed=3, blows={"server": 3, "worker": 4, "flow": 7, "child": 3, "postgres": 3}, mean_seconds=8.0)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def test_twenty_kills_under_prefect(
    press: Callable[[int], Path], open_site: Callable[..., Site], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = press(16)
    calm, site = open_site(folder, lease_seconds=60.0), open_site(folder, lease_seconds=12.0)
    calm.work_calmly()
    with site.crew("polls", size=1) as pollers:
        pollers.finish()
    changed = {"database_url": site.database_url, "prefect_port": _free_port(), "shift_seconds": 20.0, "shifts": 2}
    started = time.monotonic()
    with Stack(site.settings | changed, site.folder) as stack:
        blows = torment(stack, _PLAN, site.postgres, progress=site.pages_done)
    differing = differences(calm.contents(), site.contents())
    with capsys.disabled():
        seconds, rows = time.monotonic() - started, {table: len(rows) for table, rows in differing.items()}
        sys.stdout.write(f"\n{dict(blows)}, {seconds:.0f} s, wrongs {site.wrongs()}, differing rows {rows}\n")
    assert blows.total() == 20
    assert site.wrongs() == {}
    assert not differing
