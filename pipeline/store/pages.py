"""Finds what is stored of one page: its source, and where its response lies in the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Engine, RowMapping

from pipeline.records import SourceFacts, WarcPlace
from pipeline.store.database import transaction
from pipeline.store.queries import query
from pipeline.store.wire import source_facts
from pipeline.urls import normalise, url_sha256


@dataclass(frozen=True, kw_only=True)
class StoredPage:
    """A page that Dateline has met."""

    url: str
    url_id: int
    source: SourceFacts
    outcome: str | None  # of its URL; None: open
    article_id: int | None
    extractor: str | None  # that made the article's row
    captured_at: datetime | None
    place: WarcPlace | None  # of its response; None: not archived


class Pages:
    """Look-ups; changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_article(self, article_id: int) -> StoredPage | None:
        """The page that an article reads as."""
        with transaction(self._engine) as connection:
            row = connection.execute(query("find_page_by_article"), {"article_id": article_id}).mappings().first()
        return None if row is None else _page(row)

    def of_url(self, url: str) -> StoredPage | None:
        """The page of a URL, given in any form; of one that is another address of an article, the article's. Raises UnsafeUrlError."""
        sha256 = url_sha256(normalise(url)).hex()
        with transaction(self._engine) as connection:
            article_id = connection.execute(query("explain_alias"), {"sha256": sha256}).scalar()
            row = connection.execute(query("find_page_by_url"), {"sha256": sha256}).mappings().first()
        known = None if row is None else _page(row)
        if known is not None and known.article_id is None:
            return known
        article_id = article_id if known is None else known.article_id
        return known if article_id is None else self.of_article(article_id)

    def source_of(self, url: str) -> SourceFacts | None:
        """The source whose site a URL lies on."""
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        with transaction(self._engine) as connection:
            row = connection.execute(query("find_source_of_host"), {"hosts": [host, f"www.{host}"]}).mappings().first()
        return None if row is None else source_facts(row)


def _page(row: RowMapping) -> StoredPage:
    has_place = row["warc_file"] is not None
    return StoredPage(
        **{name: row[name] for name in ("url", "url_id", "outcome", "article_id", "extractor", "captured_at")},
        source=source_facts(row),
        place=WarcPlace(**{name: row[name] for name in WarcPlace.__dataclass_fields__}) if has_place else None,
    )
