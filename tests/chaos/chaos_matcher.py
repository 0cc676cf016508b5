"""A process that loads stories and compares them, for the chaos tests: `python chaos_matcher.py DATABASE_URL STORIES [CONTROL]`.

It loads a few stories that nobody has loaded yet, now and then notes one for comparison again that was compared before, and matches what
waits; until all are there and compared. Any number of such processes may work on one database.
The CONTROL `one-transaction` publishes keys and looks them up in one transaction.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from pipeline.errors import DatabaseDownError
from pipeline.store import matching
from pipeline.store.database import open_engine, repeating, transaction
from pipeline.store.matching import match_all
from pipeline.store.queries import query
from pipeline.store.wire import rows_json
from pipeline.urls import article_key
from tests.stories import body, noisy

_OUT = datetime(2026, 11, 20, 12, tzinfo=UTC)
_FAMILY = 5  # stories that belong together, but for the last of them
_AHEAD = 40  # of the stories that nobody has loaded: processes meet at the same families
_AT_ONCE = 6
_REPLAYED = 0.3  # of the turns begin with a comparison that was made before
_WORDS = 160

_PRESENT = text("SELECT article_id FROM news.article")
_ADD = text("""
WITH put AS (
  INSERT INTO news.article (article_id, source_id, url_id, canonical_url, title, body, body_sha256, word_count,
                            published_at, published_precision, first_seen_at, quality, extractor)
  SELECT given.article_id, u.source_id, u.url_id, u.url, given.title, given.body, sha256(convert_to(given.body, 'UTF8')), 0,
         given.published_at, 'second', given.published_at, 1, 'chaos'
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (article_id bigint, url text, title text, body text, published_at timestamptz)
  JOIN news.url u ON u.url_sha256 = sha256(convert_to(given.url, 'UTF8'))
  ORDER BY given.article_id
  ON CONFLICT DO NOTHING
  RETURNING article_id
)
INSERT INTO news.unmatched SELECT article_id FROM put""")
PREPARE = text("""
WITH outlet AS (
  INSERT INTO news.source (slug, name, homepage)
  SELECT 'outlet' || n, 'Outlet ' || n, 'https://example.org/' FROM generate_series(0, 4) AS n
  RETURNING source_id, slug
), house AS (
  INSERT INTO news.host (host) VALUES ('example.org') RETURNING host
)
INSERT INTO news.url (url_sha256, url, source_id, host)
SELECT sha256(convert_to(given.url, 'UTF8')), given.url, outlet.source_id, house.host
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (url text, slug text) JOIN outlet USING (slug) CROSS JOIN house""")


def url_of(number: int) -> str:
    """Where a story lies."""
    return f"https://example.org/{number}"


def addresses(count: int) -> str:
    """The rows for `PREPARE`: each story of a family is another outlet's."""
    return rows_json({"url": url_of(number), "slug": f"outlet{number % _FAMILY}"} for number in range(count))


def _row(number: int) -> dict[str, Any]:
    """A story, a reworded, an equal and an abridged copy of it, and one that has nothing to do with them."""
    family, member = divmod(number, _FAMILY)
    whole = body(family, _WORDS)
    told = {0: whole, 1: noisy(whole, 0.05, family), 2: whole, 3: " ".join(whole.split()[:90])}
    return {
        "article_id": article_key(url_of(number)),
        "url": url_of(number),
        "title": f"Story {family}",
        "body": told[member] if member in told else body(1_000_000 + number, _WORDS),
        "published_at": _OUT + timedelta(minutes=member),
    }


def _turn(engine: Engine, keys: Mapping[int, int], chance: random.Random, *, together: bool) -> bool:
    """Load and compare some of these stories (numbers by key); returns whether any were left to load."""
    with transaction(engine) as connection:
        present = set(connection.execute(_PRESENT).scalars())
        absent = [number for key, number in keys.items() if key not in present]
        some = chance.sample(absent[:_AHEAD], min(len(absent), _AT_ONCE, _AHEAD))
        connection.execute(_ADD, {"rows": rows_json(map(_row, some))})
    if chance.random() < _REPLAYED and present:
        _replay(engine, chance.choices(sorted(present), k=3))
    if together:
        repeating(engine, _publish_and_match)
    else:
        match_all(engine)
    return bool(some)


def _replay(engine: Engine, ids: Sequence[int]) -> None:
    with transaction(engine) as connection:
        connection.execute(query("add_unmatched"), {"article_ids": sorted(set(ids))})


def _publish_and_match(connection: Connection) -> None:
    matching._match(connection, matching._publish_keys(connection))


def work(engine: Engine, count: int, control: Iterable[str]) -> None:
    """All turns; a database that is being killed is waited for."""
    chance, together = random.Random(os.getpid()), "one-transaction" in control
    keys = {article_key(url_of(number)): number for number in range(count)}
    while True:
        try:
            if not _turn(engine, keys, chance, together=together):
                return match_all(engine)
        except DatabaseDownError:
            time.sleep(0.1)


def main() -> None:
    """Run as the docstring of the module says."""
    database, count, *control = sys.argv[1:]
    engine = open_engine(database, pool_size=1)
    work(engine, int(count), control)
    engine.dispose()


if __name__ == "__main__":
    main()
