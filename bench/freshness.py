"""How late articles are seen, and how many never, at equal requests: Dateline's schedule beside those of other pollers.

    python bench/freshness.py [--feeds 100] [--seeds 11,12,13] [--budgets 900,1800,3600] [--flat]

Simulates feeds that publish by day and by night, on weekdays and weekends, in batches and bursts (bench/support/publishing.py says on what
figures), on an event clock. Dateline's polls are decided by the product itself; each rival (bench/support/rivals.py) is set to Dateline's
number of requests by its own knob. Every schedule knows nothing at the start; the third and fourth week are counted, after two to learn in,
and for Dateline the first two as well. A budget is the setting poll_interval_seconds. With --flat, outlets publish round the clock.
Prints a table for each budget and writes bench/results/freshness.json. The rules were chosen on seeds 1 to 3, others judge.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from support.event_clock import Count, Dateline, Span, run
from support.publishing import Feed, feeds
from support.rivals import RIVALS, Maker, Rival

from pipeline.settings import Settings, load_settings

_RESULTS = Path(__file__).resolve().parent / "results" / "freshness.json"
_DAYS = 28
_LEARNING, _LEARNT = Span(start=0, end=14), Span(start=14, end=_DAYS - 1)  # what the last day publishes may be seen after the end
_CLOSE = 0.01  # requests that differ by less are equal


@dataclass(frozen=True, kw_only=True)
class Row:
    """One schedule, counted."""

    name: str
    knob: float | None = None
    span: Span = _LEARNT
    count: Count

    def figures(self, sample: int) -> dict[str, Any]:
        """What is printed and stored, of `sample` feeds."""
        count = self.count
        return {
            "schedule": self.name,
            "knob": self.knob,
            "requests_a_feed_and_day": count.requests / sample / (self.span.end - self.span.start),
            "mean_minutes": count.mean_minutes(),
            "p95_minutes": count.p95_minutes(),
            "seen": len(count.delays),
            "lost": count.lost,
            "lost_that_stood_for_the_floor": count.lost_slow,
        }


def measure(sample: Sequence[Feed], settings: Settings) -> list[Row]:
    """Dateline, learnt and learning, and every rival at the requests of the first."""
    ours = _run(sample, lambda _, chance: Dateline(settings, chance), 0.0, settings, (_LEARNT, _LEARNING))
    rows = [Row(name="Dateline", count=ours[0]), Row(name="Dateline, first two weeks", span=_LEARNING, count=ours[1])]
    return rows + [_at_equal_requests(sample, settings, ours[0].requests, rival) for rival in RIVALS]


def _run(sample: Sequence[Feed], maker: Maker, knob: float, settings: Settings, spans: Sequence[Span] = (_LEARNT,)) -> list[Count]:
    def make(chance: random.Random) -> Any:
        return maker(knob, chance)

    return run(sample, make, spans, days=_DAYS, least_hours=settings.poll_floor_seconds / 3600, seed=0)


def _at_equal_requests(sample: Sequence[Feed], settings: Settings, wanted: int, rival: Rival) -> Row:
    """A rival with its knob turned to where it sends `wanted` requests, or to the end that comes nearest."""
    low, high = rival.knobs  # many requests, few requests
    rows: list[Row] = []
    while high / low > 1 + _CLOSE and (not rows or _distance(rows[-1], wanted) > _CLOSE):
        knob = math.sqrt(low * high)
        rows.append(Row(name=rival.name, knob=knob, count=_run(sample, rival.make, knob, settings)[0]))
        low, high = (knob, high) if rows[-1].count.requests > wanted else (low, knob)
    return min(rows, key=lambda row: _distance(row, wanted))


def _distance(row: Row, wanted: int) -> float:
    return abs(row.count.requests / wanted - 1)


def table_of(rows: Sequence[Row], title: str, sample: int) -> Table:
    """One line a schedule."""
    columns = ("", "knob", "requests a feed and day", "mean, min", "p95, min", "seen", "lost", "lost though shown\nfor the floor")
    table = Table(*columns, title=title)
    for row in rows:
        figures = row.figures(sample)
        knob = "" if row.knob is None else f"{row.knob:.3g}"
        numbers = (f"{figures[name]:.1f}" for name in ("requests_a_feed_and_day", "mean_minutes", "p95_minutes"))
        table.add_row(row.name, knob, *numbers, f"{figures['seen']:,}", f"{row.count.lost:,}", f"{row.count.lost_slow:,}")
    return table


def under_best(rows: Sequence[Row]) -> tuple[str, float]:
    """The rival with the least mean delay, and by what share Dateline's is under it."""
    ours, _, *rivals = rows
    best = min(rivals, key=lambda row: row.count.mean_minutes())
    return best.name, 1 - ours.count.mean_minutes() / best.count.mean_minutes()


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=100, help="feeds of one seed")
    parser.add_argument("--seeds", default="11,12,13", help="comma-separated; their feeds are measured together")
    parser.add_argument("--budgets", default="900,1800,3600", help="settings of poll_interval_seconds, comma-separated")
    parser.add_argument("--flat", action="store_true", help="outlets publish as often at any hour of the week")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    sample = [feed for seed in seeds for feed in feeds(seed, count=options.feeds, days=_DAYS, flat=options.flat)]
    results = []
    for budget in map(float, options.budgets.split(",")):
        rows = measure(sample, load_settings(poll_interval_seconds=budget))
        name, under = under_best(rows)
        when = ", round the clock" if options.flat else ""
        title = f"{len(sample)} feeds{when}, poll_interval_seconds {budget:.0f}: {under:.0%} under {name}"
        Console(width=140).print(table_of(rows, title, len(sample)))
        figures = [row.figures(len(sample)) for row in rows]
        results.append({"budget": budget, "flat": options.flat, "best_rival": name, "under": under, "rows": figures})
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
