"""Articles of several outlets put straight into the tables, for the tests of matching."""

from __future__ import annotations

from builders import article, finished, pages_by_url
from desk import Desk

from pipeline.urls import article_key


class Newsstand:
    """Each outlet has one story; its key is known beforehand."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def print(self, slug: str, body: str, *, title: str | None = None) -> int:
        """Load a story at an outlet of its own, as a worker would; returns the article's id. Nobody has compared it yet."""
        self.desk.add_source(slug, range(1))
        batch = self.desk.claim()
        url = f"https://www.{slug}.test/news/0"
        self.desk.load(batch, finished(pages_by_url(batch)[url], article(1, body=body, title=title or f"Story of {slug}")))
        self.desk.release(batch)
        return article_key(url)

    def set_status(self, status: str, *article_ids: int) -> None:
        """What looks would have found."""
        change = (
            "UPDATE news.article SET status = :status, gone_at = CASE WHEN :status <> 'live' THEN now() END WHERE article_id = ANY(:ids)"
        )
        self.desk.rows(change, status=status, ids=list(article_ids))

    def edges(self) -> set[tuple[int, int, str]]:
        return {tuple(row) for row in self.desk.rows("SELECT low_id, high_id, kind FROM news.edge")}

    def clusters(self) -> set[frozenset[int]]:
        return {frozenset(row[0]) for row in self.desk.rows("SELECT array_agg(article_id) FROM news.cluster_member GROUP BY cluster_id")}

    def waiting(self) -> set[int]:
        return {row[0] for row in self.desk.rows("SELECT article_id FROM news.unmatched")}
