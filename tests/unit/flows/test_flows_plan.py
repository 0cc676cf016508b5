"""What a run of `ingest` is to be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from flows.plan import LANES_AT_MOST, IngestParameters, Plan, make_plan, reason_to_skip
from pipeline.settings import Settings

TICK = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
SETTINGS = Settings(shift_seconds=300, shifts=2, lanes=8)


def plan(parameters: IngestParameters, *, tick: datetime | None = TICK, late: float = 7) -> Plan:
    now = (tick or TICK) + timedelta(seconds=late)
    return make_plan(parameters, SETTINGS, run_id=UUID(int=1), tick=tick, now=now)


def test_a_scheduled_shift_ends_when_the_next_begins_however_late_it_started() -> None:
    shift = plan(IngestParameters(drain=False), late=40)
    assert (shift.kind, shift.title, shift.ends_at) == ("shift", "shift 12:05, 8 lanes", TICK + timedelta(seconds=300))


def test_a_shift_started_by_hand_works_for_a_whole_shift() -> None:
    assert plan(IngestParameters(drain=False), tick=None, late=10).ends_at == TICK + timedelta(seconds=310)


def test_a_drain_has_no_end() -> None:
    drain = plan(IngestParameters(drain=True, lanes=1), tick=None)
    assert (drain.kind, drain.title, drain.ends_at) == ("drain", "drain 12:05, 1 lane", None)


def test_more_lanes_than_a_run_may_have_task_runs_are_refused_in_the_form_and_cut_from_the_settings() -> None:
    with pytest.raises(ValidationError, match="lanes"):
        IngestParameters(lanes=LANES_AT_MOST + 1)
    most = make_plan(IngestParameters(), Settings(lanes=20), run_id=UUID(int=1), tick=None, now=TICK)
    assert most.lanes == LANES_AT_MOST


@pytest.mark.parametrize(
    ("drain", "late", "live", "words"),
    [
        (False, 7, 0, None),
        (False, 7, 1, None),
        (False, 7, 2, "2 of 2 shifts are at work already"),
        (False, 299, 0, None),
        (False, 300, 0, "its time was 12:05:00 UTC, more than a shift ago"),
        (True, 7, 5, None),
    ],
)
def test_a_run_says_why_it_does_not_work(drain: bool, late: float, live: int, words: str | None) -> None:
    reason = reason_to_skip(plan(IngestParameters(drain=drain)), SETTINGS, live_shifts=live, now=TICK + timedelta(seconds=late))
    assert (words in reason) if words and reason else reason is words
