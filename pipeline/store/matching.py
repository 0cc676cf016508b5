"""Compares new and changed articles with the others: publish, then match (DESIGN 7.3).

An article's keys are committed before anything is looked up for it. So of two articles whose matchers run at once, at least the one
whose keys were committed later finds the other. Whatever is cut off is begun again: an article leaves `unmatched` together with its edges.
A matcher takes back only edges that it saw before it looked: what others find meanwhile is of the texts as they are, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Engine, Row

from pipeline.dedupe.fingerprint import FINGERPRINT_VERSION, Profile, profile
from pipeline.dedupe.match import MIN_SHARED_KEYS, Match, Text, compare, compare_own, is_short, worth_comparing, worth_keeping
from pipeline.store.clustering import cluster_touched
from pipeline.store.database import repeating
from pipeline.store.owntexts import OwnTexts
from pipeline.store.profiles import Profiles
from pipeline.store.queries import query
from pipeline.store.wire import rows_json

_PUBLISHED_AT_ONCE = 100  # articles a transaction
_MATCHED_AT_ONCE = 25  # the same: it holds their texts and all that it finds of them, and whoever changes one of them waits for it
_TEXTS_AT_ONCE = 50  # candidates in memory beside them
CROWD = 10_000  # articles of one key that are looked at; more stories than that have it only until the stop list is made anew
_PROFILES = Profiles(most=256)  # about 25 MB: articles of one hour are each other's candidates


def match_all(engine: Engine) -> None:
    """Compare everything that waits for it and bring the clusters up to date. Any number of callers may do so at once."""
    more = True
    while more:
        ids = repeating(engine, _publish_keys)
        for start in range(0, len(ids), _MATCHED_AT_ONCE):
            repeating(engine, partial(_match, ids=ids[start : start + _MATCHED_AT_ONCE]))
        more = len(ids) == _PUBLISHED_AT_ONCE  # what comes meanwhile is matched by those who bring it
    while repeating(engine, cluster_touched):
        pass


def _publish_keys(connection: Connection) -> list[int]:
    """Commit the keys of some articles that wait; returns which articles."""
    ids = list(connection.execute(query("take_unmatched"), {"article_ids": None, "most": _PUBLISHED_AT_ONCE}).scalars())
    stale = [side for side in _read_sides(connection, ids) if not side.current]
    if stale:
        stale_ids = [side.article_id for side in stale]
        rows = rows_json({"article_id": side.article_id, "keys": side.text.profile.keys} for side in stale)
        connection.execute(query("drop_keys"), {"article_ids": stale_ids})
        connection.execute(query("put_fingerprints"), {"rows": rows, "version": FINGERPRINT_VERSION})
        connection.execute(query("put_keys"), {"article_ids": stale_ids})
    return ids


@dataclass(frozen=True, kw_only=True)
class _Side:
    article_id: int
    source_id: int
    text: Text
    keys_of: str | None  # hash of the text whose keys it has; None: of none
    current: bool  # its keys are those of its text; else it is in `unmatched`, and is compared when it is its turn


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What an article that waited is to another one."""

    here: int
    there: int
    keys_of: str | None  # of `there`
    match: Match


def _match(connection: Connection, ids: Sequence[int]) -> None:
    """Write the edges of these articles, but for those that another matcher has taken, or that changed since their keys were published."""
    connection.execute(query("share_stop_list"))
    taken = list(connection.execute(query("take_unmatched"), {"article_ids": list(ids), "most": len(ids)}).scalars())
    mine = {side.article_id: side for side in _read_sides(connection, taken) if side.current}
    done = sorted(mine)
    before = [(row.low_id, row.high_id) for row in connection.execute(query("edges_before"), {"article_ids": done})]
    found = list(_compare(connection, mine))
    held = _hold(connection, {one.there: one.keys_of for one in found})
    edges = {_key(one.here, one.there): _edge_row(one.here, one.there, one.match) for one in found if one.there in held}
    if before:
        connection.execute(query("drop_edges"), {"low_ids": [low for low, _ in before], "high_ids": [high for _, high in before]})
    if edges:
        connection.execute(query("add_edges"), {"rows": rows_json(edges.values())})
    if touched := {end for row in before for end in row} | {end for key in edges for end in key}:
        connection.execute(query("add_unclustered"), {"article_ids": sorted(touched)})
    connection.execute(query("drop_unmatched"), {"article_ids": done})


