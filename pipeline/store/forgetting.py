"""Forgetting: removes what is stored of a URL or a source and leaves a tombstone, so that it never comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Engine

from pipeline.records import WarcPlace
from pipeline.store.clustering import cluster_touched
from pipeline.store.database import repeating, transaction
from pipeline.store.queries import query
from pipeline.store.selecting import read
from pipeline.store.wire import rows_json
from pipeline.urls import normalise, other_forms, story_mark, url_sha256

# In the order in which the tables' references allow it.
_STEPS = (
    "forget_tombstones",
    "forget_note_scrubs",
    "forget_blocks",
    "forget_edges",
    "forget_clusters",
    "forget_keys",
    "forget_fingerprints",
    "forget_unmatched",
    "forget_rechecks",
    "forget_reextractions",
    "forget_revisions",
    "forget_aliases",
    "forget_url_texts",
    "forget_articles",
    "forget_captures",
    "forget_sightings",
    "forget_attempts",
    "forget_fetches",
    "forget_changes",
)


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What one step of forgetting removed."""

    articles: tuple[int, ...]
    urls: int  # rows of `url` that were blanked


class Forgetting:
    """Needs the rights of the tables' owner. What lies in the archive is noted in `scrub` until it is wiped there too."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def url(self, url: str, *, reason: str) -> Forgotten:
        """Forget a URL, given in any form, with its article and all addresses of that; an unknown one gets its tombstone as well.

        Raises UnsafeUrlError for what is no http(s) URL.
        """
        return repeating(self._engine, partial(_forget_url, url=normalise(url), reason=reason))

    def source(self, slug: str, *, reason: str, chunk: int = 200) -> Forgotten:
        """Forget all URLs of a source, a chunk a transaction; begun again after an interruption it goes on where it was.

        The source itself and its endpoints stay: retire it first, or it goes on with what it publishes next.
        """
        articles: list[int] = []
        urls = 0
        while (done := repeating(self._engine, partial(_forget_some, slug=slug, reason=reason, chunk=chunk))).urls:
            articles += done.articles
            urls += done.urls
        repeating(self._engine, partial(_forget_documents, slug=slug))
        return Forgotten(articles=tuple(articles), urls=urls)

    def turned_away(self, *, chunk: int = 200) -> int:
        """Forget what workers read and turned away since, because it led to something forgotten; returns how many URLs.

        They may not blank addresses themselves. Responses are noted to be wiped.
        """
        urls = 0
        while done := repeating(self._engine, partial(_forget_turned_away, chunk=chunk)):
            urls += done
        return urls

    def pending_scrubs(self, *, limit: int = 1000) -> tuple[WarcPlace, ...]:
        """Responses in the archive that are still to be wiped, in order of file and offset."""
        with transaction(self._engine) as connection:
            return read(connection, "pending_scrubs", WarcPlace, most=limit)

    def finish_scrubs(self, wiped: Sequence[WarcPlace]) -> None:
        """Note that these are wiped."""
        rows = rows_json({"warc_file": place.warc_file, "warc_offset": place.warc_offset} for place in wiped)
        with transaction(self._engine) as connection:
            connection.execute(query("finish_scrubs"), {"rows": rows})


def _forget_url(connection: Connection, *, url: str, reason: str) -> Forgotten:
    articles = list(connection.execute(query("forget_find_articles"), {"sha256": url_sha256(url).hex()}).scalars())
    return _forget(connection, url=url, url_ids=[], articles=articles, reason=reason)


def _forget_some(connection: Connection, *, slug: str, reason: str, chunk: int) -> Forgotten:
    url_ids = list(connection.execute(query("forget_source_urls"), {"slug": slug, "most": chunk}).scalars())
    articles = list(connection.execute(query("forget_hold_articles"), {"url_ids": url_ids, "slug": slug}).scalars())
    return _forget(connection, url=None, url_ids=url_ids, articles=articles, reason=reason)


def _forget_documents(connection: Connection, *, slug: str) -> None:
    connection.execute(query("forget_source_documents"), {"slug": slug})
    connection.execute(query("forget_captures"), {"url_ids": []})


def _forget_turned_away(connection: Connection, *, chunk: int) -> int:
    url_ids = list(connection.execute(query("forget_turned_away"), {"most": chunk}).scalars())
    if url_ids:
        _forget(connection, url=None, url_ids=url_ids, articles=[], reason="leads to what is forgotten")
    return len(url_ids)


def _forget(connection: Connection, *, url: str | None, url_ids: list[int], articles: list[int], reason: str) -> Forgotten:
    wanted = {"sha256": url and url_sha256(url).hex(), "url_ids": url_ids, "article_ids": articles}
    urls = list(connection.execute(query("forget_find_urls"), wanted).scalars())
    bound = {"url_ids": urls, "article_ids": articles, "reason": reason}
    addresses = {url, *connection.execute(query("forget_addresses"), bound).scalars()} - {None}
    names = {name for address in addresses for name in (*other_forms(str(address)), story_mark(str(address))) if name}
    bound["sha256s"] = sorted(url_sha256(name).hex() for name in names)
    connection.execute(query("lock_clusters"))
    for statement in _STEPS:
        connection.execute(query(statement), bound)
    while cluster_touched(connection):
        pass
    return Forgotten(articles=tuple(articles), urls=len(urls))
