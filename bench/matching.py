"""Matching at the size of a window: rates and processor time with real texts, look-ups, bytes, memory, and what the stop list does.

    python bench/matching.py [--sizes 10000 100000 1000000] [--match 400] [--keep FOLDER]

Fills the key table of an embedded Postgres with made keys for as many articles as asked (Zipf-like: one key in ten is one that real
texts have too, some in every fourth article), then matches real articles from the corpus against it, in a copy of it. `--keep` leaves what
was filled (2.5 GB at a million) in FOLDER, where the next run takes it up within a day or two. Processor time is compared with that of
`trafilatura.bare_extraction` with metadata over real pages, in the same process. Look-ups are timed last, of all sizes in turn, so that
what else the machine does weighs on all alike. One line for each size; JSON to bench/results/matching.json.
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
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from support.corpora import CORPORA, at_hand
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
_STATEMENTS = {
    part.split("\n", 1)[0].strip(): part.split("\n", 1)[1].strip().rstrip(";")
    for part in (_ROOT / "bench/support/matching.sql").read_text(encoding="utf-8").split("-- name: ")[1:]
}
_STEP = 50_000  # articles' keys made by one statement
_PASSES = 8  # over the articles that are looked up, of which the fastest counts
_CHUNK = 25  # articles matched at a time, as workers load them


def _run(connection: Connection, name: str, **bound: Any) -> Any:
    return connection.execute(text(_STATEMENTS[name]), bound)


@dataclass(frozen=True, kw_only=True)
class _Window:
    """A database with the keys of so many articles, to be measured."""

    size: int
    postgres: EmbeddedPostgres
    engine: Engine
    filled_per_second: float | None  # keys; None: it was there

    @property
    def slug(self) -> str:
        return f"outlet{self.size}"


def main() -> None:
    """Measure each size and print one line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="articles whose keys are in the window")
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="holds articles/ (pages) and duplicates/real.jsonl.gz (texts)")
    parser.add_argument("--match", type=int, default=400, help="real articles matched at each size")
    parser.add_argument("--keep", type=Path, help="a folder in which filled databases stay for the next run")
    options = parser.parse_args()
    corpora = at_hand(options.corpora, "--corpora")
    with gzip.open(corpora / "duplicates/real.jsonl.gz", "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    alone = _extraction(corpora / "articles")
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dateline-bench-")))
        windows = [_open(stack, folder / str(size), size, articles) for size in sorted(options.sizes)]
        measured = [_measure(window, articles[: options.match], alone) for window in windows]
        looked_up = _look_up(windows)
    results = [{"window": window.size} | figures | times for window, figures, times in zip(windows, measured, looked_up, strict=True)]
    for result in results:
        _print(result)
    target = _ROOT / "bench/results/matching.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=1), encoding="utf-8")


def _open(stack: ExitStack, folder: Path, size: int, articles: Sequence[dict[str, Any]]) -> _Window:
    """Fill a window, unless it was kept, and open a copy of it, which is dropped in the end."""
    postgres = stack.enter_context(start(Settings(data_folder=folder)))
    engine = open_engine(postgres.connection_url(postgres.database))
    migrate(engine)
    marker, rate = folder / "filled", None
    if not marker.exists():
        _add_formulas(engine, articles)
        rate = _fill(engine, 1, size)
        marker.touch()
    engine.dispose()
    _outside(postgres, "drop_copy", "make_copy")
    stack.callback(_outside, postgres, "drop_copy")
    copy = open_engine(postgres.connection_url("measured"))
    stack.callback(copy.dispose)
    return _Window(size=size, postgres=postgres, engine=copy, filled_per_second=rate)


def _outside(postgres: EmbeddedPostgres, *names: str) -> None:
    """Run statements about whole databases."""
    engine = open_engine(postgres.connection_url("postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in names:
            connection.execute(text(_STATEMENTS[name]))
    engine.dispose()


def _print(figures: dict[str, Any]) -> None:
    told = (
        f"{name}={value:,.3g}" if isinstance(value, float) else f"{name}={value:,}" for name, value in figures.items() if value is not None
    )
    print("  ".join(told), flush=True)


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


def _measure(window: _Window, batch: Sequence[dict[str, Any]], alone_ms: float) -> dict[str, Any]:
    """Match the articles, make the stop list, match what it changed."""
    engine = window.engine
    with engine.begin() as connection:
        source_id = _run(connection, "an_outlet", slug=window.slug).scalar_one()
        _run(connection, "a_host", slug=window.slug)
        before = _run(connection, "size").one()
    matched = _match(engine, window.postgres, batch, source_id=source_id, slug=window.slug)
    unstopped = _quantiles(_times([window])[0])
    renewal = time.perf_counter()
    renew_stop_list(engine)
    renewal = time.perf_counter() - renewal
    match_all(engine)
    with engine.begin() as connection:
        stopped = _run(connection, "size").one().stopped
    return {
        "keys filled/s": window.filled_per_second,
        **matched,
        "of trafilatura": matched["own ms each"] / alone_ms,
        "p50 ms without stop list": unstopped[0],
        "p95 ms without stop list": unstopped[1],
        "stop keys": stopped,
        "stop list made in s": renewal,
        "bytes an article": float(before.bytes) / window.size,
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


def _look_up(windows: Sequence[_Window]) -> list[dict[str, float]]:
    """For each window p50 and p95 of one article's look-up, warm, with the stop list, and how much longer they are than the first's."""
    quantiles = [_quantiles(times) for times in _times(windows)]
    first = quantiles[0]
    return [{"p50 ms": p50, "p95 ms": p95, "p50 ratio": p50 / first[0], "p95 ratio": p95 / first[1]} for p50, p95 in quantiles]


def _times(windows: Sequence[_Window]) -> list[list[float]]:
    """Milliseconds of each article's look-up in each window: the fastest of several, the windows in turn, as others use the machine."""
    with ExitStack() as stack:
        asked = []
        for window in windows:
            connection = stack.enter_context(window.engine.connect())
            asked.append((connection, list(_run(connection, "some_articles", slug=window.slug, most=200).scalars())))
        passes = [[[_timed(connection, one) for one in ids] for connection, ids in asked] for _ in range(_PASSES)]
    return [[min(of_one) for of_one in zip(*of_window, strict=True)] for of_window in zip(*passes, strict=True)]


def _quantiles(times: Sequence[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


def _timed(connection: Connection, article_id: int) -> float:
    connection.execute(query("share_stop_list"))
    begun = time.perf_counter()
    connection.execute(query("find_candidates"), {"article_ids": [article_id], "least": MIN_SHARED_KEYS, "crowd": CROWD}).all()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
