"""Matching at the size of a window: rates and processor time with real texts, look-ups, bytes, and what the stop list does.

Fills the key table of a fresh embedded Postgres with made keys (Zipf-like, made by the server) for as many articles as asked, then
matches real articles from the corpus against it. One line for each size; JSON to bench/results/matching.json.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from pipeline.dedupe.match import MIN_SHARED_KEYS
from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.embedded import start
from pipeline.store.keys import renew_stop_list
from pipeline.store.matching import match_all
from pipeline.store.migrate import migrate
from pipeline.store.queries import query
from pipeline.store.wire import rows_json
from pipeline.urls import article_key

_ROOT = Path(__file__).resolve().parents[1]
_CORPUS = _ROOT.parent / "shared/corpora/duplicates/real.jsonl.gz"
_STATEMENTS = {
    part.split("\n", 1)[0].strip(): part.split("\n", 1)[1].strip().rstrip(";")
    for part in (_ROOT / "bench/support/matching.sql").read_text(encoding="utf-8").split("-- name: ")[1:]
}
_STEP = 50_000  # articles' keys made by one statement


def _run(connection: Connection, name: str, **bound: Any) -> Any:
    return connection.execute(text(_STATEMENTS[name]), bound)


def main() -> None:
    """Measure each size and print one line for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="articles whose keys are in the window")
    parser.add_argument("--articles", type=Path, default=_CORPUS, help="gzipped JSON lines with id, text, time")
    parser.add_argument("--match", type=int, default=300, help="real articles matched at each size")
    options = parser.parse_args()
    with gzip.open(options.articles, "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    results = []
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder, start(Settings(data_folder=Path(folder))) as postgres:
        engine = open_engine(postgres.connection_url(postgres.database))
        migrate(engine)
        filled = 0
        for place, size in enumerate(sorted(options.sizes)):
            _fill(engine, filled + 1, size)
            filled = size
            batch = articles[place * options.match : (place + 1) * options.match]
            results.append(_measure(engine, size, batch, slug=f"outlet{place}"))
            print(
                "  ".join(
                    f"{name}={value:,.3g}" if isinstance(value, float) else f"{name}={value:,}" for name, value in results[-1].items()
                )
            )
        engine.dispose()
    target = _ROOT / "bench/results/matching.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=1), encoding="utf-8")


def _fill(engine: Engine, first: int, last: int) -> None:
    with engine.begin() as connection:
        _run(connection, "past_partitions").all()
    for begin in range(first, last + 1, _STEP):
        with engine.begin() as connection:
            _run(connection, "fill_keys", first=begin, last=min(last, begin + _STEP - 1))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _run(connection, "settle")


def _measure(engine: Engine, size: int, batch: Sequence[dict[str, Any]], *, slug: str) -> dict[str, Any]:
    with engine.begin() as connection:
        source_id = _run(connection, "an_outlet", slug=slug).scalar_one()
        _run(connection, "a_host", slug=slug)
        _run(connection, "add_articles", rows=rows_json(_row(one, slug) for one in batch), source_id=source_id, slug=slug)
        before = _run(connection, "size").one()
    wall, processor = time.perf_counter(), time.process_time()
    match_all(engine)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    unstopped = _look_up(engine)
    renew_stop_list(engine)
    stopped = _look_up(engine)
    match_all(engine)
    with engine.begin() as connection:
        after = _run(connection, "size").one()
    return {
        "window": size,
        "matched/s": len(batch) / wall,
        "own ms each": processor / len(batch) * 1000,
        "p50 ms": unstopped[0],
        "p95 ms": unstopped[1],
        "p50 ms with stop list": stopped[0],
        "p95 ms with stop list": stopped[1],
        "stop keys": after.stopped,
        "bytes an article": float(before.bytes) / size,
        "bytes a key": float(before.bytes) / max(1, before.keys),
    }


def _row(one: dict[str, Any], slug: str) -> dict[str, Any]:
    title, _, body = one["text"].partition("\n")
    url = f"https://{slug}.example/{one['id']}"
    title = title.strip() or "untitled"
    return {"article_id": article_key(url), "url": url, "title": title[:2000], "body": body, "published_at": one["time"] or None}


def _look_up(engine: Engine) -> tuple[float, float]:
    """p50 and p95 of one article's look-up in milliseconds, the second time over the same articles (warm)."""
    with engine.connect() as connection:
        ids = list(_run(connection, "some_articles", most=200).scalars())
        for _ in range(2):
            times = [_timed(connection, article_id) for article_id in ids]
    cuts = statistics.quantiles(times, n=20)
    return statistics.median(times), cuts[18]


def _timed(connection: Connection, article_id: int) -> float:
    begun = time.perf_counter()
    connection.execute(query("find_candidates"), {"article_ids": [article_id], "least": MIN_SHARED_KEYS}).all()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