def _hold(connection: Connection, compared: Mapping[int, str | None]) -> frozenset[int]:
    """Which articles still have the text that was compared (its hash, by article). Until the transaction ends none gets other keys."""
    if not compared:
        return frozenset()
    bound = {"article_ids": list(compared), "keys_of": list(compared.values()), "version": FINGERPRINT_VERSION}
    return frozenset(connection.execute(query("hold_fingerprints"), bound).scalars())


def _compare(connection: Connection, mine: Mapping[int, _Side]) -> Iterator[_Found]:
    """What these articles are to others. A candidate's text is read once, whoever shares keys with it; few are held at a time."""
    bound = {"article_ids": sorted(mine), "least": MIN_SHARED_KEYS, "crowd": CROWD}
    by_candidate = groupby(connection.execute(query("find_candidates"), bound).all(), key=attrgetter("candidate"))
    pairs = ((candidate, [(mine[row.article_id], row.shared) for row in rows]) for candidate, rows in by_candidate)
    own = OwnTexts(connection)
    while some := dict(islice(pairs, _TEXTS_AT_ONCE)):
        theirs = _read_sides(connection, [candidate for candidate in some if candidate not in mine])
        for there in chain((side for side in theirs if side.current), (mine[candidate] for candidate in some if candidate in mine)):
            for here, shared in some[there.article_id]:
                if (match := _judge(here, there, shared, own)) is not None:
                    yield _Found(here=here.article_id, there=there.article_id, keys_of=there.keys_of, match=match)


def _judge(here: _Side, there: _Side, shared: int, own: OwnTexts) -> Match | None:
    if not worth_comparing(shared, here.text, there.text):
        return None
    low, high = sorted((here, there), key=attrgetter("article_id"))
    match = compare(low.text, high.text)
    if is_short(low.text, high.text):
        low_own, high_own = (own.of(side.article_id, side.source_id, side.text) for side in (low, high))
        if low_own is not low.text or high_own is not high.text:
            match = compare_own(low_own, high_own, match)
    return match if match is not None and worth_keeping(match, same_outlet=here.source_id == there.source_id) else None


def _read_sides(connection: Connection, ids: Sequence[int]) -> Iterator[_Side]:
    """These articles as they are compared. A text that was compared lately, or is another article's to the letter, is not read again."""
    if not ids:
        return
    rows = connection.execute(query("read_sides"), {"article_ids": list(ids), "version": FINGERPRINT_VERSION}).all()
    profiles = _profiles(connection, rows)
    for row in rows:
        if row.body_sha256 not in profiles:  # edited just now: it is in `unmatched`
            continue
        text = Text(title=row.title, profile=profiles[row.body_sha256], body_sha256=row.body_sha256, published_at=row.published_at)
        yield _Side(article_id=row.article_id, source_id=row.source_id, text=text, keys_of=row.keys_of, current=row.current)


def _profiles(connection: Connection, rows: Sequence[Row[Any]]) -> Mapping[bytes, Profile]:
    """The profiles of articles' texts, by the texts' hashes."""
    found = _PROFILES.take(row.body_sha256 for row in rows)
    missing = [row.article_id for row in rows if row.body_sha256 not in found]
    if missing:
        read = connection.execute(query("read_bodies"), {"article_ids": missing})
        found |= {row.body_sha256: profile(row.body) for row in read}
    _PROFILES.keep(found)
    return found


def _key(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _edge_row(here: int, there: int, match: Match) -> dict[str, Any]:
    low, high = _key(here, there)
    return {
        "low_id": low,
        "high_id": high,
        "kind": match.kind,
        "jaccard": match.jaccard,
        "containment": match.containment,
        "content": match.content,
        "part": match.part,
        "high_longer": match.second_longer,
        "begins": match.begins,
        "ends": match.ends,
    }
