"""What some benchmarks measure on and the project does not hold: pages, texts, feeds and robots.txt cases of others."""

from __future__ import annotations

import sys
from pathlib import Path

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"


def at_hand(path: Path, option: str) -> Path:
    """`path`; where it is missing, the benchmark ends here and says so. It has not failed: `make bench` goes on with the next one."""
    if not path.exists():
        sys.stdout.write(f"{Path(sys.argv[0]).name} is left out: there is no {path}; {option} names another place\n")
        sys.exit(0)
    return path
