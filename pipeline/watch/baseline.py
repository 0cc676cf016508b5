"""What a source publishes as a rule: by hour of its own week, and how much its days differ from that rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from statistics import mean, median

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
WEEKS = 8  # looked back upon
_WEEKS_NEEDED = 2  # fewer say nothing of a weekday
_CELLS = 168  # hours of a week
_LOUDEST = 2.0  # a day counts as this many times its weekday's median at the most: one great story makes no rule …
_LOUDEST_PLUS = 4.0  # … and on slow weekdays, this much more
_EVEN = 0.1  # of the rule is spread evenly over the week: "never before" in eight weeks is not "never"
_STRAY_DAYS = 0.1  # the most deviant days, which the measure of the usual deviation leaves out
_LEAST_PHI, _MOST_PHI = 0.04, 2.0  # variance of a day's rate, relative: days differ by 20 % at least, whatever eight weeks happened to show


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """A source's rule."""

    zone: tzinfo
    cells: tuple[float, ...]  # entries expected in each hour of the week, Monday 0:00 first, in the source's zone
    size: float  # of the negative binomial distribution of one day's count: its variance is mean + mean²/size

    def expected(self, hours: Iterable[datetime]) -> float:
        """The entries that these hours (UTC, each the start of one) bring as a rule."""
        return sum(self.cells[_cell(hour, self.zone)] for hour in hours)


def learn(counts: Mapping[datetime, int], *, until: datetime, zone: tzinfo) -> Baseline | None:
    """The rule of the eight weeks before `until` (a full hour, UTC), or of the two to seven that there are; None: there is none yet.

    `counts` are entries by hour (UTC). One dead or mad day in the weeks doesn't bend the rule: the level is the median week's, and a day
    far above its weekday's median is cut down to it.
    """
    weeks = min(WEEKS, (until - min(counts, default=until)) // WEEK)
    if weeks < _WEEKS_NEEDED:
        return None
    blocks = _blocks(counts, until, weeks)
    days = [sum(block) for block in blocks]
    level = median(sum(days[7 * week : 7 * week + 7]) for week in range(weeks))
    if not level:
        return None
    firsts = [_cell(until - DAY * (number + 1), zone) for number in range(len(blocks))]
    cells = [0.0] * _CELLS
    for number, block in enumerate(blocks):
        most = _LOUDEST * median(days[number % 7 :: 7]) + _LOUDEST_PLUS
        weight = min(1.0, most / days[number]) if days[number] else 0.0
        for hour, entries in enumerate(block):  # a change to summer time shifts a part of one day by an hour, which is let be
            cells[(firsts[number] + hour) % _CELLS] += weight * entries
    rule = tuple(level * share for share in _smooth(cells))
    twice = rule + rule
    return Baseline(zone=zone, cells=rule, size=1 / _phi(days, [sum(twice[first : first + 24]) for first in firsts]))


def _blocks(counts: Mapping[datetime, int], until: datetime, weeks: int) -> list[list[int]]:
    """The counts by day and hour, the days counted back from `until`: the one just before it first."""
    blocks = [[0] * 24 for _ in range(7 * weeks)]
    for hour, entries in counts.items():
        back = (until - hour) // HOUR - 1
        if 0 <= back < 24 * len(blocks):
            blocks[back // 24][23 - back % 24] = entries
    return blocks


def _smooth(cells: list[float]) -> list[float]:
    """Shares of a week that add up to 1: each hour with half of its neighbours', and an even part."""
    total = sum(cells)
    return [(1 - _EVEN) * (cells[i - 1] / 4 + cells[i] / 2 + cells[(i + 1) % _CELLS] / 4) / total + _EVEN / _CELLS for i in range(_CELLS)]


def _phi(days: list[int], expected: list[float]) -> float:
    """The relative variance of a day's rate beyond the chance of counting (method of moments), without the most deviant days."""
    excess = sorted(((count - rule) ** 2 - rule) / rule**2 for count, rule in zip(days, expected, strict=True) if rule > 0)
    kept = excess[: len(excess) - round(_STRAY_DAYS * len(excess))]
    return min(max(mean(kept), _LEAST_PHI), _MOST_PHI) if kept else _MOST_PHI


def _cell(hour: datetime, zone: tzinfo) -> int:
    local = hour.astimezone(zone)
    return local.weekday() * 24 + local.hour
