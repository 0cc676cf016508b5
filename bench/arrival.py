"""Whether clusters depend on the order in which articles come, and on how many matchers compare them at once.

    python bench/arrival.py [--shuffles 1 2 3] [--matchers 4] [--corpora ../shared/corpora]

Loads both sets of real articles (duplicates/perturbed.jsonl.gz, real.jsonl.gz) into an embedded Postgres: as they stand by one matcher,
then in each shuffled order by several at once, a few articles at a time; then makes the stop list and compares what it changed. Prints for
each order how many articles lie in a cluster with another id, and how many edges differ, from the first.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from support.corpora import CORPORA, at_hand

from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.embedded import EmbeddedPostgres, start
from pipeline.store.keys import renew_stop_list
from pipeline.store.matching import match_all
from pipeline.store.migrate import migrate
from pipeline.store.wire import rows_json
from pipeline.urls import article_key

_ROOT = Path(__file__).resolve().parents[1]
_STATEMENTS = {
    part.split("\n", 1)[0].strip(): part.split("\n", 1)[1].strip().rstrip(";")
    for part in (_ROOT / "bench/support/matching.sql").read_text(encoding="utf-8").split("-- name: ")[1:]
}
_AT_ONCE = 10  # articles that are loaded together


class _Result(NamedTuple):
    """What matching made of a set."""

    clusters: dict[int, int]  # by article, of those that have copies
    edges: set[tuple[int, int, str]]


def _run(connection: Connection, name: str, **bound: Any) -> Any:
    return connection.execute(text(_STATEMENTS[name]), bound)


def main() -> None:
    """Compare each order with the first and print one line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shuffles", type=int, nargs="+", default=[1, 2, 3], help="seeds of other orders")
    parser.add_argument("--matchers", type=int, default=4, help="processes that load and compare at once")
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="holds duplicates/")
    options = parser.parse_args()
    corpora = at_hand(options.corpora, "--corpora")
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder, start(Settings(data_folder=Path(folder))) as postgres:
        for name in ("perturbed", "real"):
            with gzip.open(corpora / f"duplicates/{name}.jsonl.gz", "rt", encoding="utf-8") as file:
                articles = [_with_slug(json.loads(line)) for line in file]
            first = _matched(postgres, f"{name}_alone", articles, matchers=1)
            stories = len(set(first.clusters.values()))
            print(
                f"{name}: {len(articles):,} articles, {len(first.edges):,} edges, {len(first.clusters):,} articles in {stories:,} clusters"
            )
            for seed in options.shuffles:
                shuffled = random.Random(seed).sample(articles, len(articles))
                other = _matched(postgres, f"{name}_{seed}", shuffled, matchers=options.matchers)
                moved = {key for key in first.clusters | other.clusters if first.clusters.get(key) != other.clusters.get(key)}
                differing = len(first.edges ^ other.edges)
                print(
                    f"  shuffle {seed}, {options.matchers} matchers: {len(moved)} in another cluster, {differing} edges differ", flush=True
                )


def _matched(postgres: EmbeddedPostgres, database: str, articles: Sequence[dict[str, Any]], *, matchers: int) -> _Result:
    """Load the articles in their order and compare them."""
    postgres.ensure_database(database)
    url = postgres.connection_url(database)
    engine = open_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        for slug in sorted({one["slug"] for one in articles}):
            _run(connection, "an_outlet", slug=slug)
            _run(connection, "a_host", slug=slug)
    chunks = [articles[at : at + _AT_ONCE] for at in range(0, len(articles), _AT_ONCE)]
    with ProcessPoolExecutor(matchers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_load_and_match, [url] * matchers, [chunks[number::matchers] for number in range(matchers)]))
    match_all(engine)
    renew_stop_list(engine)
    match_all(engine)
    with engine.begin() as connection:
        clusters = {row.article_id: row.cluster_id for row in _run(connection, "members")}
        edges = {(row.low_id, row.high_id, row.kind) for row in _run(connection, "edges")}
    engine.dispose()
    return _Result(clusters, edges)


def _load_and_match(url: str, chunks: Sequence[Sequence[dict[str, Any]]]) -> None:
    engine = open_engine(url)
    for chunk in chunks:
        for slug in sorted({one["slug"] for one in chunk}):
            rows = rows_json(_row(one) for one in chunk if one["slug"] == slug)
            with engine.begin() as connection:
                source_id = _run(connection, "outlet_called", slug=slug).scalar_one()
                _run(connection, "add_articles", rows=rows, source_id=source_id, slug=slug)
        match_all(engine)
    engine.dispose()


def _with_slug(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"slug": re.sub(r"[^a-z0-9]+", "-", str(one["site"]).lower()).strip("-") or "nobody"}


def _row(one: dict[str, Any]) -> dict[str, Any]:
    title, _, body = one["text"].partition("\n")
    url = f"https://bench.example/{one['id']}"
    return {
        "article_id": article_key(url),
        "url": url,
        "title": title.strip()[:2000] or "untitled",
        "body": body,
        "published_at": one["time"] or None,
    }


if __name__ == "__main__":
    main()
