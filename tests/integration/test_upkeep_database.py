"""Upkeep on a real Postgres: partitions, vanished runs, the archive's index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, text

from pipeline.store.export import START, Exporter
from pipeline.store.migrate import migrate
from pipeline.store.upkeep import Upkeep

NOW = datetime(2031, 12, 15, 12, tzinfo=UTC)


def partitions(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(
            connection.execute(text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'fetch_log'::regclass")).scalars()
        )


def log(engine: Engine, at: datetime) -> str:
    """Log a request at a time; returns the partition that took it."""
    with engine.begin() as connection:
        statement = text(
            "INSERT INTO fetch_log (at, purpose, host, url, total_ms) VALUES (:at, 'probe', 'h', 'u', 1) RETURNING tableoid::regclass::text"
        )
        return str(connection.execute(statement, {"at": at}).scalar_one())


def test_this_month_and_the_next_are_there_right_after_migrating(engine: Engine) -> None:
    now = datetime.now(UTC)
    following = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
    assert log(engine, now) == f"fetch_log_{now:%Y_%m}"
    assert log(engine, following) == f"fetch_log_{following:%Y_%m}"


def test_makes_partitions_over_the_turn_of_the_year_once(engine: Engine) -> None:
    report = Upkeep(engine).partitions(now=NOW, keep_days=36_500)
    assert report.made == ("fetch_log_2031_12", "fetch_log_2032_01")
    assert Upkeep(engine).partitions(now=NOW, keep_days=36_500).made == ()
    assert log(engine, datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC)) == "fetch_log_2031_12"
    assert log(engine, datetime(2032, 1, 1, tzinfo=UTC)) == "fetch_log_2032_01"


def test_drops_partitions_only_when_their_youngest_row_is_too_old(engine: Engine) -> None:
    upkeep = Upkeep(engine)
    upkeep.partitions(now=NOW, keep_days=36_500)
    upkeep.partitions(now=datetime(2032, 2, 1, tzinfo=UTC), keep_days=32)
    assert "fetch_log_2031_12" in partitions(engine)
    report = upkeep.partitions(now=datetime(2032, 2, 1, tzinfo=UTC) + timedelta(days=2), keep_days=33)
    assert "fetch_log_2031_12" in report.dropped
    assert "fetch_log_2032_01" in partitions(engine)


def test_rows_without_a_month_are_reported_and_stay(engine: Engine) -> None:
    stray = datetime(2031, 12, 3, tzinfo=UTC)
    assert log(engine, stray) == "fetch_log_default"
    report = Upkeep(engine).partitions(now=NOW, keep_days=90)
    assert (report.made, report.stray_rows) == (("fetch_log_2031_12", "fetch_log_2032_01"), 1)
    assert log(engine, stray + timedelta(hours=23)) == "fetch_log_default"
    assert log(engine, stray + timedelta(hours=24)) == "fetch_log_2031_12", "the month goes on after the day of the stray row"
    assert Upkeep(engine).partitions(now=NOW + timedelta(days=100), keep_days=90).stray_rows == 0


def test_migrating_again_keeps_everything(stocked: Engine) -> None:
    before = partitions(stocked)
    migrate(stocked)
    assert partitions(stocked) == before


def test_abandons_runs_that_gave_no_sign_of_life(stocked: Engine) -> None:
    upkeep, now = Upkeep(stocked), datetime.now(UTC)
    assert upkeep.abandon_runs(now=now) == (UUID(int=2),)
    assert upkeep.abandon_runs(now=now) == ()
    with stocked.connect() as connection:
        assert {row.state: row.n for row in connection.execute(text("SELECT state, count(*) AS n FROM run GROUP BY state"))} == {
            "completed": 1,
            "abandoned": 1,
            "running": 1,
        }


def test_tells_which_files_of_the_archive_nobody_refers_to(stocked: Engine) -> None:
    files = ["2026/batch-9.warc.gz", "2026/lost.warc.gz", "2026/batch-5.warc.gz"]
    assert Upkeep(stocked).unreferenced(files) == ("2026/lost.warc.gz",)
    assert Upkeep(stocked).unreferenced([]) == ()


def test_lets_go_of_files_past_their_time(stocked: Engine) -> None:
    upkeep = Upkeep(stocked)
    expired = upkeep.expired_files(before=datetime.now(UTC) - timedelta(hours=1))
    assert expired == ("2026/batch-5.warc.gz",)
    upkeep.drop_captures(expired)
    assert upkeep.unreferenced(expired) == expired
    with stocked.connect() as connection:
        assert connection.execute(text("SELECT article_id FROM article WHERE capture_id IS NOT NULL")).scalars().all() == [412]


def test_the_feed_can_be_read_after_a_restore_into_a_new_server(stocked: Engine) -> None:
    with stocked.begin() as connection:
        connection.execute(text("UPDATE change SET xid = '9000000000000000000'"))
    exporter, upkeep = Exporter(stocked), Upkeep(stocked)
    assert exporter.changes_since(START) == ()
    assert upkeep.settle_restored_changes() == 5
    assert [change.article_id for change in exporter.changes_since(START)] == [412, 41, 77, 9000000000000000001, 412]
    assert upkeep.settle_restored_changes() == 0


def test_names_tables_that_vacuum_left_behind(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE host SET (autovacuum_enabled = false)"))
        connection.execute(text("INSERT INTO host (host) SELECT n::text FROM generate_series(1, 20000) AS n"))
        connection.execute(text("DELETE FROM host"))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    assert [(table.table, table.dead_rows) for table in Upkeep(engine).bloated_tables()] == [("host", 20000)]
