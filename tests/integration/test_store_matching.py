"""What comparing finds on a real Postgres: copies, their clusters, who stands for a story, and all of it anew when a text changes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from builders import article, finished
from copies import STORY, Newsstand, pair
from sqlalchemy import Row

from pipeline.blocks import block_of
from pipeline.store.forgetting import Forgetting
from pipeline.store.furnishing import renew_furniture
from pipeline.store.matching import match_all
from tests.stories import body, noisy

_COUNTED = """
INSERT INTO news.block_day (source_id, day, blocks, article_ids)
SELECT source_id, current_date - CAST(:day AS integer), CAST(:blocks AS bigint[]), CAST(:seen AS bigint[])
FROM news.article WHERE article_id = :id"""


def test_near_and_abridged_copies_become_one_cluster_with_scores(stand: Newsstand) -> None:
    whole, near, stub, other = (
        stand.print("beacon", STORY),
        stand.print("courier", noisy(STORY, 0.1)),
        stand.print("echo", " ".join(STORY.split()[:70])),
        stand.print("fable", body(2, 300)),
    )
    match_all(stand.desk.engine)
    assert {pair(whole, near, "near"), pair(whole, stub, "abridged")} <= stand.edges()
    assert stand.clusters() == {frozenset({whole, near, stub})}
    assert stand.waiting() == set()
    scores = "SELECT jaccard, containment, part FROM news.edge WHERE (low_id, high_id) = (:low, :high)"
    (row,) = stand.desk.rows(scores, low=min(whole, stub), high=max(whole, stub))
    assert row.jaccard < 0.25 and row.containment > 0.95 and row.part
    assert {row.article_id for row in stand.desk.rows("SELECT article_id FROM news.v_unique_article")} == {
        whole,
        other,
    }
    (syndicated,) = stand.desk.rows("SELECT * FROM news.v_syndication")
    assert (syndicated.origin, syndicated.outlets) == ("beacon", ["beacon", "courier", "echo"])
    assert syndicated.delays[0] == timedelta() and all(delay >= timedelta() for delay in syndicated.delays)


def test_clusters_and_their_ids_are_the_same_in_any_order_by_any_number_of_matchers(stand: Newsstand) -> None:
    other = body(2, 300)
    stub, item = (" ".join(text.split()[:70]) for text in (STORY, other))
    texts = [STORY, STORY, noisy(STORY, 0.1), noisy(STORY, 0.2), stub, other, noisy(other, 0.1), item, f"{body(3, 60)} {stub} {item}"]
    ids = [stand.print(f"outlet{number}", text) for number, text in enumerate(texts)]

    def found() -> list[list[Row[Any]]]:
        edges = "SELECT low_id, high_id, kind, jaccard, containment, content, part, high_longer, begins, ends FROM news.edge ORDER BY 1, 2"
        return [
            stand.desk.rows(one) for one in (edges, "SELECT * FROM news.cluster ORDER BY 1", "SELECT * FROM news.cluster_member ORDER BY 1")
        ]

    def arrive(article_ids: Sequence[int]) -> None:
        for article_id in article_ids:
            stand.desk.rows("INSERT INTO news.unmatched VALUES (:id)", id=article_id)
            match_all(stand.desk.engine)

    match_all(stand.desk.engine)
    at_once = found()
    assert stand.clusters() == {frozenset(ids[:5]), frozenset(ids[5:8])}, "the last one is a digest"
    for seed in (1, 2):
        stand.desk.rows("TRUNCATE news.edge, news.cluster, news.cluster_member, news.fingerprint, news.match_key")
        order = random.Random(seed).sample(ids, len(ids))
        if seed == 1:
            arrive(order)
        else:
            with ThreadPoolExecutor(4) as matchers:
                list(matchers.map(arrive, [order[number::4] for number in range(4)]))
            match_all(stand.desk.engine)  # what one of them still held when the others looked
        assert found() == at_once, seed


def test_an_edited_article_is_found_by_its_new_text_only(stand: Newsstand) -> None:
    one, other, third = stand.print("beacon", STORY), stand.print("courier", STORY), stand.print("echo", body(7, 300))
    match_all(stand.desk.engine)
    stand.rewrite(one, noisy(body(7, 300), 0.05))
    match_all(stand.desk.engine)
    assert stand.edges() == {pair(one, third, "near")}
    assert stand.clusters() == {frozenset({one, third})}
    assert stand.desk.rows("SELECT count(*) FROM news.match_key") == stand.desk.rows("SELECT sum(cardinality(keys)) FROM news.fingerprint")
    assert other


def test_who_stands_for_a_story_when_its_articles_go(stand: Newsstand) -> None:
    first, second, third = sorted(stand.print(slug, STORY) for slug in ("beacon", "courier", "echo"))

    def stories(**statuses: list[int]) -> list[tuple[int, str, int, int]]:
        """The stories shown once these articles have these statuses: representative, its status, copies, outlets."""
        for status, ids in statuses.items():
            stand.set_status(status, *ids)
        match_all(stand.desk.engine)
        return [tuple(row) for row in stand.desk.rows("SELECT article_id, status, copies, outlets FROM news.v_unique_article ORDER BY 1")]

    everywhere = [first, second, third]
    match_all(stand.desk.engine)
    ((earliest, *_),) = stories()
    others = sorted({*everywhere} - {earliest})
    assert stories(gone=everywhere) == [(earliest, "gone", 2, 3)], "a story that is nowhere any more is shown as it was"
    assert stories(live=others[1:]) == [(others[1], "live", 2, 3)], "what is live stands for it"
    ((shown, *told),) = stories(gone=others, withdrawn=[earliest])
    assert shown in others and told == ["gone", 1, 2], "what was withdrawn neither stands for a story nor counts"
    assert stories(withdrawn=[earliest, others[0]]) == [(others[1], "gone", 0, 1)]
    assert stories(withdrawn=everywhere) == []
    assert [stand.desk.rows(f"SELECT FROM news.{name}") for name in ("v_copy", "v_syndication", "cluster")] == [[], [], []]
    assert stories(live=everywhere) == [(earliest, "live", 2, 3)]
    assert stand.desk.rows("SELECT cluster_id FROM news.cluster") == [(first,)]


def test_copies_of_a_withdrawn_article_stay_copies_of_each_other(stand: Newsstand) -> None:
    middle, head, tail = stand.print("beacon", STORY), stand.print("courier", noisy(STORY, 0.1)), stand.print("echo", noisy(STORY, 0.15))
    match_all(stand.desk.engine)
    assert stand.clusters() == {frozenset({middle, head, tail})}
    stand.desk.rows("DELETE FROM news.edge WHERE low_id <> :id AND high_id <> :id", id=middle)
    stand.set_status("withdrawn", middle)
    match_all(stand.desk.engine)
    assert stand.clusters() == {frozenset({head, tail})}


def test_forgetting_leaves_no_key_and_clusters_who_is_left(stand: Newsstand) -> None:
    ids = [stand.print(slug, STORY) for slug in ("beacon", "courier", "echo")]
    match_all(stand.desk.engine)
    (first,) = stand.desk.rows("SELECT canonical_url FROM news.article WHERE article_id = :id", id=min(ids))[0]
    Forgetting(stand.desk.engine).url(first, reason="law")
    left = frozenset(ids) - {min(ids)}
    assert stand.clusters() == {left}
    assert stand.desk.rows("SELECT cluster_id, articles FROM news.cluster") == [(min(left), 2)]
    for table in ("match_key", "fingerprint"):
        assert stand.desk.rows(f"SELECT count(*) FROM news.{table} WHERE article_id = :id", id=min(ids)) == [(0,)]


def test_a_recheck_that_finds_another_text_leads_to_a_new_comparison(stand: Newsstand) -> None:
    desk = stand.desk
    one, other = stand.print("beacon", STORY), stand.print("courier", noisy(STORY, 0.03))
    match_all(desk.engine)
    desk.rows("UPDATE news.recheck SET due_at = now() WHERE article_id = :id", id=one)
    desk.rows("UPDATE news.host SET next_due_at = now(), next_allowed_at = now() WHERE host = 'www.beacon.test'")
    batch = desk.claim()
    desk.load(batch, finished(batch.pages[0], article(1, body=body(8, 300), title="Story of beacon")))
    assert stand.waiting() == {one}
    desk.loader.match()
    assert stand.edges() == set()
    assert other


def test_short_articles_are_compared_by_what_is_their_own(stand: Newsstand) -> None:
    """Lines that return on an outlet's pages make no copies of its short articles, and hide none."""
    engine, house = stand.desk.engine, [body(99, 45), body(98, 45)]
    one, other = (stand.print(slug, "\n\n".join([body(11 + number, 40), *house])) for number, slug in enumerate(("beacon", "courier")))
    whole, stub = stand.print("echo", STORY), stand.print("fable", "\n\n".join([" ".join(STORY.split()[:60]), *house]))
    stand.desk.rows("UPDATE news.article SET published_at = now(), published_precision = 'second'")
    match_all(engine)
    assert pair(one, other, "near") in stand.edges() and pair(whole, stub, "abridged") not in stand.edges()
    for article_id in (one, other, stub):
        for day, seen in ((2, [1, 2]), (1, [article_id])):  # in two stories the day before, and in this one
            stand.desk.rows(_COUNTED, day=day, id=article_id, seen=seen * 2, blocks=[block_of(line) for line in house for _ in seen])
    renew_furniture(engine, is_hidden=lambda *_: False, stories=3, days=2, now=datetime.now(UTC))
    assert stand.waiting() == {one, other, stub}
    match_all(engine)
    assert stand.edges() == {pair(whole, stub, "abridged")}
    assert stand.clusters() == {frozenset({whole, stub})}
    stand.desk.rows("DELETE FROM news.block_day WHERE day = current_date - 2")
    renew_furniture(engine, is_hidden=lambda *_: False, stories=3, days=2, now=datetime.now(UTC))
    match_all(engine)
    assert pair(one, other, "near") in stand.edges(), "a line that returns no more is compared again"
