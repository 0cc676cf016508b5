"""The drift alarm on rows as the main job leaves them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from builders import source
from sqlalchemy import Engine, text

from pipeline.steps.drift import watch_drift
from pipeline.store.sources import Sources

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)

_PAGES = """
WITH page AS (
  INSERT INTO url (url, url_sha256, source_id, host, priority, first_seen_at, outcome, finished_at, article_id)
  SELECT address, sha256(address::bytea), s.source_id, :host, :priority, at, :outcome, at, CASE WHEN :outcome = 'loaded' THEN key END
  FROM source s, generate_series(0, :pages - 1) AS number,
       LATERAL (SELECT CAST(:until AS timestamptz) - (:pages - number) * interval '10 minutes' AS at,
                       format('https://%s/%s/%s', CAST(:host AS text), CAST(:batch AS text), number) AS address,
                       CAST(:first AS bigint) + number AS key) AS one
  WHERE s.slug = :slug
  RETURNING url_id, source_id, url, first_seen_at, article_id
)
INSERT INTO article (article_id, source_id, url_id, canonical_url, title, body, body_sha256, word_count, authors, published_at,
                     published_precision, first_seen_at, loaded_at, quality, extractor)
SELECT article_id, source_id, url_id, url, url, repeat(md5(url) || ' ', 60), sha256(url::bytea), 60, ARRAY['Ana Silva'],
       CASE WHEN :dated THEN first_seen_at END, CASE WHEN :dated THEN 'second' END, first_seen_at, first_seen_at, 1, 'test'
FROM page WHERE article_id IS NOT NULL
"""


class Press:
    """Writes rows of pages that were read, in order."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.batch, self.at = engine, 0, NOW - timedelta(days=3)

    def read(self, slug: str, pages: int, *, dated: bool = True, outcome: str = "loaded", priority: float = 10.0) -> None:
        self.batch += 1
        self.at += pages * timedelta(minutes=10)
        bound = {
            "slug": slug,
            "host": f"www.{slug}.test",
            "pages": pages,
            "batch": self.batch,
            "first": self.batch * 1000,
            "until": self.at,
            "dated": dated,
            "outcome": outcome,
            "priority": priority,
        }
        with self.engine.begin() as connection:
            connection.execute(text("INSERT INTO host (host) VALUES (:host) ON CONFLICT DO NOTHING"), bound)
            connection.execute(text(_PAGES), bound)

    def incidents(self) -> list[tuple[object, ...]]:
        watch_drift(self.engine, now=self.at + timedelta(minutes=1))
        with self.engine.begin() as connection:
            return [tuple(row) for row in connection.execute(text("SELECT source, open, detail FROM v_incident ORDER BY incident_id"))]


def test_a_changed_template_is_one_incident_until_its_pages_are_read_as_before(engine: Engine) -> None:
    Sources(engine).sync([source("beacon"), source("herald")])
    press = Press(engine)
    press.read("herald", 150)
    press.read("beacon", 150)
    assert press.incidents() == []
    press.read("beacon", 15, dated=False)
    [(slug, is_open, detail)] = press.incidents()
    assert (slug, is_open) == ("beacon", True) and str(detail).startswith("15 of the last 20 pages undated, usually 0%")
    press.read("beacon", 15, dated=False)
    assert [row[:2] for row in press.incidents()] == [("beacon", True)]
    press.read("beacon", 25)
    assert [row[:2] for row in press.incidents()] == [("beacon", False)]


def test_a_page_that_gives_no_article_any_more_counts_and_a_backfill_does_not(engine: Engine) -> None:
    Sources(engine).sync([source("beacon"), source("herald")])
    press = Press(engine)
    press.read("herald", 150)
    press.read("beacon", 150)
    press.read("herald", 30, outcome="too_short", priority=-10.0)
    assert press.incidents() == []
    press.read("beacon", 15, outcome="too_short")
    assert [row[:2] for row in press.incidents()] == [("beacon", True)]
