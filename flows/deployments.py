"""Puts what `prefect.yaml` says into a Prefect server: the work pool, the deployments, and the automation that notices dead runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import yaml
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.schedules import SCHEDULE_TYPES, CronSchedule, IntervalSchedule
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from flows.alarms import find_block, notification
from flows.environment import HEARTBEAT_SECONDS
from pipeline.settings import Settings
from pipeline.steps.clock import utc_now

DEFINITION = Path(__file__).resolve().parents[1] / "prefect.yaml"
SHIFTS = "ingest"  # the deployment whose schedule follows the settings
_SILENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS)  # a run that has sent no heartbeat for this long is dead


class Schedule(BaseModel):
    """One schedule of a deployment in prefect.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str
    interval: float | None = None  # seconds
    anchor_date: datetime | None = None  # a tick, from which the interval counts; None: the moment of deployment
    cron: str | None = None
    timezone: str = "UTC"


class Deployment(BaseModel):
    """One deployment in prefect.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str
    entrypoint: str
    tags: tuple[str, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)
    schedules: tuple[Schedule, ...] = ()
    work_pool: Annotated[str, BeforeValidator(lambda pool: pool["name"])]


def read_deployments(definition: Path = DEFINITION) -> tuple[Deployment, ...]:
    """The deployments of prefect.yaml. Raises pydantic's ValidationError for what is not one."""
    return tuple(Deployment.model_validate(item) for item in yaml.safe_load(definition.read_text(encoding="utf-8"))["deployments"])


def with_shifts(deployment: Deployment, settings: Settings) -> Deployment:
    """The shifts' deployment with as many schedules as there are shifts at once, each as long as a shift; others as they are.

    Prefect makes one run for each schedule and tick, so schedules that tick together start several runs together.
    """
    if deployment.name != SHIFTS:
        return deployment
    (shift,) = deployment.schedules
    numbers = range(1, settings.shifts + 1)
    schedules = tuple(shift.model_copy(update={"slug": f"{shift.slug}-{number}", "interval": settings.shift_seconds}) for number in numbers)
    return deployment.model_copy(update={"schedules": schedules})


async def deploy(settings: Settings, *, pause_shifts: bool = False, notify: str | None = None) -> None:
    """Bring the Prefect server of PREFECT_API_URL to what prefect.yaml and the settings say; may be repeated.

    With `pause_shifts` no scheduled shift starts until `resume_shifts`. Scheduled runs that were not started in time are forgotten:
    a laptop that was shut down need not start its missed shifts. `notify` names a notification block (TYPE/NAME) that is told of incidents.
    Raises UnknownItemError when there is no such block; then nothing was changed.
    """
    deployments = [with_shifts(deployment, settings) for deployment in read_deployments()]
    async with get_client() as client:
        block = await find_block(client, notify) if notify is not None else None
        for name in dict.fromkeys(deployment.work_pool for deployment in deployments):
            with suppress(ObjectAlreadyExists):
                await client.create_work_pool(WorkPoolCreate(name=name, type="process"))
        for deployment in deployments:
            deployment_id = await _create(client, deployment, paused=pause_shifts and deployment.name == SHIFTS)
            if deployment.name == SHIFTS:
                await _forget_missed(client, deployment_id, timedelta(seconds=settings.shift_seconds))
        await _replace_automation(client, dead_runs())
        if block is not None:
            await _replace_automation(client, notification(block))


async def resume_shifts() -> None:
    """Let scheduled shifts start."""
    async with get_client() as client:
        deployment = await client.read_deployment_by_name(f"ingest/{SHIFTS}")
        await client.resume_deployment(deployment.id)


async def _create(client: PrefectClient, deployment: Deployment, *, paused: bool) -> UUID:
    flow: Flow[..., Any] = await asyncio.to_thread(load_flow_from_entrypoint, deployment.entrypoint)
    return await client.create_deployment(
        flow_id=await client.create_flow_from_name(flow.name),
        name=deployment.name,
        description=deployment.description,
        entrypoint=deployment.entrypoint,
        tags=list(deployment.tags),
        parameters=deployment.parameters,
        parameter_openapi_schema=parameter_schema(flow.fn).model_dump(exclude_unset=True),
        enforce_parameter_schema=True,
        schedules=[DeploymentScheduleCreate(schedule=_schedule(schedule), slug=schedule.slug) for schedule in deployment.schedules],
        work_pool_name=deployment.work_pool,
        pull_steps=[],
        paused=paused,
    )


async def _forget_missed(client: PrefectClient, deployment_id: UUID, interval: timedelta) -> None:
    """Delete the runs that were to start more than an interval ago: they would end at once."""
    missed = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"before_": utc_now() - interval}),
    )
    while runs := [run for run in await client.read_flow_runs(flow_run_filter=missed, limit=200) if run.auto_scheduled]:
        for run in runs:
            with suppress(ObjectNotFound):
                await client.delete_flow_run(run.id)


def _schedule(schedule: Schedule) -> SCHEDULE_TYPES:
    if schedule.cron is not None:
        return CronSchedule(cron=schedule.cron, timezone=schedule.timezone)
    given = {"interval": schedule.interval, "timezone": schedule.timezone, "anchor_date": schedule.anchor_date}
    return IntervalSchedule.model_validate({name: value for name, value in given.items() if value is not None})


def dead_runs() -> AutomationCore:
    """The automation that calls a run crashed when its heartbeats stop: its process was killed and could not say so."""
    ended = {f"prefect.flow-run.{name}" for name in ("Completed", "Failed", "Cancelled", "Crashed", "AwaitingRetry")}
    return AutomationCore(
        name="dateline: runs without a heartbeat have crashed",
        description="The process of a run was killed. Its URLs are free again when their leases have run out; nothing is lost.",
        trigger=EventTrigger(
            match=ResourceSpecification(root={"prefect.resource.id": "prefect.flow-run.*"}),
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *ended},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=_SILENCE,
        ),
        actions=[ChangeFlowRunState(name=None, state=StateType.CRASHED, message=f"no heartbeat for {_SILENCE.seconds} s", force=False)],
    )


async def _replace_automation(client: PrefectClient, automation: AutomationCore) -> None:
    for former in await client.read_automations_by_name(automation.name):
        await client.delete_automation(former.id)
    await client.create_automation(automation)
