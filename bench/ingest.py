"""The main job on real pages, beside trafilatura alone: pages a second, processor time, memory.

    python bench/ingest.py [--articles FOLDER] [--copies 8] [--without-prefect] [--memory]

Serves each page several times under other paths on loopback, without a pace between requests, and drains them into a fresh embedded
Postgres: as a run on a Prefect server and, with --without-prefect, once more as `dateline ingest`. Before and after each drain trafilatura
alone extracts the same pages in two processes. With --memory it drains about 1,000 and 10,000 pages instead, to compare the memory.
Prints one table and writes bench/results/ingest.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from support.corpora import CORPORA, at_hand
from support.corpus_press import read_pages
from support.drains import Drain, drain_with_command, drain_with_prefect, settings_of
from support.extractor_alone import Alone, measure_alone
from support.served import serve

from pipeline.records import SourceSpec
from pipeline.settings import Settings

_HERE = Path(__file__).resolve().parent
_RESULTS = _HERE / "results" / "ingest.json"
_FEW, _MANY = 1_000, 10_000  # pages between which memory must not grow
Measure = Callable[[Settings, Sequence[SourceSpec]], Drain]


@dataclass(frozen=True, kw_only=True)
class Result:
    """A drain, and the passes of trafilatura alone around it."""

    name: str
    drain: Drain
    alone: tuple[Alone, ...]

    @property
    def pages_a_second(self) -> float:
        return self.drain.totals.attempts / self.drain.seconds

    @property
    def alone_a_second(self) -> float:
        return statistics.mean(alone.pages / alone.seconds for alone in self.alone)

    @property
    def ratio(self) -> float:
        return self.pages_a_second / self.alone_a_second

    @property
    def cpu_ratio(self) -> float:
        """The same by processor time, everything that took part included: on a machine that others use too, it wavers less."""
        alone = statistics.mean(alone.cpu_seconds / alone.pages for alone in self.alone)
        return alone / (self.drain.cpu_seconds / self.drain.totals.attempts)


def measure(name: str, drain: Measure, articles: Path, *, copies: int, beside: bool = True) -> Result:
    """One drain in a fresh database; `beside`: with trafilatura alone before and after it."""
    files = [articles / row["file"] for row in read_pages(articles)]
    passes = [measure_alone(files)] if beside else []
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder, serve(articles, copies=copies) as sources:
        drained = drain(settings_of(Path(folder)), sources)
    passes += [measure_alone(files)] if beside else []
    return Result(name=name, drain=drained, alone=tuple(passes))


def table_of(results: Sequence[Result]) -> Table:
    """A column for each drain, and one for trafilatura alone."""
    columns = [_lines(result) for result in results]
    passes = [alone for result in results for alone in result.alone]
    if passes:
        columns.append(_alone_lines(passes))
    table = Table("", *(result.name for result in results), *(["trafilatura alone"] if passes else []))
    for name in columns[0]:
        table.add_row(name, *(column.get(name, "") for column in columns))
    return table


def _lines(result: Result) -> dict[str, str]:
    drain = result.drain
    pages = drain.totals.attempts
    lines = {
        "page fetches": f"{pages:,}",
        "rows": f"{drain.totals.loaded:,}",
        "duplicates of a row": f"{drain.duplicates:,}",
        "refused": ", ".join(f"{count} {name}" for name, count in drain.totals.refusals) or "none",
        "ledger": "balanced" if drain.balanced else "NOT BALANCED",
        "start-up, s": f"{drain.startup_seconds:.1f}",
        "first claim to last commit, s": f"{drain.seconds:.1f}",
        "pages/s": f"{result.pages_a_second:.1f}",
        "peak memory, MB": f"{drain.worker.peak_bytes / 1e6:.0f}",
        "CPU s a page": f"{drain.worker.cpu_seconds / pages:.4f}",
    }
    lines["  of the flow's process"] = f"{drain.alone.own_seconds / pages:.4f}"
    others = {"Postgres": drain.postgres, "Prefect's server, worker": drain.prefect, "the press": drain.press}
    lines |= {f"  of {name}": f"{usage.cpu_seconds / pages:.4f}" for name, usage in others.items()}
    if result.alone:
        lines["pages/s, to trafilatura"] = f"{result.ratio:.2f}"
        lines["  as CPU time says"] = f"{result.cpu_ratio:.2f}"
    return lines


def _alone_lines(passes: Sequence[Alone]) -> dict[str, str]:
    each = ", ".join(f"{alone.pages / alone.seconds:.1f}" for alone in passes)
    return {
        "page fetches": f"{passes[0].pages:,} × {len(passes)}",
        "pages/s": f"{statistics.mean(alone.pages / alone.seconds for alone in passes):.1f} ({each})",
        "CPU s a page": f"{statistics.mean(alone.cpu_seconds / alone.pages for alone in passes):.4f}",
        "peak memory, MB": f"{max(alone.peak_bytes for alone in passes) / 1e6:.0f}",
    }


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, default=CORPORA / "articles", help="folder with truth.jsonl and gzipped pages")
    parser.add_argument("--copies", type=int, default=8, help="how many times each page is served")
    parser.add_argument("--without-prefect", action="store_true", help="measure `dateline ingest` too")
    parser.add_argument("--memory", action="store_true", help="compare the memory of few and many pages")
    options = parser.parse_args()
    at_hand(options.articles / "truth.jsonl", "--articles")
    results = _compare_memory(options.articles) if options.memory else _measure_speed(options)
    Console().print(table_of(results))
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps([_as_json(result) for result in results], indent=2) + "\n", encoding="utf-8")


def _measure_speed(options: argparse.Namespace) -> list[Result]:
    measures = [("dateline, as a Prefect run", drain_with_prefect)]
    if options.without_prefect:
        measures.append(("dateline ingest, without Prefect", drain_with_command))
    return [measure(name, drain, options.articles, copies=options.copies) for name, drain in measures]


def _compare_memory(articles: Path) -> list[Result]:
    pages = len(read_pages(articles))
    counts = [-(-wanted // pages) for wanted in (_FEW, _MANY)]
    return [measure(f"{copies * pages:,} pages", drain_with_prefect, articles, copies=copies, beside=False) for copies in counts]


def _as_json(result: Result) -> dict[str, Any]:
    figures = {"pages_a_second": result.pages_a_second, **({"ratio": result.ratio, "cpu_ratio": result.cpu_ratio} if result.alone else {})}
    return {**asdict(result), **figures}


if __name__ == "__main__":
    main()
