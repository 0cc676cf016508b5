"""Matching on a real Postgres: nothing missed by racing writers, nothing doubled, and everything made anew when a text changes."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from builders import article, finished
from copies import Newsstand
from desk import Desk
from sqlalchemy import Connection, Row

from pipeline.blocks import block_of
from pipeline.store import matching
from pipeline.store.forgetting import Forgetting
from pipeline.store.furnishing import renew_furniture
from pipeline.store.keys import renew_key_partitions, renew_stop_list
from pipeline.store.matching import match_all
from pipeline.store.queries import migration_sql, query
from tests.stories import body, noisy

STORY = body(1, 400)
_COUNTED = """
INSERT INTO news.block_day (source_id, day, blocks, article_ids)
SELECT source_id, current_date - CAST(:day AS integer), CAST(:blocks AS bigint[]), CAST(:seen AS bigint[])
FROM news.article WHERE article_id = :id"""


@pytest.fixture
def stand(desk: Desk) -> Newsstand:
    return Newsstand(desk)


def _pair(one: int, other: int, kind: str) -> tuple[int, int, str]:
    return min(one, other), max(one, other), kind


def test_near_and_abridged_copies_become_one_cluster_with_scores(stand: Newsstand) -> None:
    whole, near, stub, other = (
        stand.print("beacon", STORY),
        stand.print("courier", noisy(STORY, 0.1)),
        stand.print("echo", " ".join(STORY.split()[:70])),
        stand.print("fable", body(2, 300)),
    )
    match_all(stand.desk.engine)
    assert {_pair(whole, near, "near"), _pair(whole, stub, "abridged")} <= stand.edges()
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


class _Matcher:
    """One matcher, a transaction at a time."""

    def __init__(self, stand: Newsstand) -> None:
        self._engine = stand.desk.engine
        self.connection: Connection = self._engine.connect()

    def publish(self) -> list[int]:
        return matching._publish_keys(self.connection)

    def match(self, ids: list[int]) -> None:
        matching._match(self.connection, ids)

    def commit(self) -> None:
        self.connection.commit()
        self.connection.close()
        self.connection = self._engine.connect()


def test_of_two_racing_writers_at_least_one_finds_the_other(stand: Newsstand) -> None:
    """Both publish before either looks: both find the pair, and there is one row."""
    one = stand.print("beacon", STORY)
    first = _Matcher(stand)
    assert first.publish() == [one]  # its lock keeps the second matcher off
    other = stand.print("courier", noisy(STORY, 0.05))
    second = _Matcher(stand)
    assert second.publish() == [other]
    first.commit()
    second.commit()
    first.match([one])
    second_done = threading.Thread(target=lambda: (second.match([other]), second.commit()))
    second_done.start()  # waits for the first one's row, or comes after it
    first.commit()
    second_done.join()
    assert stand.edges() == {_pair(one, other, "near")}
    assert stand.waiting() == set()


def test_control_with_keys_and_look_up_in_one_transaction_the_pair_is_missed(stand: Newsstand) -> None:
    one = stand.print("beacon", STORY)
    first = _Matcher(stand)
    first.match(first.publish())
    other = stand.print("courier", noisy(STORY, 0.05))
    second = _Matcher(stand)
    assert second.publish() == [other]
    second.match([other])
    first.commit()
    second.commit()
    assert stand.edges() == set()
    assert stand.waiting() == set()
    assert one != other


def test_a_matcher_that_dies_between_its_transactions_leaves_its_work_to_the_next(stand: Newsstand) -> None:
    one, other = stand.print("beacon", STORY), stand.print("courier", STORY)
    dead = _Matcher(stand)
    ids = dead.publish()
    dead.commit()
    dead.match(ids)
    dead.connection.invalidate()  # as kill -9: the server rolls back
    match_all(stand.desk.engine)
    match_all(stand.desk.engine)
    assert stand.edges() == {_pair(one, other, "exact")}
    assert stand.clusters() == {frozenset({one, other})}


def test_an_edit_in_the_middle_of_a_comparison_is_compared_too(stand: Newsstand) -> None:
    one, other = stand.print("beacon", STORY), stand.print("courier", STORY)
    matcher = _Matcher(stand)
    ids = matcher.publish()
    matcher.commit()
    matcher.match(ids)
    edited = threading.Thread(target=_rewrite, args=(stand, one, body(7, 300)))
    edited.start()  # waits for the matcher, where DO NOTHING would have gone on
    matcher.commit()
    edited.join()
    assert stand.waiting() == {one}
    match_all(stand.desk.engine)
    assert stand.edges() == set()
    assert stand.clusters() == set()
    assert other


def _when_compared(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Once: what happens when a matcher has compared, and has not written yet."""
    compare = matching._compare

    def compare_and_let_it_happen(connection: Connection, mine: Mapping[int, matching._Side]) -> list[matching._Found]:
        found = list(compare(connection, mine))
        monkeypatch.setattr(matching, "_compare", compare)
        happens()
        return found

    monkeypatch.setattr(matching, "_compare", compare_and_let_it_happen)


