"""The task that every flow begins with: an engine on the database, once it answers."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from sqlalchemy import Engine

from pipeline.errors import DatabaseDownError, SettingsError
from pipeline.settings import load_settings
from pipeline.store.database import open_engine, verify

_RETRY_SECONDS = [2.0, 5.0, 15.0, 30.0]  # a database that restarts is back within a minute


async def is_database_down(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a failed try is worth another one."""
    return isinstance(await state.aresult(raise_on_failure=False), DatabaseDownError)


@task(
    name="open the database",
    task_run_name="open the database",
    retries=len(_RETRY_SECONDS),
    retry_delay_seconds=_RETRY_SECONDS,
    retry_condition_fn=is_database_down,
    cache_policy=NO_CACHE,
    persist_result=False,
    tags=["opening"],
)
async def open_database() -> Engine:
    """An engine on DATELINE_DATABASE_URL, which answers and has this version's schema; a database that is starting is waited for.

    Raises SettingsError without a URL, SchemaMismatchError, or DatabaseDownError after the last try.
    """
    settings = load_settings()
    if settings.database_url is None:
        raise SettingsError("DATELINE_DATABASE_URL: a flow needs it; `dateline up` gives its worker the address of the embedded Postgres")
    engine = open_engine(settings.database_url.get_secret_value(), pool_size=settings.lanes + 2)
    try:
        await asyncio.to_thread(verify, engine)
    except BaseException:
        engine.dispose()
        raise
    return engine
