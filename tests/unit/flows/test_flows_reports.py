"""What a run shows in the Prefect UI."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.reports import progress_percent, run_summary, run_table, run_totals, totals_line, upkeep_summary
from pipeline.steps.furniture import FurnitureReport
from pipeline.steps.upkeep import UpkeepReport
from pipeline.store.rows import QueueCounts, RunLedgerRow
from pipeline.store.upkeep import BloatedTable, PartitionReport

ROWS = (
    RunLedgerRow(source="post", discovered=12, attempts=14, by_outcome={"loaded": 9, "robots": 2, "too_short": 1, "unchanged": 2}),
    RunLedgerRow(
        source="herald", discovered=3, attempts=5, by_outcome={"loaded": 1, "robots": 1, "revised": 1, "postponed": 1, "duplicate": 1}
    ),
)


def queue(due: int, leased: int = 0) -> QueueCounts:
    return QueueCounts(due=due, waiting=4, leased=leased, due_since=None, next_at=None, rechecks_due=0, unmatched=0, hosts_leased=0)


def test_totals_name_each_refusal_and_count_nothing_twice() -> None:
    totals = run_totals(ROWS)
    assert totals_line(totals) == "15 discovered, 10 loaded, 1 revised, 2 unchanged, 4 refused, 1 postponed"
    assert totals.refusals == (("robots", 3), ("too_short", 1))
    assert totals_line(run_totals(())) == "0 discovered, 0 loaded, 0 revised, 0 unchanged, 0 refused"


def test_the_table_has_a_line_for_each_outlet_in_order() -> None:
    herald, post = run_table(ROWS)
    assert (herald["outlet"], post["outlet"]) == ("herald", "post")
    assert (post["refused"], post["why refused"], post["loaded"]) == (3, "robots 2, too_short 1", 9)
    assert (herald["duplicate"], herald["postponed"]) == (1, 1)


def test_the_summary_says_what_is_left_and_each_error_once() -> None:
    text = run_summary("shift 12:05, 8 lanes", ROWS, queue(due=7), ["LeaseLostError: x", "LeaseLostError: x"], seconds=10)
    assert text.startswith("## Shift 12:05, 8 lanes\n")
    assert "at 2 outlets in 10 s, 1.9 pages/s" in text
    assert "| robots | 3 |" in text
    assert "7 due, 4 waiting" in text
    assert text.count("LeaseLostError: x") == 1
    assert "### 2 batches broke off" in text


def test_progress_is_what_ended_of_what_is_there() -> None:
    assert progress_percent(ROWS, queue(due=15, leased=4)) == 50.0
    assert progress_percent((), queue(due=0)) == 100.0
    assert progress_percent((), queue(due=3)) == 0.0


def test_upkeep_shows_its_alarms_first() -> None:
    vacuumed = datetime(2026, 11, 1, tzinfo=UTC)
    report = UpkeepReport(
        partitions=PartitionReport(made=("fetch_log_2026_12",), dropped=(), stray_rows=3),
        keys=PartitionReport(made=(), dropped=("match_key_2026_10_05",), stray_rows=0),
        stop_list=None,
        furniture=FurnitureReport(days=1, outlets=2),
        runs_abandoned=1,
        withdrawn=0,
        files_expired=0,
        files_deleted=2,
        changes_settled=5,
        bloated=(BloatedTable(table="url", live_rows=10, dead_rows=50_000, vacuumed_at=vacuumed, bytes=1),),
    )
    assert len(report.alarms) == 2
    text = upkeep_summary(report)
    line = "1 partitions made, 1 dropped, 1 vanished runs ended, 0 articles withdrawn, 2 archive files deleted"
    assert text.index("### Alarms") < text.index(line)
    assert "table url: 50,000 dead rows" in text
    assert "5 entries of the change feed settled after a restore" in text
    assert "lines counted on 1 days; furniture is another one at 2 outlets" in text
