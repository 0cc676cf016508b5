"""Runs: who works the queue, and whether they still live."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy import Engine

from pipeline.records import Run
from pipeline.store.database import transaction
from pipeline.store.queries import query
from pipeline.store.wire import rows_json

LIVE_SECONDS = 30.0  # a run that has not beaten for this long doesn't count as live; it beats every few seconds


class Runs:
    """The runs' side of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, run: Run) -> None:
        """Note that a run began."""
        parameters = rows_json([run.parameters])[1:-1]
        bound = {"run_id": run.run_id, "flow": run.flow, "code_version": run.code_version, "parameters": parameters}
        with transaction(self._engine) as connection:
            connection.execute(query("start_run"), bound)

    def beat(self, run_id: UUID) -> None:
        """Say that a run lives."""
        with transaction(self._engine) as connection:
            connection.execute(query("beat_run"), {"run_id": run_id})

    def end(self, run_id: UUID, state: Literal["completed", "failed"]) -> None:
        """Note that a run is over."""
        with transaction(self._engine) as connection:
            connection.execute(query("end_run"), {"run_id": run_id, "state": state})

    def count_live(self, flow: str, *, besides: UUID) -> int:
        """How many other runs of a flow live."""
        with transaction(self._engine) as connection:
            bound = {"flow": flow, "run_id": besides, "seconds": LIVE_SECONDS}
            return int(connection.execute(query("count_live_runs"), bound).scalar_one())
