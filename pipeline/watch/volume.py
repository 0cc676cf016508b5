"""Decides whether a source is silent, or publishes far less or far more than its rule for these weekdays and hours lets expect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import prod
from zoneinfo import ZoneInfo

from pipeline.records import Finding, IncidentKind, SourceVolume, Subject
from pipeline.watch.baseline import DAY, HOUR, Baseline, learn
from pipeline.watch.tails import lower_tail, probability_of_none, upper_tail

# A source of 40 entries a day has some 15,000 gaps a year between them: one false alarm in some 70 source-years. None came in 96 simulated
# source-weeks whose days differ by 25 %; its silence was noticed after 6 hours by day, 20 over night and morning, 12 in the median.
_SILENT_BELOW = 1e-6
_ODD_BELOW = 1e-6
_DOUBT_BELOW = 1e-3  # an open incident heals only when its odds are above this
_DROP, _NO_DROP = 0.5, 0.65  # parts of the expected entries
_JUMP, _NO_JUMP = 3.0, 2.0
_DROP_DAYS = (1, 3, 7)  # a source that lost a part of its entries shows it the later the fewer they are
_JUMP_DAYS = (1,)
LOOKED_BACK = DAY * 14  # in which it matters whether we watched
_WATCHED = 0.5  # at least this part of a window was watched, or it is not judged


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What is wrong, and who is certainly well; who is in neither is in doubt, and stays as he is."""

    findings: tuple[Finding, ...]
    healthy: Mapping[IncidentKind, tuple[Subject, ...]]


@dataclass(frozen=True, kw_only=True)
class _Window:
    days: int
    count: int
    expected: float
    odds: float


def judge_volumes(sources: Iterable[SourceVolume], *, unwatched: frozenset[datetime]) -> Verdicts:
    """Judge each source. `unwatched` are the hours (UTC) of the last weeks in which we read nothing ourselves: they count for nobody."""
    findings: list[Finding] = []
    healthy: dict[IncidentKind, list[Subject]] = {kind: [] for kind in _JUDGES}
    for source in sources:
        if source.read_until is None:
            continue
        subject, silent = Subject(source_id=source.source_id), False
        for kind, judge in _JUDGES.items():
            said = None if silent else judge(source, source.read_until, unwatched)
            if isinstance(said, Finding):
                findings.append(said)
                silent = kind is IncidentKind.SILENT  # then it has dropped too, which is no other trouble
            elif said or silent:
                healthy[kind].append(subject)
    return Verdicts(findings=tuple(findings), healthy={kind: tuple(subjects) for kind, subjects in healthy.items()})


