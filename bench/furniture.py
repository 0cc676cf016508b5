"""What leaving out the lines that return on a site's other pages is worth, on labelled real pages.

    python bench/furniture.py [--articles FOLDER] [--show]

For every page of a site of which there are others: the lines that stand on another one of them, other versions of the same story
apart, are taken for its furniture. So one page is enough, where the pipeline wants ten stories on five days: the gain is what can be
seen of two or three pages, and the losses are those of a rule that is far too bold. Prints the F1 of the texts' words before and after,
for the two halves of the sites, with 95 % intervals over pages (bootstrap), and with --show each line and whether the label has it;
writes bench/results/furniture.json.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.table import Table
from support.corpora import CORPORA, at_hand

from pipeline.blocks import Snapshot, block_of, lines_by_block
from pipeline.extract.article import Draft, read
from pipeline.extract.charset import decode_html
from pipeline.extract.context import Context
from pipeline.extract.limits import Limits
from pipeline.records import Respect, Rights, SourceFacts
from pipeline.steps.compare import word_likeness

_HERE = Path(__file__).resolve().parent
_RESULTS = _HERE / "results" / "furniture.json"
_SAMPLES = 2_000
_VERSION = 0.6  # F1 of the words of two texts from which on they tell the same story
_SOURCE = SourceFacts(source_id=0, slug="bench", homepage="https://x.test/", language=None, timezone="UTC", respect=Respect.NONE)
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One page as it is read alone, and its label."""

    site: str
    url: str
    html: str
    lines: tuple[str, ...]
    label: str


@dataclass(frozen=True, kw_only=True)
class Gain:
    """One page with and without the lines that return."""

    half: int
    before: float
    after: float
    lines: tuple[tuple[str, bool], ...]  # that were left out, and whether the label has them


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, default=CORPORA / "articles", help="labelled pages: truth.jsonl and what it names")
    parser.add_argument("--show", action="store_true", help="print every line")
    options = parser.parse_args()
    by_site: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings(at_hand(options.articles, "--articles")):
        by_site[reading.site].append(reading)
    gains = [gain for pages in by_site.values() for gain in gains_of(pages)]
    console = Console(width=140)
    if options.show:
        for line, labelled in (line for gain in gains for line in gain.lines):
            console.print(f"{'in the label' if labelled else 'not in it':<14}{line}", markup=False, highlight=False)
    console.print(_table(gains))
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps([vars(gain) for gain in gains], indent=1, ensure_ascii=False), encoding="utf-8")


def readings(folder: Path) -> Iterator[Reading]:
    """The pages of sites that have more than one."""
    with (folder / "truth.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    pages: dict[str, int] = defaultdict(int)
    for row in rows:
        pages[row["site"] or ""] += 1
    for row in rows:
        if row["site"] and pages[row["site"]] > 1:
            url, html = row["url"] or _SOURCE.homepage, decode_html(gzip.decompress((folder / row["file"]).read_bytes()), None)
            if (draft := _read(url, html, Limits())) is not None:
                yield Reading(site=row["site"], url=url, html=html, lines=draft.kept, label=row["body"])


def _read(url: str, html: str, limits: Limits) -> Draft | None:
    draft = read(html, Context(url=url, source=_SOURCE, facts=(), rights=Rights(), now=_NOW, limits=limits))
    return draft if isinstance(draft, Draft) else None


def gains_of(pages: Sequence[Reading]) -> Iterator[Gain]:
    """Each page of a site, with what the others tell of its furniture."""
    for page in pages:
        text = "\n\n".join(page.lines)
        others = [other for other in pages if other is not page and word_likeness(text, "\n\n".join(other.lines)) < _VERSION]
        if not others:
            continue
        seen = frozenset(block for other in others for block in lines_by_block("\n\n".join(other.lines)))
        again = _read(page.url, page.html, Limits(furniture=Snapshot(blocks=seen)))
        if again is None:
            continue
        labelled = lines_by_block(page.label.replace("\n", "\n\n"))
        yield Gain(
            half=hashlib.sha256(page.site.encode()).digest()[0] & 1,
            before=word_likeness(text, page.label),
            after=word_likeness("\n\n".join(again.kept), page.label),
            lines=tuple((line, block_of(line) in labelled) for line in again.furniture),
        )


def _table(gains: Sequence[Gain]) -> Table:
    table = Table(
        "half",
        "pages",
        "F1 before",
        "F1 after",
        "points",
        "95 %",
        "lines",
        "of these labelled as text",
        title="Lines of other pages left out",
    )
    for name, part in (
        ("0", [gain for gain in gains if gain.half == 0]),
        ("1", [gain for gain in gains if gain.half == 1]),
        ("both", gains),
    ):
        points = [100 * (gain.after - gain.before) for gain in part]
        low, high = _interval(points)
        lines = [labelled for gain in part for _, labelled in gain.lines]
        means = (f"{fmean(gain.before for gain in part):.4f}", f"{fmean(gain.after for gain in part):.4f}")
        table.add_row(name, str(len(part)), *means, f"{fmean(points):+.2f}", f"[{low:+.2f}, {high:+.2f}]", str(len(lines)), str(sum(lines)))
    return table


def _interval(points: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of their mean."""
    rng = random.Random(1)
    means = sorted(fmean(rng.choices(points, k=len(points))) for _ in range(_SAMPLES))
    return means[int(0.025 * _SAMPLES)], means[int(0.975 * _SAMPLES)]


if __name__ == "__main__":
    main()
