"""What a run shows in the Prefect UI: tables, markdown and one-line descriptions, made from rows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import AttemptOutcome, Outcome
from pipeline.steps.upkeep import UpkeepReport
from pipeline.store.rows import QueueCounts, RunLedgerRow

# What is neither a refusal of a page nor something still to come.
_NO_REFUSALS = frozenset({Outcome.LOADED, Outcome.DUPLICATE, Outcome.REDIRECTED, Outcome.FORGOTTEN, *AttemptOutcome})


@dataclass(frozen=True, kw_only=True)
class RunTotals:
    """What a run did, over all outlets."""

    outlets: int
    discovered: int
    attempts: int
    loaded: int
    revised: int
    unchanged: int
    postponed: int
    refused: int
    refusals: tuple[tuple[str, int], ...]  # by name, the most frequent first


def run_totals(rows: Sequence[RunLedgerRow]) -> RunTotals:
    """Add up a run's ledger."""
    by_outcome: Counter[str] = Counter()
    for row in rows:
        by_outcome.update(row.by_outcome)
    refusals = _refusals(by_outcome)
    return RunTotals(
        outlets=len(rows),
        discovered=sum(row.discovered for row in rows),
        attempts=sum(row.attempts for row in rows),
        loaded=by_outcome[Outcome.LOADED],
        revised=by_outcome[AttemptOutcome.REVISED],
        unchanged=by_outcome[AttemptOutcome.UNCHANGED],
        postponed=by_outcome[AttemptOutcome.POSTPONED],
        refused=sum(count for _, count in refusals),
        refusals=refusals,
    )


def _refusals(by_outcome: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((name, count) for name, count in by_outcome.most_common() if name not in _NO_REFUSALS and count)


def totals_line(totals: RunTotals) -> str:
    """One line: "213 discovered, 198 loaded, 3 revised, 40 unchanged, 12 refused"."""
    parts = [
        f"{totals.discovered:,} discovered",
        f"{totals.loaded:,} loaded",
        f"{totals.revised:,} revised",
        f"{totals.unchanged:,} unchanged",
        f"{totals.refused:,} refused",
    ]
    return ", ".join(parts + ([f"{totals.postponed:,} postponed"] if totals.postponed else []))


def run_table(rows: Sequence[RunLedgerRow]) -> list[dict[str, str | int]]:
    """A line for each outlet, as Prefect's table artifact wants them: the column names are keys."""
    return [_table_line(row) for row in sorted(rows, key=lambda row: row.source)]


def _table_line(row: RunLedgerRow) -> dict[str, str | int]:
    counts = Counter(row.by_outcome)
    refusals = _refusals(counts)
    return {
        "outlet": row.source,
        "discovered": row.discovered,
        "loaded": counts[Outcome.LOADED],
        "revised": counts[AttemptOutcome.REVISED],
        "unchanged": counts[AttemptOutcome.UNCHANGED],
        "duplicate": counts[Outcome.DUPLICATE],
        "refused": sum(count for _, count in refusals),
        "why refused": ", ".join(f"{name} {count}" for name, count in refusals),
        "postponed": counts[AttemptOutcome.POSTPONED],
    }


def run_summary(title: str, rows: Sequence[RunLedgerRow], queue: QueueCounts, errors: Sequence[str], *, seconds: float) -> str:
    """The summary of a run in Markdown: what it did in `seconds`, what was refused and why, what is left."""
    totals = run_totals(rows)
    pace = f", {totals.attempts / seconds:.1f} pages/s" if seconds > 0 and totals.attempts else ""
    lines = [
        f"## {title[:1].upper()}{title[1:]}",
        "",
        f"**{totals_line(totals)}** at {totals.outlets} outlets in {seconds:,.0f} s{pace}.",
        "",
    ]
    if totals.refusals:
        lines += ["| refused | pages |", "|---|---:|", *(f"| {name} | {count:,} |" for name, count in totals.refusals), ""]
    lines += [f"Left in the queue: {queue.due:,} due, {queue.waiting:,} waiting, {queue.leased:,} leased by runs that go on."]
    if errors:
        lines += ["", f"### {len(errors)} batches broke off", "", *(f"- `{error}`" for error in dict.fromkeys(errors))]
    return "\n".join(lines) + "\n"


def progress_percent(rows: Sequence[RunLedgerRow], queue: QueueCounts) -> float:
    """How far a run is, 0 to 100: the attempts that ended, of these and what is due or leased now."""
    ended = sum(row.attempts for row in rows)
    open_now = queue.due + queue.leased + queue.rechecks_due
    return round(100 * ended / (ended + open_now), 1) if ended + open_now else 100.0


def upkeep_line(report: UpkeepReport) -> str:
    """What the daily upkeep did, in one line."""
    made = len(report.partitions.made) + len(report.keys.made)
    dropped = len(report.partitions.dropped) + len(report.keys.dropped)
    partitions = f"{made} partitions made, {dropped} dropped"
    articles = f"{report.withdrawn} articles withdrawn"
    return f"{partitions}, {report.runs_abandoned} vanished runs ended, {articles}, {report.files_deleted} archive files deleted"


def upkeep_summary(report: UpkeepReport) -> str:
    """What the daily upkeep did, in Markdown."""
    alarms = ["### Alarms", "", *(f"- {alarm}" for alarm in report.alarms), ""] if report.alarms else []
    lines = ["## Upkeep", "", *alarms, f"- {upkeep_line(report)}", f"- {report.files_expired} archive files were past their retention"]
    lines += [f"- {report.changes_settled} entries of the change feed settled after a restore"] if report.changes_settled else []
    lines += [f"- lines counted on {report.furniture.days} days; furniture is another one at {report.furniture.outlets} outlets"]
    lines += [f"- partition {name} made" for name in (*report.partitions.made, *report.keys.made)]
    lines += [f"- partition {name} dropped" for name in (*report.partitions.dropped, *report.keys.dropped)]
    return "\n".join(lines) + "\n"
