"""The ledger as commands print it: what became of every URL, and whether the sum is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.output import print_table
from pipeline.records import Outcome
from pipeline.store.rows import LedgerRow

_NOT_REFUSED = {Outcome.LOADED, Outcome.DUPLICATE, Outcome.REDIRECTED, Outcome.FORGOTTEN}


def refusals(by_outcome: Mapping[str, int]) -> dict[str, int]:
    """The refusals among the outcomes, the most frequent first."""
    refused = {name: count for name, count in by_outcome.items() if name not in _NOT_REFUSED}
    return dict(sorted(refused.items(), key=lambda item: (-item[1], item[0])))


def ledger_line(total: LedgerRow) -> str:
    """The ledger in one line: "412 discovered = 3 open + 380 loaded + 20 robots + 9 http_gone: balanced"."""
    outcomes = sorted(total.by_outcome.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{total.open:,} open", *(f"{count:,} {name}" for name, count in outcomes)]
    verdict = "balanced" if total.balanced else f"NOT BALANCED ({total.ended:,} ended, {total.articles:,} articles)"
    return f"{total.discovered:,} discovered = {' + '.join(parts)}: {verdict}"


def print_ledger(rows: Sequence[LedgerRow]) -> None:
    """The ledger by source."""
    print_table(
        "Ledger",
        ("source", "discovered", "loaded", "duplicate", "redirected", "open", "refused", "why"),
        [
            (
                row.source,
                row.discovered,
                *(row.by_outcome.get(name, 0) for name in (Outcome.LOADED, Outcome.DUPLICATE, Outcome.REDIRECTED)),
                row.open,
                *_why(row),
            )
            for row in rows
        ],
    )


def _why(row: LedgerRow) -> tuple[int, str]:
    refused = refusals(row.by_outcome)
    return sum(refused.values()), ", ".join(f"{name} {count:,}" for name, count in refused.items())
