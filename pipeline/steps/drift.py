"""Looks, at the end of a shift, whether a source's pages are built differently than before."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from pipeline.records import IncidentKind
from pipeline.store.drifting import read_readings
from pipeline.store.incidents import Incidents
from pipeline.watch.drift import READ_BACK, fold_start, judge_drift

_ACTIVE = timedelta(hours=2)  # far more than a shift: what another worker's shift read is judged by the next


def watch_drift(engine: Engine, *, now: datetime) -> None:
    """Judge the sources that read a page lately, and settle their incidents. Raises DatabaseDownError."""
    verdicts = judge_drift(read_readings(engine, since=now - _ACTIVE, most=READ_BACK, fold=fold_start), now=now)
    Incidents(engine).settle(IncidentKind.TEMPLATE_DRIFT, verdicts.findings, now=now, healthy=verdicts.healthy)
