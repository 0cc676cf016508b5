"""The keys that copies find each other with: which are on the stop list, and the partitions in which they lie for their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from copies import STORY, Newsstand

from pipeline.store.keys import renew_key_partitions, renew_stop_list
from pipeline.store.matching import match_all
from pipeline.store.queries import migration_sql, query
from tests.stories import body, noisy


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