def test_a_copy_that_finds_an_article_while_that_is_compared_stays_found(stand: Newsstand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The article's matcher looked before the copy was there, and writes after the copy's matcher has written and is done."""
    one, others = stand.print("beacon", STORY), []

    def a_copy_comes() -> None:
        others.append(stand.print("courier", noisy(STORY, 0.05)))
        match_all(stand.desk.engine)

    _when_compared(monkeypatch, a_copy_comes)
    match_all(stand.desk.engine)
    assert stand.waiting() == set()
    assert stand.edges() == {_pair(one, others[0], "near")}
    assert stand.clusters() == {frozenset({one, *others})}


def test_what_was_found_of_a_text_that_was_edited_and_compared_meanwhile_is_not_written(
    stand: Newsstand, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = stand.print("beacon", STORY)
    match_all(stand.desk.engine)
    stand.print("courier", noisy(STORY, 0.05))

    def the_other_is_edited() -> None:
        _rewrite(stand, one, body(7, 300))
        match_all(stand.desk.engine)

    _when_compared(monkeypatch, the_other_is_edited)
    match_all(stand.desk.engine)
    assert stand.waiting() == set()
    assert stand.edges() == set()


def _rewrite(stand: Newsstand, article_id: int, text: str) -> None:
    """What a recheck that finds an edit does to these tables."""
    with stand.desk.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE news.article SET body = %s, body_sha256 = sha256(convert_to(%s, 'UTF8')) WHERE article_id = %s",
            (text, text, article_id),
        )
        connection.execute(query("add_unmatched"), {"article_ids": [article_id]})


def test_an_edited_article_is_found_by_its_new_text_only(stand: Newsstand) -> None:
    one, other, third = stand.print("beacon", STORY), stand.print("courier", STORY), stand.print("echo", body(7, 300))
    match_all(stand.desk.engine)
    _rewrite(stand, one, noisy(body(7, 300), 0.05))
    match_all(stand.desk.engine)
    assert stand.edges() == {_pair(one, third, "near")}
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


def test_formulas_join_the_stop_list_and_who_has_them_is_compared_anew(stand: Newsstand) -> None:
    engine, formula = stand.desk.engine, body(99, 80)
    ids = {stand.print(f"outlet{at}", f"{body(at, 200)}\n{formula}") for at in range(3)}
    match_all(engine)
    assert {kind for *_, kind in stand.edges()} == {"quote"}
    assert renew_stop_list(engine, stop_at=3) == 1
    assert stand.waiting() == ids
    match_all(engine)
    assert stand.edges() == set()
    assert renew_stop_list(engine, stop_at=3) is None
    assert renew_stop_list(engine, stop_at=4) == 2
    match_all(engine)
    assert len(stand.edges()) == 3
    assert stand.desk.rows("SELECT version, added > 0, removed > 0 FROM news.stop_list ORDER BY 1") == [(1, True, False), (2, False, True)]


def test_a_story_that_many_print_puts_no_key_on_the_stop_list(stand: Newsstand) -> None:
    for at in range(4):
        stand.print(f"outlet{at}", STORY)
    match_all(stand.desk.engine)
    assert renew_stop_list(stand.desk.engine, stop_at=2) is None


def test_key_partitions_are_made_ahead_and_dropped_after_the_window(stand: Newsstand) -> None:
    stand.print("beacon", STORY)
    match_all(stand.desk.engine)
    now = datetime.now(UTC)
    assert renew_key_partitions(stand.desk.engine, now=now).made == ()
    assert stand.desk.rows("SELECT count(*) FROM news.match_key_default") == [(0,)]
    later = renew_key_partitions(stand.desk.engine, now=now + timedelta(days=60))
    assert (len(later.dropped), len(later.made)) == (1, 2)
    assert stand.desk.rows("SELECT count(*) FROM news.match_key") == [(0,)]
    assert later.stray_rows == 0


def test_weeks_of_older_versions_run_out_and_all_keys_are_looked_up_meanwhile(stand: Newsstand) -> None:
    """Candidates are what shares two keys, whichever partition a key lies in."""
    engine = stand.desk.engine
    stand.desk.rows(
        "DO $$ DECLARE name text; week timestamptz; BEGIN"
        " FOR name IN SELECT t.name FROM news.time_partitions('match_key') AS t LOOP EXECUTE 'DROP TABLE news.' || name; END LOOP;"
        " FOR number IN -4..5 LOOP week := date_trunc('week', now(), 'UTC') + number * interval '168 hours';"
        " EXECUTE format('CREATE TABLE news.match_key_%s PARTITION OF news.match_key FOR VALUES FROM (%L) TO (%L)',"
        " to_char(week, 'YYYY_MM_DD'), week, week + interval '168 hours'); END LOOP; END $$"
    )
    ids = [stand.print(f"outlet{at}", noisy(STORY, 0.1 * at)) for at in range(4)]
    match_all(engine)
    stand.desk.rows("UPDATE news.match_key SET kept_at = now() - interval '20 days' WHERE article_id = :one", one=ids[1])
    stand.desk.rows("UPDATE news.match_key SET kept_at = now() - interval '9 days' WHERE article_id = :one AND key % 2 = 0", one=ids[2])
    with engine.begin() as connection:
        connection.exec_driver_sql(migration_sql("0027_longer_partitions"), execution_options={"no_parameters": True})
    made = renew_key_partitions(engine, now=datetime.now(UTC)).made
    stand.desk.rows("UPDATE news.match_key SET kept_at = now() + interval '8 days' WHERE article_id = :one", one=ids[3])
    held = "SELECT DISTINCT tableoid::regclass::text AS name FROM news.match_key"
    assert len(stand.desk.rows(held)) == 4, "weeks before, this one, and what follows it"
    assert {row.name for row in stand.desk.rows(held)} & set(made)
    assert renew_key_partitions(engine, now=datetime.now(UTC)).made == ()
    bounds = stand.desk.rows("SELECT since, until FROM news.time_partitions('match_key') ORDER BY since")
    assert all(one.until == other.since for one, other in pairwise(bounds))
    assert bounds[-1].until - datetime.now(UTC) >= timedelta(days=30)
    shared = (
        "SELECT mine.article_id, theirs.article_id AS candidate, count(*) AS shared"
        " FROM news.fingerprint mine JOIN news.fingerprint theirs USING (version), unnest(mine.keys) AS its (key)"
        " WHERE its.key = ANY(theirs.keys) AND mine.article_id <> theirs.article_id GROUP BY 1, 2 HAVING count(*) >= 2 ORDER BY 2, 1"
    )
    with engine.begin() as connection:
        connection.execute(query("share_stop_list"))
        found = connection.execute(query("find_candidates"), {"article_ids": ids, "least": 2, "crowd": 10_000}).all()
    assert len(found) > 6 and [tuple(row) for row in found] == [tuple(row) for row in stand.desk.rows(shared)]


def test_keys_outside_every_partition_raise_the_alarm(stand: Newsstand) -> None:
    stand.desk.rows("INSERT INTO news.match_key (key, article_id, kept_at) VALUES (1, 1, now() + interval '90 days')")
    assert renew_key_partitions(stand.desk.engine, now=datetime.now(UTC)).stray_rows == 1


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
    assert _pair(one, other, "near") in stand.edges() and _pair(whole, stub, "abridged") not in stand.edges()
    for article_id in (one, other, stub):
        for day, seen in ((2, [1, 2]), (1, [article_id])):  # in two stories the day before, and in this one
            stand.desk.rows(_COUNTED, day=day, id=article_id, seen=seen * 2, blocks=[block_of(line) for line in house for _ in seen])
    renew_furniture(engine, is_hidden=lambda *_: False, stories=3, days=2, now=datetime.now(UTC))
    assert stand.waiting() == {one, other, stub}
    match_all(engine)
    assert stand.edges() == {_pair(whole, stub, "abridged")}
    assert stand.clusters() == {frozenset({whole, stub})}
    stand.desk.rows("DELETE FROM news.block_day WHERE day = current_date - 2")
    renew_furniture(engine, is_hidden=lambda *_: False, stories=3, days=2, now=datetime.now(UTC))
    match_all(engine)
    assert _pair(one, other, "near") in stand.edges(), "a line that returns no more is compared again"
