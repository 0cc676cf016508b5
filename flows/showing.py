"""Puts something into the Prefect UI without depending on it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import httpx
from prefect import get_run_logger
from prefect.exceptions import PrefectException

T = TypeVar("T")


async def show(artifact: Awaitable[T]) -> T | None:
    """Make an artifact; None when the Prefect server is away, which must not stop the work: Postgres remembers what, Prefect only when."""
    try:
        return await artifact
    except (httpx.HTTPError, PrefectException) as error:
        get_run_logger().warning("The Prefect server took no artifact: %s", error)
        return None