def judge_silence(source: SourceVolume, read_until: datetime, unwatched: frozenset[datetime]) -> Finding | bool:
    """A finding when nothing came for too long, True when all is well, False when that can't be said.

    The rule is the one from before the silence. Days count as independent of each other, so that even a moody source is missed in the end.
    """
    until = _full_hour(read_until)
    last = max((hour for hour, entries in source.counts.items() if entries and hour < until), default=None)
    if last is None:
        return False
    if any(entries and hour >= until for hour, entries in source.counts.items()):
        return True
    baseline = learn(source.counts, until=last + HOUR, zone=ZoneInfo(source.timezone))
    if baseline is None:
        return False
    quiet = _hours(last + HOUR, until, unwatched)
    by_day = [baseline.expected(hours) for _, hours in groupby(quiet, key=lambda hour: (hour - last) // DAY)]
    odds = prod(probability_of_none(expected, baseline.size) for expected in by_day)
    if odds >= _SILENT_BELOW:
        return odds >= _DOUBT_BELOW
    return _finding(
        IncidentKind.SILENT,
        source,
        f"nothing since {last + HOUR:%Y-%m-%d %H:%M} UTC, where {sum(by_day):.0f} entries were to be expected",
        {"last_hour": last.isoformat(), "hours": len(quiet), "expected": round(sum(by_day), 1), "odds": odds},
    )


def judge_drop(source: SourceVolume, read_until: datetime, unwatched: frozenset[datetime]) -> Finding | bool:
    """A finding when a day, three days or a week brought half of the expected entries at the most; else see judge_silence."""
    windows = _windows(source, _full_hour(read_until), unwatched, _DROP_DAYS, lower_tail, forgiven=_silences)
    odd = [window for window in windows if window.odds < _ODD_BELOW and window.count <= _DROP * window.expected]
    doubtful = [window for window in windows if window.odds < _DOUBT_BELOW and window.count <= _NO_DROP * window.expected]
    return _odd_volume(IncidentKind.VOLUME_DROP, source, odd[0]) if odd else bool(windows) and not doubtful


def judge_jump(source: SourceVolume, read_until: datetime, unwatched: frozenset[datetime]) -> Finding | bool:
    """A finding when a day brought three times the expected entries or more; else see judge_silence."""
    windows = _windows(source, _full_hour(read_until), unwatched, _JUMP_DAYS, upper_tail)
    odd = [window for window in windows if window.odds < _ODD_BELOW and window.count >= _JUMP * window.expected]
    doubtful = [window for window in windows if window.odds < _DOUBT_BELOW and window.count >= _NO_JUMP * window.expected]
    return _odd_volume(IncidentKind.VOLUME_JUMP, source, odd[0]) if odd else bool(windows) and not doubtful


def _windows(
    source: SourceVolume,
    until: datetime,
    unwatched: frozenset[datetime],
    lengths: tuple[int, ...],
    tail: Callable[[int, float, float], float],
    *,
    forgiven: Callable[[SourceVolume, list[datetime], Baseline], set[datetime]] | None = None,
) -> list[_Window]:
    """The last days, each window against the rule of the weeks before it; without those that were mostly not watched, or are forgiven."""
    found = []
    for days in lengths:
        start = until - DAY * days
        baseline = learn(source.counts, until=start, zone=ZoneInfo(source.timezone))
        if baseline is None:
            continue
        hours = _hours(start, until, unwatched)
        out = forgiven(source, hours, baseline) if forgiven else set()
        hours = [hour for hour in hours if hour not in out]
        if len(hours) < _WATCHED * 24 * days:
            continue
        count, expected = sum(source.counts.get(hour, 0) for hour in hours), baseline.expected(hours)
        found.append(_Window(days=days, count=count, expected=expected, odds=tail(count, expected, baseline.size * days)))
    return found


def _silences(source: SourceVolume, hours: list[datetime], baseline: Baseline) -> set[datetime]:
    """The hours that were an incident of their own: once a silence is over, it is no drop."""
    runs = [list(run) for silent, run in groupby(hours, key=lambda hour: not source.counts.get(hour)) if silent]
    return {hour for run in runs if probability_of_none(baseline.expected(run), baseline.size) < _SILENT_BELOW for hour in run}


def _odd_volume(kind: IncidentKind, source: SourceVolume, window: _Window) -> Finding:
    time = "24 hours" if window.days == 1 else f"{window.days} days"
    return _finding(
        kind,
        source,
        f"{window.count:,} entries in {time}, where {window.expected:,.0f} were to be expected",
        {"days": window.days, "entries": window.count, "expected": round(window.expected, 1), "odds": window.odds},
    )


def _finding(kind: IncidentKind, source: SourceVolume, detail: str, evidence: dict[str, object]) -> Finding:
    return Finding(kind=kind, subject=Subject(source_id=source.source_id), detail=detail, evidence=evidence)


def _hours(start: datetime, end: datetime, unwatched: frozenset[datetime]) -> list[datetime]:
    wanted = (start + HOUR * number for number in range((end - start) // HOUR))
    return [hour for hour in wanted if hour not in unwatched]


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


_JUDGES: dict[IncidentKind, Callable[[SourceVolume, datetime, frozenset[datetime]], Finding | bool]] = {
    IncidentKind.SILENT: judge_silence,
    IncidentKind.VOLUME_DROP: judge_drop,
    IncidentKind.VOLUME_JUMP: judge_jump,
}
VOLUME_KINDS = tuple(_JUDGES)
