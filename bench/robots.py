"""Right answers of robots.txt decisions on Google's and the specification's cases, and decisions a second.

    python bench/robots.py [--cases FILE]

A case is a robots.txt (base64), a user agent, a URL and the right answer, one JSON object a line. Speed is processor time over a robots.txt
of 2 KB: "read" reads the file for each decision, "kept" uses the rules that are kept. Prints one table and writes
bench/results/robots.json.
"""

from __future__ import annotations

import argparse
import base64
import json
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from support.corpora import CORPORA, at_hand

from pipeline.fetch.robots import RobotsRules

_HERE = Path(__file__).resolve().parent
_RESULTS = _HERE / "results" / "robots.json"
_GROUPS = "".join(f"User-agent: robot-{chr(97 + number)}\nDisallow: /\n" for number in range(20))
_FILE = "User-agent: *\n" + "".join(f"Disallow: /part/{number}/*.pdf\nAllow: /part/{number}/x\n" for number in range(30)) + _GROUPS
_URL = "https://www.bench.test/news/2026/11/27/a-slug-of-five-words"


def main() -> None:
    """Count and time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, default=CORPORA / "robots" / "cases.jsonl", help="one case a line, as JSON")
    file = at_hand(parser.parse_args().cases, "--cases")
    cases = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    wrong = [case["id"] for case in cases if _decide(case) != case["allow"]]
    rates = {
        "read": _a_second(lambda number: RobotsRules.parse(200, f"{_FILE}# {number}").allows(_URL, "Dateline"), times=1_000),
        "kept": _a_second(lambda number: RobotsRules.parse(200, _FILE).allows(f"{_URL}-{number}", "Dateline"), times=50_000),
    }
    table = Table("what", "value")
    table.add_row("right answers", f"{len(cases) - len(wrong)} of {len(cases)}")
    for name, rate in rates.items():
        table.add_row(f"decisions a CPU second, {name}", f"{rate:,.0f}")
    console = Console()
    console.print(table)
    console.print("other answers:", *wrong, sep="\n  ", highlight=False)
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps({"cases": len(cases), "wrong": wrong, "decisions_a_second": rates}, indent=1), encoding="utf-8")


def _decide(case: dict[str, str]) -> bool:
    body = base64.b64decode(case["robots"]).decode("utf-8", "replace")
    return RobotsRules.parse(200, body).allows(case["url"], case["ua"])


def _a_second(decide: Callable[[int], bool], *, times: int) -> float:
    started = time.process_time()
    for number in range(times):
        decide(number)
    return times / (time.process_time() - started)


if __name__ == "__main__":
    main()
