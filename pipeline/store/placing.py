"""Puts extracted pages in their place: a new article row, or an alias of one that is there. Runs inside the load's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from pipeline.dedupe.identity import KnownArticle, PageIdentity, identify
from pipeline.dedupe.looks import Editing, LookPlan, out_at
from pipeline.errors import KeyCollisionError
from pipeline.records import Article, Finished, Outcome
from pipeline.store.article_rows import first_facts, text_facts
from pipeline.store.availability import note_availability
from pipeline.store.ending import Ending
from pipeline.store.preferring import Reading, prefer
from pipeline.store.queries import query
from pipeline.store.wire import rows_json
from pipeline.urls import article_key, url_sha256


class _Placing:
    """One page on its way to its place."""

    def __init__(self, item: Finished, article: Article, capture_id: int | None) -> None:
        self.item = item
        self.article = article
        self.capture_id = capture_id
        own_url = item.aliases[-1] if item.aliases else item.request.url
        self.identity = PageIdentity(
            source_id=item.request.source.source_id,
            own_url=own_url,
            claimed_url=article.claimed_url,
            aliases=frozenset({item.request.url, own_url, *item.aliases}),
            title=article.title,
            body=article.body,
        )
        self.key = article_key(self.identity.key_url)

    @property
    def addresses(self) -> frozenset[str]:
        """Where the page was found and led to, and the address that it rightly calls its own."""
        return self.identity.aliases | {self.identity.key_url}

    def row(self) -> dict[str, Any]:
        """The row of `article`."""
        request, unproven = self.item.request, self.identity.unproven_url
        return {
            "article_id": self.key,
            "source_id": request.source.source_id,
            "url_id": request.url_id,
            "canonical_url": self.identity.key_url,
            "claimed_url": unproven,
            "claimed_sha256": unproven and url_sha256(unproven),
            "first_seen_at": request.first_seen_at,
            **first_facts(self.article),
            **text_facts(self.article, language=request.source.language, capture_id=self.capture_id),
        }

    def reading(self, article_id: int) -> Reading:
        """This page as what the row of a known article might read as."""
        return Reading(url=self.item.request.url, row=self.row() | {"article_id": article_id}, validators=self.item.validators)

    def look_at(self, looks: LookPlan, outlet: Row[Any]) -> datetime | str:
        """When the article is looked at again for the first time, as the database takes it."""
        request, published = self.item.request, self.article.published
        editing = Editing(outlet=outlet.edit_rate, looks=outlet.recheck_looks, ages=tuple(outlet.edit_ages))
        return looks.next_look(out_at(published, request.first_seen_at), self.item.finished_at, editing) or "infinity"

    def recheck_facts(self) -> dict[str, Any]:
        """What the next look asks with."""
        return {"url_id": self.item.request.url_id, **vars(self.item.validators)}

    def ending(self, outcome: Outcome, article_id: int, detail: str | None) -> Ending:
        return Ending(url_id=self.item.request.url_id, outcome=outcome, detail=detail, article_id=article_id)


def place_articles(
    connection: Connection, pages: Sequence[Finished], captures: Mapping[int, int], *, looks: LookPlan | None
) -> list[Ending]:
    """Insert what is new, find what is known, and return each page's ending. Raises KeyCollisionError.

    Goes in rounds: of several pages with one key, in this chunk or in another worker's transaction, one is inserted and the others find it
    in the next round.
    """
    waiting = [_Placing(item, item.result, captures.get(item.request.url_id)) for item in pages if isinstance(item.result, Article)]
    connection.execute(query("lock_names"), {"urls": sorted(url for placing in waiting for url in placing.identity.named_urls)})
    waiting, endings = _turn_away(connection, waiting)
    while waiting:
        known = _known_articles(connection, waiting)
        unknown: list[_Placing] = []
        duplicates: list[tuple[_Placing, int]] = []
        for placing in waiting:
            same = known.find(placing)
            if same is None:
                unknown.append(placing)
            else:
                endings.append(placing.ending(Outcome.DUPLICATE, same[0], same[1]))
                duplicates.append((placing, same[0]))
        _add_aliases(connection, duplicates)
        prefer(connection, [placing.reading(article_id) for placing, article_id in duplicates])
        inserted = _insert(connection, unknown, looks)
        endings.extend(placing.ending(Outcome.LOADED, placing.key, None) for placing in inserted)
        waiting = [placing for placing in unknown if placing not in inserted]
    return endings


def _turn_away(connection: Connection, waiting: Sequence[_Placing]) -> tuple[list[_Placing], list[Ending]]:
    """Which pages stay, and the endings of those that turn out to be a forgotten article under another address."""
    hashes = {placing: {url_sha256(url).hex() for url in placing.addresses} for placing in waiting}
    asked = sorted(set().union(*hashes.values()))
    forgotten = set(connection.execute(query("forgotten_names"), {"sha256s": asked}).scalars()) if asked else set()
    endings = [Ending(url_id=placing.item.request.url_id, outcome=Outcome.FORGOTTEN) for placing in waiting if hashes[placing] & forgotten]
    return [placing for placing in waiting if not hashes[placing] & forgotten], endings


class _Known:
    """The answer of one look-up for a whole chunk."""

    def __init__(self) -> None:
        self._by_alias: dict[str, list[KnownArticle]] = {}
        self._by_url: dict[str, list[KnownArticle]] = {}

    def add(self, article: KnownArticle, alias: str | None) -> None:
        if alias is not None:
            self._by_alias.setdefault(alias, []).append(article)
            return
        for url in {article.canonical_url, article.claimed_url} - {None}:
            self._by_url.setdefault(str(url), []).append(article)

    def find(self, placing: _Placing) -> tuple[int, str] | None:
        page = placing.identity
        by_alias = [article for url in sorted(page.aliases) for article in self._by_alias.get(url_sha256(url).hex(), ())]
        by_url = [article for url in sorted(page.named_urls) for article in self._by_url.get(url, ())]
        same = identify(page, by_alias=by_alias, by_url=by_url)
        return None if same is None else (same.article_id, same.proof)

    def check_keys(self, article: KnownArticle, wanted: Mapping[int, str]) -> None:
        """Raise KeyCollisionError when another URL has the key."""
        url = wanted.get(article.article_id)
        if url is not None and url != article.canonical_url:
            raise KeyCollisionError(f"{url} and {article.canonical_url}")


def _known_articles(connection: Connection, waiting: Sequence[_Placing]) -> _Known:
    keys = {placing.key: placing.identity.key_url for placing in waiting}
    named = {url for placing in waiting for url in placing.identity.named_urls}
    aliases = {url for placing in waiting for url in placing.identity.aliases}
    bound = {"keys": sorted(map(article_key, named)), "sha256s": sorted(url_sha256(url).hex() for url in named | aliases)}
    known = _Known()
    for row in connection.execute(query("known_articles"), bound).mappings():
        facts = dict(row)
        alias = facts.pop("alias")
        article = KnownArticle(**facts)
        known.check_keys(article, keys)
        known.add(article, alias)
    return known


def _insert(connection: Connection, unknown: Sequence[_Placing], looks: LookPlan | None) -> list[_Placing]:
    first_of_key = {placing.key: placing for placing in _unconnected(unknown)}
    if not first_of_key:
        return []
    rows = rows_json(placing.row() for placing in first_of_key.values())
    ids = [row.article_id for row in connection.execute(query("add_articles"), {"rows": rows})]
    inserted = [first_of_key[article_id] for article_id in ids]
    note_availability(connection, {placing.key: placing.article.rights for placing in inserted}, dated=())
    connection.execute(query("add_first_revisions"), {"article_ids": ids})
    connection.execute(query("add_unmatched"), {"article_ids": ids})
    connection.execute(query("add_changes"), {"kind": "insert", "article_ids": ids})
    _add_aliases(connection, [(placing, placing.key) for placing in inserted])
    if looks is not None:
        _add_rechecks(connection, inserted, looks)
    return inserted


def _unconnected(unknown: Sequence[_Placing]) -> list[_Placing]:
    """The first of each group of pages that might be one article; the others are compared with it in the next round."""
    seen: set[str] = set()
    first = []
    for placing in unknown:
        if not placing.identity.named_urls & seen:
            first.append(placing)
        seen |= placing.identity.named_urls
    return first


def _add_aliases(connection: Connection, placed: Sequence[tuple[_Placing, int]]) -> None:
    """Note the URLs of pages as those of their articles; of several that claim one URL, the first counts."""
    first: dict[str, int] = {}
    for placing, article_id in placed:
        first.update((url, article_id) for url in placing.identity.aliases if url not in first)
    rows = [{"sha256": url_sha256(url), "url": url, "article_id": article_id} for url, article_id in first.items()]
    if rows:
        connection.execute(query("add_aliases"), {"rows": rows_json(rows)})


def _add_rechecks(connection: Connection, inserted: Sequence[_Placing], looks: LookPlan) -> None:
    sources = {"source_ids": sorted({placing.identity.source_id for placing in inserted})}
    outlets = {row.source_id: row for row in connection.execute(query("editing_of"), sources)}
    rows = [
        {"article_id": placing.key, "due_at": placing.look_at(looks, outlets[placing.identity.source_id]), **placing.recheck_facts()}
        for placing in inserted
    ]
    connection.execute(query("add_rechecks"), {"rows": rows_json(rows)})
