"""Articles of several outlets put straight into the tables, for the tests of matching."""

from __future__ import annotations

from builders import article, finished, pages_by_url
from desk import Desk

from pipeline.store.queries import query
from pipeline.urls import article_key
from tests.stories import body

STORY = body(1, 400)


def pair(one: int, other: int, kind: str) -> tuple[int, int, str]:
    """Two articles as an edge names them."""
    return min(one, other), max(one, other), kind


class Newsstand:
    """Each outlet has one story; its key is known beforehand."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def print(self, slug: str, text: str, *, title: str | None = None) -> int:
        """Load a story at an outlet of its own, as a worker would; returns the article's id. Nobody has compared it yet."""
        self.desk.add_source(slug, range(1))
        batch = self.desk.claim()
        url = f"https://www.{slug}.test/news/0"
        self.desk.load(batch, finished(pages_by_url(batch)[url], article(1, body=text, title=title or f"Story of {slug}")))
        self.desk.release(batch)
        return article_key(url)

    def set_status(self, status: str, *article_ids: int) -> None:
        """What looks would have found."""
        change = (
            "UPDATE news.article SET status = :status, gone_at = CASE WHEN :status <> 'live' THEN now() END WHERE article_id = ANY(:ids)"
        )
        self.desk.rows(change, status=status, ids=list(article_ids))

    def rewrite(self, article_id: int, text: str) -> None:
        """What a recheck that finds an edit does to the tables of matching."""
        with self.desk.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE news.article SET body = %s, body_sha256 = sha256(convert_to(%s, 'UTF8')) WHERE article_id = %s",
                (text, text, article_id),
            )
            connection.execute(query("add_unmatched"), {"article_ids": [article_id]})

    def edges(self) -> set[tuple[int, int, str]]:
        return {tuple(row) for row in self.desk.rows("SELECT low_id, high_id, kind FROM news.edge")}

    def clusters(self) -> set[frozenset[int]]:
        return {frozenset(row[0]) for row in self.desk.rows("SELECT array_agg(article_id) FROM news.cluster_member GROUP BY cluster_id")}

    def waiting(self) -> set[int]:
        return {row[0] for row in self.desk.rows("SELECT article_id FROM news.unmatched")}
