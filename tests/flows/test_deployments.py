"""prefect.yaml, and what comes of it on a Prefect server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from prefect.client.orchestration import get_client
from prefect.flows import load_flow_from_entrypoint
from prefect.states import Scheduled

from flows.deployments import SHIFTS, dead_runs, deploy, read_deployments, resume_shifts, with_shifts
from pipeline.settings import Settings


def test_every_entrypoint_is_a_flow_and_every_parameter_fits_it() -> None:
    deployments = read_deployments()
    assert [deployment.name for deployment in deployments] == ["ingest", "ingest-now", "reextract", "maintain"]
    assert {deployment.work_pool for deployment in deployments} == {"dateline"}
    for deployment in deployments:
        load_flow_from_entrypoint(deployment.entrypoint).validate_parameters(deployment.parameters)


def test_as_many_schedules_tick_together_as_there_are_shifts() -> None:
    shifts = next(deployment for deployment in read_deployments() if deployment.name == SHIFTS)
    schedules = with_shifts(shifts, Settings(shifts=3, shift_seconds=120)).schedules
    assert [schedule.slug for schedule in schedules] == ["shift-1", "shift-2", "shift-3"]
    assert {(schedule.interval, schedule.anchor_date) for schedule in schedules} == {(120, datetime(2026, 1, 1, tzinfo=UTC))}


def test_a_run_is_dead_after_three_missed_heartbeats() -> None:
    assert dead_runs().trigger.within == timedelta(seconds=90)


@pytest.mark.usefixtures("prefect_server")
async def test_deploying_twice_leaves_one_of_each_and_forgets_missed_runs() -> None:
    settings = Settings(shifts=2, shift_seconds=60)
    await deploy(settings, pause_shifts=True)
    async with get_client() as client:
        shifts = await client.read_deployment_by_name("ingest/ingest")
        assert shifts.paused
        missed = await client.create_flow_run_from_deployment(
            shifts.id, state=Scheduled(scheduled_time=datetime.now(UTC) - timedelta(hours=1)), name="by hand"
        )
    await deploy(settings)
    await resume_shifts()
    async with get_client() as client:
        deployments = await client.read_deployments()
        automations = await client.read_automations_by_name(dead_runs().name)
        shifts = await client.read_deployment_by_name("ingest/ingest")
        kept = await client.read_flow_run(missed.id)
    assert sorted(deployment.name for deployment in deployments) == ["ingest", "ingest-now", "maintain", "reextract"]
    assert len(automations) == 1
    assert not shifts.paused
    assert sorted(schedule.slug or "" for schedule in shifts.schedules) == ["shift-1", "shift-2"]
    assert kept.name == "by hand"  # only runs that a schedule made are forgotten
