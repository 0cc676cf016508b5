"""A page that kills the process that reads it, among pages that do not (FAULTS.md row 5)."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from chaos_site import Site
from sqlalchemy import text

from newsroom.house import TRUTH_FILE
from newsroom.truth import read_truth
from pipeline.records import Outcome, Run
from pipeline.settings import load_settings
from pipeline.steps.shift import Shift
from pipeline.steps.workplace import open_workplace
from pipeline.steps.workshop import Workshop

# The real child, but that a page whose URL ends in argument 1 kills it, as often as argument 2 says; each death leaves a line in the file
# of argument 3.
_POISONED = """
import os, signal, sys
from pathlib import Path
from pipeline.extract.wire import job_from_json
from pipeline.steps.child import TASKS, extract_page, main

ending, most, deaths = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
del sys.argv[1:4]

def extract(arguments, body):
    if job_from_json(arguments).context.url.endswith(ending) and (len(deaths.read_text().splitlines()) if deaths.exists() else 0) < most:
        with deaths.open("a") as file:
            file.write("died\\n")
        os.kill(os.getpid(), signal.SIGKILL)
    return extract_page(arguments, body)

main({**TASKS, "extract": extract})
"""
_ONE_OUTLET = slice(0, 1)


def _poisoned_url(site: Site) -> str:
    """An article's URL at the site's outlet."""
    with site.engine.begin() as connection:
        outlet = connection.execute(text("SELECT slug FROM news.source")).scalar_one()
    lives = (one for one in read_truth(site.press / TRUTH_FILE) if one.outlet == outlet)
    return next(one.url for one in lives if one.outcome is Outcome.LOADED and one.syndicated_from is None)


async def _drain(site: Site, *child: str) -> None:
    """Ingest everything with these arguments for the child."""
    settings, run = load_settings(**site.settings), Run(run_id=uuid.uuid4(), flow="poison", code_version="test")
    async with (
        open_workplace(settings, site.engine, run.run_id) as workplace,
        Workshop(settings, (sys.executable, "-c", _POISONED, *child)) as workshop,
    ):
        workplace.runs.start(run)
        shift = Shift(replace(workplace, workshop=workshop), ends_at=None)
        await asyncio.gather(*(shift.work_lane() for _ in range(settings.lanes)))
    assert not shift.errors


def _outcomes(site: Site) -> dict[str, str]:
    with site.engine.begin() as connection:
        return {row.url: row.outcome for row in connection.execute(text("SELECT url, outcome FROM news.url"))}


@pytest.mark.parametrize(("deaths", "ending"), [(99, "gave_up"), (1, "loaded")], ids=["always", "once"])
async def test_a_page_that_kills_its_child_is_given_up_only_when_it_does_so_alone(
    deaths: int, ending: str, small_press: Path, open_site: Callable[..., Site], tmp_path: Path
) -> None:
    """Its neighbours load either way."""
    site = open_site(small_press, lease_seconds=60.0, sources=_ONE_OUTLET)
    poison = _poisoned_url(site)
    await _drain(site, poison.rpartition("/")[2], str(deaths), str(tmp_path / "deaths"))
    outcomes = _outcomes(site)
    [(url, outcome)] = [(url, outcome) for url, outcome in outcomes.items() if url.endswith(poison.rpartition("/")[2])]
    assert outcome == ending
    died = (tmp_path / "deaths").read_text().splitlines()
    assert len(died) in ({3, 4} if ending == "gave_up" else {1}), "three times alone, and once before unless its child was new"
    neighbours = [outcome for other, outcome in outcomes.items() if other != url]
    assert neighbours.count("loaded") >= 5
    assert "gave_up" not in neighbours
    assert site.wrongs() == {}
