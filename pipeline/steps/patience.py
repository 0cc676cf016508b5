"""Waiting for a database that restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import DatabaseDownError
from pipeline.steps.clock import lease_clock

T = TypeVar("T")

PAUSE_SECONDS = 2.0
PATIENCE_SECONDS = 120.0  # a database that is away longer ends a shift; its leases run out by themselves


async def once_it_answers(ask: Callable[[], T]) -> T:
    """What `ask` gets out of the database, in a thread, again until it answers. Raises DatabaseDownError when it stays away."""
    began = lease_clock()
    while True:
        try:
            return await asyncio.to_thread(ask)
        except DatabaseDownError as error:
            if lease_clock() - began > PATIENCE_SECONDS:
                raise DatabaseDownError(f"for more than {PATIENCE_SECONDS:.0f} s") from error
        await asyncio.sleep(PAUSE_SECONDS)
