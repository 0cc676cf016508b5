"""Extraction on the pages of the simulated press, in process: what is right, and what it costs beside trafilatura.

    python bench/extraction.py [--seeds 23 29] [--articles 5]

For every page template, those kept for judging apart: pages, the share of articles whose title, body, authors and date are right, the mean
F1 of the bodies' words, refusals under another name. Then the processor time beside `trafilatura.bare_extraction` with metadata on the same
pages (comments off; each page is read by both in turn), pages a second, the slowest page and the peak of memory.
Prints one table for each group and writes bench/results/extraction.json.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from support.press_pages import Reader, ReadPage, mean_f1, press_of, truth_articles
from trafilatura import bare_extraction

from newsroom.findings import LoadedRow
from newsroom.scorecard import score
from newsroom.truth import TruthArticle

_RESULTS = Path(__file__).resolve().parent / "results" / "extraction.json"
_FIELDS = ("title", "body", "authors", "published")


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the pages of one template came to."""

    group: str  # default or judging
    template: str
    pages: int
    right: dict[str, float]  # share of articles, by field
    words: float
    misnamed: int  # refusals under another name


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What reading all pages took."""

    pages: int
    seconds: float  # of processor time
    alone_seconds: float  # trafilatura on the same pages
    slowest_seconds: float
    peak_bytes: int

    @property
    def ratio(self) -> float:
        """Pages a second, over those of trafilatura."""
        return self.alone_seconds / self.seconds


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs=2, default=(23, 29), help="of the default and of the judging templates")
    parser.add_argument("--articles", type=int, default=5, help="that each outlet prints")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    lines, pages = [], []
    for judging, seed in enumerate(options.seeds):
        press = press_of(seed, judging=bool(judging), articles=options.articles)
        reader = Reader(press)
        rows = list(reader.rows())
        pages += reader.pages
        lines += _by_template("judging" if judging else "default", truth_articles(press), rows, reader.pages)
    cost = _cost(pages)
    _show(lines, cost)
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps({"templates": [asdict(line) for line in lines], "cost": asdict(cost)}, indent=1), encoding="utf-8")


def _by_template(group: str, truth: Sequence[TruthArticle], rows: Sequence[LoadedRow], pages: Sequence[ReadPage]) -> list[Line]:
    of: dict[str, list[LoadedRow]] = defaultdict(list)
    for row, page in zip(rows, pages, strict=True):
        of[page.template].append(row)
    lines = [_line(group, template, truth, of[template]) for template in sorted(of)]
    return [*lines, _line(group, "all", truth, rows)]


def _line(group: str, template: str, truth: Sequence[TruthArticle], rows: Sequence[LoadedRow]) -> Line:
    urls = {row.url for row in rows}
    own = [article for article in truth if urls & {article.url, *article.aliases}]
    card = score(own, rows, [])
    return Line(
        group=group,
        template=template,
        pages=len(rows),
        right={name: card.accuracy[name] for name in _FIELDS},
        words=mean_f1(own, rows),
        misnamed=Counter(finding.what for finding in card.findings)["refusal"],
    )


def _cost(pages: Sequence[ReadPage]) -> Cost:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    alone = 0.0
    for page in pages:
        began = time.process_time()
        bare_extraction(page.html, url=page.url, include_comments=False, with_metadata=True)
        alone += time.process_time() - began
    spent = [page.seconds for page in pages]
    return Cost(pages=len(pages), seconds=sum(spent), alone_seconds=alone, slowest_seconds=max(spent), peak_bytes=peak)


def _show(lines: Iterable[Line], cost: Cost) -> None:
    table = Table("templates", "", "pages", *_FIELDS, "words", "misnamed", title="Extraction on the press's pages")
    for line in lines:
        shares = (f"{line.right[name]:.3f}" for name in _FIELDS)
        table.add_row(
            line.group,
            line.template.removeprefix("judging/"),
            str(line.pages),
            *shares,
            f"{line.words:.4f}",
            str(line.misnamed),
            end_section=line.template == "all",
        )
    console = Console(width=110)
    console.print(table)
    console.print(
        f"{cost.pages / cost.seconds:.0f} pages/s of processor time, {cost.ratio:.2f} times trafilatura's; "
        f"slowest page {cost.slowest_seconds:.2f} s; peak memory {cost.peak_bytes / 2**20:.0f} MB"
    )


if __name__ == "__main__":
    main()
