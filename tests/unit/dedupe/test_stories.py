"""Clusters and the article that stands for each."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedupe.fingerprint import profile
from pipeline.dedupe.match import Kind, Match, Text, compare
from pipeline.dedupe.stories import Edge, Member, clusters, origin
from tests.stories import body, noisy

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _edges(bodies: dict[int, str]) -> list[Edge]:
    texts = {
        key: Text(title="", profile=profile(text), body_sha256=hashlib.sha256(text.encode()).digest(), published_at=NOW)
        for key, text in bodies.items()
    }
    pairs = [(low, high) for low in sorted(texts) for high in sorted(texts) if low < high]
    return [Edge(low_id=low, high_id=high, match=found) for low, high in pairs if (found := compare(texts[low], texts[high]))]


def _plain(low: int, high: int, kind: Kind = Kind.NEAR) -> Edge:
    match = Match(kind=kind, jaccard=0.9, containment=0.95, content=0.9, second_longer=True, begins=0.0, ends=1.0)
    return Edge(low_id=low, high_id=high, match=match)


def test_a_cluster_is_a_component_named_by_its_smallest_key() -> None:
    assert clusters([_plain(5, 9), _plain(2, 9), _plain(7, 8)]) == [(2, 5, 9), (7, 8)]


def test_quotations_connect_nothing() -> None:
    assert clusters([_plain(1, 2, Kind.QUOTE)]) == []


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(13, 25)), max_size=30), st.randoms())
def test_the_order_of_edges_makes_no_difference(pairs: list[tuple[int, int]], rng: random.Random) -> None:
    edges = [_plain(low, high) for low, high in dict.fromkeys(pairs)]
    shuffled = rng.sample(edges, len(edges))
    assert clusters(edges) == clusters(shuffled)


def test_a_digest_joins_none_of_its_stories() -> None:
    one, other, digest = body(1, 300), body(2, 300), "\n".join(body(seed, 300) for seed in (1, 2, 3, 4))
    assert clusters(_edges({1: one, 9: digest})) == [(1, 9)]  # with one of its stories known it looks like a longer version
    assert clusters(_edges({1: one, 2: other, 9: digest})) == []
    assert clusters(_edges({1: one, 2: other, 5: noisy(one, 0.05), 9: digest, 10: digest + "\nCorrected."})) == [(1, 5), (9, 10)]


def test_two_parts_of_one_story_make_no_digest() -> None:
    story = body(1, 900).split()
    known = {1: " ".join(story), 2: " ".join(story[:200]), 3: " ".join(story[100:600]), 4: " ".join(story[:620])}
    assert clusters(_edges(known)) == [(1, 2, 3, 4)]


def _member(key: int, *, hours: float = 0, words: int = 400, live: bool = True, slug: str = "", agency: str | None = None) -> Member:
    names = frozenset({slug or f"outlet{key}"})
    return Member(article_id=key, live=live, outlet_names=names, agency=agency, out_at=NOW + timedelta(hours=hours), words=words)


def test_the_credited_agencys_own_article_stands_for_the_story_even_if_it_came_later() -> None:
    assert origin([_member(1, agency="wirelight"), _member(2, hours=3, slug="wirelight")]) == 2


def test_else_the_earliest_does_and_of_those_a_complete_one_and_then_the_smallest_key() -> None:
    assert origin([_member(1, hours=2), _member(2), _member(3, hours=1)]) == 2
    assert origin([_member(1, words=100), _member(2, words=380), _member(3)]) == 2


def test_a_deleted_article_stands_for_nothing_while_another_is_there() -> None:
    assert origin([_member(1, live=False, slug="wirelight"), _member(2, hours=3, agency="wirelight")]) == 2
    assert origin([_member(1, live=False), _member(2, hours=3, live=False)]) == 1
