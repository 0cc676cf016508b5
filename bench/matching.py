"""Matching at the size of a window: rates and processor time with real texts, look-ups, bytes, memory, and what the stop list does.

    python bench/matching.py [--sizes 10000 100000 1000000] [--match 400]

Fills the key table of a fresh embedded Postgres with made keys for as many articles as asked (Zipf-like: one key in ten is one that real
texts have too, some in every fourth article), then matches real articles from the corpus against it. Processor time is compared with that
of `trafilatura.bare_extraction` with metadata over real pages, in the same process. One line for each size; JSON to
bench/results/matching.json.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from support.processes import family, living
from trafilatura import bare_extraction

from pipeline.dedupe.fingerprint import profile
from pipeline.dedupe.match import MIN_SHARED_KEYS
from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.embedded import EmbeddedPostgres, start
from pipeline.store.keys import renew_stop_list
from pipeline.store.matching import CROWD, match_all
from pipeline.store.migrate import migrate
from pipeline.store.queries import query
from pipeline.store.wire import rows_json
from pipeline.urls import article_key

_ROOT = Path(__file__).resolve().parents[1]
_CORPORA = _ROOT.parent / "shared/corpora"
_STATEMENTS = {
    part.split("\n", 1)[0].strip(): part.split("\n", 1)[1].strip().rstrip(";")
    for part in (_ROOT / "bench/support/matching.sql").read_text(encoding="utf-8").split("-- name: ")[1:]
}
_STEP = 50_000  # articles' keys made by one statement
_PASSES = 5  # over the articles that are looked up, of which the fastest counts
_CHUNK = 25  # articles matched at a time, as workers load them


def _run(connection: Connection, name: str, **bound: Any) -> Any:
    return connection.execute(text(_STATEMENTS[name]), bound)


def main() -> None:
    """Measure each size and print one line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="articles whose keys are in the window")
    parser.add_argument(
        "--articles", type=Path, default=_CORPORA / "duplicates/real.jsonl.gz", help="gzipped JSON lines with id, text, time"
    )
    parser.add_argument("--pages", type=Path, default=_CORPORA / "articles", help="real pages, for the comparison with trafilatura")
    parser.add_argument("--match", type=int, default=400, help="real articles matched at each size")
    options = parser.parse_args()
    with gzip.open(options.articles, "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    alone = _extraction(options.pages)
    results = []
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder, start(Settings(data_folder=Path(folder))) as postgres:
        engine = open_engine(postgres.connection_url(postgres.database))
        migrate(engine)
        _add_formulas(engine, articles)
        filled = 0
        for place, size in enumerate(sorted(options.sizes)):
            rate = _fill(engine, filled + 1, size)
            filled = size
            batch = articles[place * options.match : (place + 1) * options.match]
            measured = _measure(engine, postgres, size, batch, slug=f"outlet{place}")
            results.append({"window": size, "keys filled/s": rate, **measured, "of trafilatura": _share(measured, alone)})
            _print(results[-1])
        engine.dispose()
    target = _ROOT / "bench/results/matching.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=1), encoding="utf-8")


def _print(figures: dict[str, Any]) -> None:
    told = (f"{name}={value:,.3g}" if isinstance(value, float) else f"{name}={value:,}" for name, value in figures.items())
    print("  ".join(told), flush=True)


def _share(measured: dict[str, Any], alone_ms: float) -> float:
    return float(measured["own ms each"]) / alone_ms


def _extraction(folder: Path, *, most: int = 40) -> float:
    """Milliseconds of processor time of plain trafilatura a page, once it is warm."""
    pages = [gzip.decompress(file.read_bytes()).decode("utf-8", "replace") for file in sorted(folder.rglob("*.html.gz"))[::13][:most]]
    for _ in range(2):
        begun = time.process_time()
        for page in pages:
            bare_extraction(page, include_comments=False, with_metadata=True)
        each = (time.process_time() - begun) / len(pages) * 1000
    print(f"trafilatura: {each:.1f} ms of processor time a page, {len(pages)} pages")
    return each


def _add_formulas(engine: Engine, articles: Sequence[dict[str, Any]]) -> None:
    keys = {key for one in articles for key in profile(one["text"].partition("\n")[2]).keys}
    with engine.begin() as connection:
        _run(connection, "add_formulas", keys=sorted(keys))
        _run(connection, "index_formulas")


def _fill(engine: Engine, first: int, last: int) -> float:
    """Make keys of these articles; returns how many a second."""
    with engine.begin() as connection:
        _run(connection, "past_partitions").all()
    started = time.perf_counter()
    with engine.begin() as connection:
        _run(connection, "drop_index")
    for begin in range(first, last + 1, _STEP):
        with engine.begin() as connection:
            _run(connection, "no_limit")
            _run(connection, "fill_keys", first=begin, last=min(last, begin + _STEP - 1))
    with engine.begin() as connection:
        for statement in ("no_limit", "enough_memory", "make_index"):
            _run(connection, statement)
    rate = 30 * (last - first + 1) / (time.perf_counter() - started)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _run(connection, "settle")
    return rate


def _measure(engine: Engine, postgres: EmbeddedPostgres, size: int, batch: Sequence[dict[str, Any]], *, slug: str) -> dict[str, Any]:
    with engine.begin() as connection:
        source_id = _run(connection, "an_outlet", slug=slug).scalar_one()
        _run(connection, "a_host", slug=slug)
        before = _run(connection, "size").one()
    matched = _match(engine, postgres, batch, source_id=source_id, slug=slug)
    unstopped = _look_up(engine, slug)
    renewal = time.perf_counter()
    renew_stop_list(engine)
    renewal = time.perf_counter() - renewal
    stopped = _look_up(engine, slug)
    match_all(engine)
    with engine.begin() as connection:
        after = _run(connection, "size").one()
    return {
        **matched,
        "p50 ms": unstopped[0],
        "p95 ms": unstopped[1],
        "p50 ms with stop list": stopped[0],
        "p95 ms with stop list": stopped[1],
        "stop keys": after.stopped,
        "stop list made in s": renewal,
        "bytes an article": float(before.bytes) / size,
        "bytes a key": float(before.bytes) / max(1, before.keys),
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _match(engine: Engine, postgres: EmbeddedPostgres, batch: Sequence[dict[str, Any]], *, source_id: int, slug: str) -> dict[str, float]:
    """Insert the articles and match them in chunks; only the matching is timed."""
    wall = processor = server = 0.0
    for start_at in range(0, len(batch), _CHUNK):
        rows = rows_json(_row(one, slug) for one in batch[start_at : start_at + _CHUNK])
        with engine.begin() as connection:
            _run(connection, "add_articles", rows=rows, source_id=source_id, slug=slug)
        server_before, wall_before, before = _server_seconds(postgres), time.perf_counter(), time.process_time()
        match_all(engine)
        processor += time.process_time() - before
        wall += time.perf_counter() - wall_before
        server += _server_seconds(postgres) - server_before
    each = 1000 / len(batch)
    return {"matched/s": len(batch) / wall, "own ms each": processor * each, "Postgres ms each": server * each}


def _server_seconds(postgres: EmbeddedPostgres) -> float:
    """Processor time of all of Postgres's processes, to a hundredth of a second."""
    return sum(process.cpu_seconds for process in family(living(), postgres.postmaster_pid))


def _row(one: dict[str, Any], slug: str) -> dict[str, Any]:
    title, _, body = one["text"].partition("\n")
    url = f"https://{slug}.example/{one['id']}"
    title = title.strip() or "untitled"
    return {"article_id": article_key(url), "url": url, "title": title[:2000], "body": body, "published_at": one["time"] or None}


def _look_up(engine: Engine, slug: str) -> tuple[float, float]:
    """p50 and p95 of one article's look-up in milliseconds, warm: for each article the fastest time of five, as others use the machine."""
    with engine.connect() as connection:
        ids = list(_run(connection, "some_articles", slug=slug, most=200).scalars())
        passes = [[_timed(connection, article_id) for article_id in ids] for _ in range(_PASSES)]
    times = [min(of_one) for of_one in zip(*passes, strict=True)]
    cuts = statistics.quantiles(times, n=20)
    return statistics.median(times), cuts[18]


def _timed(connection: Connection, article_id: int) -> float:
    connection.execute(query("share_stop_list"))
    begun = time.perf_counter()
    connection.execute(query("find_candidates"), {"article_ids": [article_id], "least": MIN_SHARED_KEYS, "crowd": CROWD}).all()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
