"""The `ingest` flow on a real Prefect server, a real Postgres and the simulated press."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from asking import rows
from leaky_site import Leaky, leaking, places
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import State
from prefect.logging.handlers import APILogWorker
from site_on_loopback import serving, site_settings
from sqlalchemy import Engine

from flows.environment import dateline_environment
from flows.ingest import ingest
from flows.plan import IngestParameters
from flows.reextract import ReextractParameters, reextract
from newsroom.house import read_press_file
from newsroom.sources import AUTHORITY_FILE, RESOLVER_FILE
from pipeline.records import Run
from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.reading import Reader
from pipeline.store.runs import Runs
from pipeline.store.sources import Sources

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture
def engine(database: str):
    made = open_engine(database)
    yield made
    made.dispose()


@pytest.fixture
def flow_settings(database_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that flows of this process read from the environment."""
    settings = database_settings.model_copy(update={"lanes": 4, "shift_seconds": 4.0, "drain_patience_seconds": 2.0})
    _give(settings, monkeypatch)
    return settings


@pytest.fixture
def press_settings(flow_settings: Settings, press: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same, with the press let in and its outlets as sources."""
    let_in = {
        "allow_loopback": True,
        "allow_any_port": True,
        "ignore_pace": True,
        "resolver_file": press / RESOLVER_FILE,
        "extra_ca_file": press / AUTHORITY_FILE,
    }
    settings = flow_settings.model_copy(update=let_in)
    _give(settings, monkeypatch)
    file = read_press_file(press)
    assert file is not None
    Sources(engine).sync(file.sources)
    return settings


def _give(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in dateline_environment(settings).items():
        monkeypatch.setenv(name, value)


async def run(**parameters: object) -> State:
    """A run of the flow; its final state."""
    return await ingest(IngestParameters.model_validate(parameters), return_state=True)


def _run_id(state: State) -> UUID:
    assert state.state_details.flow_run_id is not None
    return state.state_details.flow_run_id


async def test_a_drain_loads_the_press_and_shows_what_it_did(press_settings: Settings, engine: Engine) -> None:
    state = await run(drain=True)
    assert state.is_completed(), state.message
    reader = Reader(engine)
    total = reader.ledger_total()
    assert total.articles > 40
    assert total.balanced
    assert total.open == 0
    assert f"{total.articles} loaded" in (state.message or "")
    run_id = _run_id(state)
    assert sum(row.by_outcome.get("loaded", 0) for row in reader.run_ledger(run_id)) == total.articles
    async with get_client() as client:
        flow_run = await client.read_flow_run(run_id)
        artifacts = await client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id])))
        tasks = await client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])))
    assert flow_run.name.startswith("drain ")
    assert flow_run.name.endswith(", 4 lanes")
    by_kind = {artifact.type: artifact for artifact in artifacts}
    assert set(by_kind) == {"progress", "table", "markdown"}
    assert len([line for line in (by_kind["table"].description or "").split() if line]) > 0
    assert f"{total.articles} loaded" in str(by_kind["markdown"].data)
    assert len(tasks) <= 20
    assert reader.status().runs[0].state == "completed"
    password = engine.url.password
    assert password and password not in await _told(run_id)
    await _replay(total.articles)


async def _told(run_id: UUID) -> str:
    """All that Prefect was told of a run: its states, tasks, artifacts and logs."""
    await asyncio.to_thread(APILogWorker.drain_all)
    of_run = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    async with get_client() as client:
        told = [
            await client.read_flow_run(run_id),
            await client.read_flow_run_states(run_id),
            await client.read_task_runs(flow_run_filter=of_run),
            await client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))),
            await client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))),
        ]
    return repr(told)


async def _replay(articles: int) -> None:
    """The archive gives the same rows again, to the letter."""
    state = await reextract(ReextractParameters(current_too=True), return_state=True)
    assert state.message == f"0 rewritten, {articles} unchanged, 0 refused, 0 unreadable; 0 were up to date"
    run_id = _run_id(state)
    async with get_client() as client:
        flow_run = await client.read_flow_run(run_id)
        artifacts = await client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id])))
    assert flow_run.name == "re-extraction of all sources"
    assert {artifact.type for artifact in artifacts} == {"progress", "table", "markdown"}


async def test_two_shifts_on_one_database_both_load_rows(press_settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    _give(
        press_settings.model_copy(
            update={"shifts": 2, "batch_hosts": 1, "batch_pages": 2, "shift_seconds": 20.0, "extractor_processes": 1}
        ),
        monkeypatch,
    )
    reader, loaded = Reader(engine), [0, 0]
    for _ in range(5):  # a busy machine may need more than one shift until each of the two came to load something
        states = await asyncio.gather(run(drain=False, lanes=1), run(drain=False, lanes=1))
        assert all(state.is_completed() for state in states), [state.message for state in states]
        runs = [reader.run_ledger(_run_id(state)) for state in states]
        loaded = [before + sum(row.by_outcome.get("loaded", 0) for row in rows) for before, rows in zip(loaded, runs, strict=True)]
        if all(loaded):
            break
    assert all(loaded), (loaded, [state.message for state in states])
    total = reader.ledger_total()
    assert sum(loaded) == total.articles
    assert total.balanced


def _other_shift(engine: Engine, ends_at: datetime) -> None:
    Runs(engine).start(Run(run_id=uuid4(), flow="shift", code_version="test", parameters={"ends_at": ends_at.isoformat()}))


async def test_a_shift_that_finds_enough_others_ends_at_once_and_says_so(flow_settings: Settings, engine: Engine) -> None:
    _other_shift(engine, datetime.now(UTC) + timedelta(minutes=5))
    state = await run(drain=False)
    assert state.is_completed()
    assert state.message == "not started: 1 of 1 shifts are at work already"
    assert len(Reader(engine).status().runs) == 1


async def test_a_shift_past_its_end_makes_room(flow_settings: Settings, engine: Engine) -> None:
    _other_shift(engine, datetime.now(UTC) - timedelta(seconds=1))
    state = await run(drain=False, lanes=1)
    assert state.message == "0 discovered, 0 loaded, 0 revised, 0 unchanged, 0 refused"


async def test_a_database_that_is_down_is_tried_again_then_named(flow_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import ingest as module
    from flows.opening import open_database

    monkeypatch.setenv("DATELINE_DATABASE_URL", "postgresql://nobody:canary@127.0.0.1:1/nothing")
    monkeypatch.setattr(module, "open_database", open_database.with_options(retries=1, retry_delay_seconds=[0.0]))
    state = await run(drain=True)
    assert state.is_failed()
    assert "The database does not answer" in (state.message or "")
    assert "canary" not in await _told(_run_id(state))
    async with get_client() as client:
        (opening,) = await client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[_run_id(state)])))
    assert opening.run_count == 2


async def test_prefect_hears_no_canary(
    flow_settings: Settings, engine: Engine, prefect_server: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """FAULTS 18: ten secrets in each URL, every way to fail, and a batch that breaks off at a row with those URLs in it."""
    _give(site_settings(flow_settings).model_copy(update={"max_tries": 1, "lanes": 1, "drain_patience_seconds": 0.0}), monkeypatch)
    monkeypatch.setattr("pipeline.steps.shift._ERRORS_ALLOWED", 2)
    for name in ("prefect.flow_runs", "prefect.task_runs", "pipeline"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    async with serving(Leaky()) as site:
        Sources(engine).sync([leaking(site, "/busy.xml")])
        rows(engine, "ALTER TABLE article ADD CONSTRAINT none_is_good CHECK (canonical_url IS NULL)")
        state = await run(drain=True)
    assert state.is_failed()
    assert "none_is_good" in (state.message or "")
    told = await _told(_run_id(state))
    assert "canary" not in told + caplog.text
    assert "/news?api_key=***" in caplog.text, "the row that broke the batch off is named"
    server_engine = open_engine(prefect_server)
    assert places(server_engine, "public") == set()
    server_engine.dispose()


async def test_a_flow_without_a_database_address_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATELINE_DATA_FOLDER", str(tmp_path))
    state = await run(drain=True)
    assert state.is_failed()
    assert "DATELINE_DATABASE_URL" in (state.message or "")
