"""Keeps clusters as the edges say: one clusterer at a time makes touched components anew, so that nothing depends on who came first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from pipeline.dedupe.match import Kind, Match
from pipeline.dedupe.stories import Edge, Member, clusters, origin
from pipeline.store.queries import query
from pipeline.store.wire import rows_json

_AT_ONCE = 500  # touched articles a transaction
_EDGES_AT_ONCE = 5_000  # in memory: a large cluster has millions


def cluster_touched(connection: Connection) -> int:
    """Make the clusters of some articles anew whose edges or facts changed; returns how many were taken. Again until it returns 0."""
    connection.execute(query("lock_clusters"))
    taken = list(connection.execute(query("take_unclustered"), {"most": _AT_ONCE}).scalars())
    if taken:
        recluster(connection, taken)
    return len(taken)


def recluster(connection: Connection, article_ids: Sequence[int]) -> None:
    """Make the clusters of these articles anew, and those that they were in. The caller holds lock_clusters."""
    touched = list(connection.execute(query("touched_articles"), {"article_ids": list(article_ids)}).scalars())
    edges = connection.execute(query("read_edges"), {"article_ids": touched}, execution_options={"yield_per": _EDGES_AT_ONCE})
    connected = clusters(map(_edge, edges))
    asked = sorted(member for cluster in connected for member in cluster)
    facts = {row.article_id: row for row in connection.execute(query("read_members"), {"article_ids": asked})}
    found = list(_shown(connected, facts))
    members = sorted(member for cluster in found for member in cluster)
    stand = {cluster[0]: origin([_member(facts[article_id]) for article_id in cluster]) for cluster in found}
    connection.execute(query("put_clusters"), {"rows": rows_json(_cluster_row(cluster, facts, stand[cluster[0]]) for cluster in found)})
    connection.execute(query("put_members"), {"rows": rows_json(_member_rows(found, facts, stand))})
    connection.execute(query("drop_members"), {"article_ids": touched, "kept": members})
    connection.execute(query("drop_clusters"), {"article_ids": touched, "kept": [cluster[0] for cluster in found]})


def _shown(connected: Iterable[tuple[int, ...]], facts: Mapping[int, Row[Any]]) -> Iterator[tuple[int, ...]]:
    """What is left of clusters without the articles that their publishers have withdrawn: these have no facts here.

    They still connect others: two copies of a withdrawn article are copies of each other.
    """
    for cluster in connected:
        shown = tuple(member for member in cluster if member in facts)
        if len(shown) > 1:
            yield shown


def _edge(row: Row[Any]) -> Edge:
    match = Match(
        kind=Kind(row.kind),
        jaccard=row.jaccard,
        containment=row.containment,
        content=row.content,
        second_longer=row.high_longer,
        begins=row.begins,
        ends=row.ends,
    )
    return Edge(low_id=row.low_id, high_id=row.high_id, match=match)


def _cluster_row(cluster: tuple[int, ...], facts: Mapping[int, Row[Any]], origin_id: int) -> dict[str, Any]:
    rows = [facts[article_id] for article_id in cluster]
    return {
        "cluster_id": cluster[0],
        "origin_id": origin_id,
        "articles": len(rows),
        "outlets": len({row.source_id for row in rows}),
        "first_at": min(row.out_at for row in rows),
        "last_at": max(row.out_at for row in rows),
    }


def _member(row: Row[Any]) -> Member:
    return Member(
        article_id=row.article_id,
        live=row.live,
        outlet_names=frozenset({row.name.casefold(), row.slug}),
        agency=row.agency and row.agency.casefold(),
        out_at=row.out_at,
        words=row.words,
    )


def _member_rows(found: Sequence[tuple[int, ...]], facts: Mapping[int, Row[Any]], stand: Mapping[int, int]) -> Iterable[dict[str, Any]]:
    for cluster in found:
        for article_id in cluster:
            fact = facts[article_id]
            yield {
                "article_id": article_id,
                "cluster_id": cluster[0],
                "source_id": fact.source_id,
                "out_at": fact.out_at,
                "stands": stand[cluster[0]] == article_id,
            }
