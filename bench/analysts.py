"""Analysts' questions at size: how long each takes when it is asked again, at 100 thousand and at a million articles.

    python bench/analysts.py [--sizes 100000 1000000] [--explain "newest texts"] [--keep FOLDER]

Fills a fresh embedded Postgres with made articles (short texts; three in ten are copies), their versions and clusters, asks the questions
of bench/support/questions.sql and the examples of sql/examples, and prints milliseconds, a column a size; JSON to
bench/results/analysts.json. `--keep` leaves the database (3 GB at a million) in FOLDER; the next run fills up what is missing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, Engine, text

from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.embedded import start
from pipeline.store.migrate import migrate

_ROOT = Path(__file__).resolve().parents[1]
_RESULTS = _ROOT / "bench/results/analysts.json"
_STEP = 20_000  # articles a transaction
_FILLING = ("add_urls", "add_articles", "add_revisions", "add_clusters", "add_members", "add_edges")


def _statements(file: Path) -> dict[str, str]:
    parts = (part.split("\n", 1) for part in file.read_text(encoding="utf-8").split("-- name: ")[1:])
    return {name.strip(): body.strip().rstrip(";") for name, body in parts}


_SUPPORT = _statements(_ROOT / "bench/support/analysts.sql")


def _questions() -> dict[str, str]:
    """What is asked, by name."""
    examples = {
        file.stem: file.read_text(encoding="utf-8").replace("'herald'", "'outlet7'") for file in sorted(_ROOT.glob("sql/examples/*"))
    }
    return _statements(_ROOT / "bench/support/questions.sql") | examples


def main() -> None:
    """Fill, ask, print, for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000], help="articles in the database")
    parser.add_argument("--explain", action="append", default=[], help="print the plan of this question, at each size")
    parser.add_argument("--keep", type=Path, help="a folder in which the database stays for the next run")
    options = parser.parse_args()
    columns: dict[str, dict[str, float]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="dateline-bench-") as passing,
        start(Settings(data_folder=options.keep or Path(passing))) as postgres,
    ):
        engine = open_engine(postgres.connection_url(postgres.database))
        migrate(engine)
        with engine.connect() as connection:
            filled = connection.execute(text(_SUPPORT["filled"])).scalar_one()
        for size in sorted(options.sizes):
            started = time.perf_counter()
            if size > filled:
                _fill(engine, filled + 1, size)
                filled = size
            columns[f"{size:,}"] = _ask(engine, options.explain) | _size(engine, size, time.perf_counter() - started)
        engine.dispose()
    Console(width=110).print(_table(columns))
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(columns, indent=1), encoding="utf-8")


def _fill(engine: Engine, first: int, last: int) -> None:
    if first == 1:
        with engine.begin() as connection:
            for name in ("a_press", "a_vocabulary", "told_by_number"):
                connection.execute(text(_SUPPORT[name]))
    with engine.begin() as connection:
        connection.execute(text(_SUPPORT["unindexed"]))
    for begin in range(first, last + 1, _STEP):
        with engine.begin() as connection:
            for name in ("unchecked", "unsynced"):
                connection.execute(text(_SUPPORT[name]))
            for name in _FILLING:
                connection.execute(text(_SUPPORT[name]), {"first": begin, "last": min(last, begin + _STEP - 1)})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in ("no_limit", "indexed", "indexed_tags", "indexed_authors", "settle"):
            connection.execute(text(_SUPPORT[name]))


def _size(engine: Engine, articles: int, seconds: float) -> dict[str, float]:
    with engine.connect() as connection:
        return {
            "(bytes an article)": connection.execute(text(_SUPPORT["bytes"])).scalar_one() / articles,
            "(seconds to fill and ask)": seconds,
        }


def _ask(engine: Engine, explained: list[str]) -> dict[str, float]:
    times = {}
    with engine.connect() as connection:
        for name, question in _questions().items():
            times[name] = min(_milliseconds(connection, question) for _ in range(3))
            if name in explained:
                print("\n".join(connection.execute(text(f"EXPLAIN (ANALYZE, BUFFERS) {question}")).scalars()))
    return times


def _milliseconds(connection: Connection, question: str) -> float:
    started = time.perf_counter()
    connection.exec_driver_sql(question.replace("%", "%%")).all()
    return (time.perf_counter() - started) * 1000


def _table(columns: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table("ms, warm", *columns, title="Analysts' questions")
    for name in next(iter(columns.values())):
        table.add_row(name, *(f"{column[name]:,.1f}" for column in columns.values()))
    return table


if __name__ == "__main__":
    main()
