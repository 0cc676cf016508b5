"""The change feed and the snapshot, with writers at work."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from pipeline.errors import WrongItemError
from pipeline.store.export import START, Exporter
from pipeline.store.rows import Change

INSERT = text("INSERT INTO change (kind, article_id) VALUES ('revise', :article_id) RETURNING seq")


def write(connection: Connection, article_id: int) -> int:
    return int(connection.execute(INSERT, {"article_id": article_id}).scalar_one())


def follow(exporter: Exporter, cursor: str, *, limit: int = 500) -> tuple[list[Change], str]:
    """Everything that the feed has, and where it goes on."""
    changes: list[Change] = []
    while found := exporter.changes_since(cursor, limit=limit):
        changes += found
        cursor = found[-1].cursor
    return changes, cursor


def test_the_feed_hands_out_articles_as_they_are_now(stocked: Engine) -> None:
    changes, cursor = follow(Exporter(stocked), START, limit=2)
    assert [(change.kind, change.article_id) for change in changes] == [
        ("insert", 412), ("insert", 41), ("insert", 77), ("insert", 9000000000000000001), ("revise", 412),
    ]  # fmt: skip
    assert changes[0].article == changes[4].article
    assert changes[0].article is not None and changes[0].article.revision_no == 3
    assert follow(Exporter(stocked), cursor) == ([], cursor)


def test_a_transaction_that_numbers_early_and_commits_late_is_not_missed(stocked: Engine) -> None:
    exporter = Exporter(stocked)
    _, cursor = follow(exporter, START)
    with stocked.connect() as slow, stocked.connect() as fast:
        early = write(slow, 41)
        late = write(fast, 77)
        fast.commit()
        assert early < late
        held_back, cursor = follow(exporter, cursor)
        slow.commit()
    then, _ = follow(exporter, cursor)
    assert [change.article_id for change in held_back + then] == [41, 77]


def test_a_watermark_on_the_sequence_would_miss_it(stocked: Engine) -> None:
    """The control: the same story read by sequence number alone loses the early one."""
    newest = text("SELECT seq, article_id FROM change WHERE seq > :seen ORDER BY seq")
    with stocked.connect() as slow, stocked.connect() as fast, stocked.connect() as reader:
        seen = reader.execute(text("SELECT max(seq) FROM change")).scalar_one()
        reader.commit()
        write(slow, 41)
        write(fast, 77)
        fast.commit()
        first = reader.execute(newest, {"seen": seen}).all()
        reader.commit()
        slow.commit()
        second = reader.execute(newest, {"seen": first[-1].seq}).all()
    assert [row.article_id for row in [*first, *second]] == [77]


def test_a_deleted_article_is_a_tombstone_wherever_it_stands(stocked: Engine) -> None:
    with stocked.begin() as connection:
        connection.execute(text("UPDATE url SET outcome = 'robots', article_id = NULL WHERE url_id = 10"))
        connection.execute(text("DELETE FROM edge"))
        connection.execute(text("DELETE FROM cluster_member"))
        connection.execute(text("DELETE FROM cluster"))
        connection.execute(text("DELETE FROM article WHERE article_id = 77"))
        connection.execute(text("INSERT INTO change (kind, article_id) VALUES ('delete', 77)"))
    changes, _ = follow(Exporter(stocked), START)
    assert [(change.kind, change.article) for change in changes if change.article_id == 77] == [("delete", None), ("delete", None)]


def test_the_snapshot_and_what_follows_leave_no_gap(stocked: Engine) -> None:
    """A writer is at work when the snapshot begins, another changes an article that was read already."""
    exporter = Exporter(stocked)
    with stocked.connect() as before:
        write(before, 412)
        snapshot = exporter.snapshot(batch=2)
        first = next(snapshot.batches)
        assert [row.article_id for row in first] == [41, 77]
        with stocked.begin() as during:
            during.execute(text("UPDATE article SET title = 'A storm, corrected' WHERE article_id = 77"))
            write(during, 77)
        before.commit()
        rest = [row.article_id for batch in snapshot.batches for row in batch]
    assert rest == [412, 9000000000000000001]
    changes, _ = follow(exporter, snapshot.cursor)
    assert {change.article_id for change in changes} == {412, 77}
    assert {change.article.title for change in changes if change.article_id == 77 and change.article} == {"A storm, corrected"}


def test_refuses_what_is_no_cursor(engine: Engine) -> None:
    for cursor in ("", "5", "a:b", "1:-1", "1:99999999999999999999", "1:9223372036854775808", "1:2:3"):
        with pytest.raises(WrongItemError, match="is no cursor"):
            Exporter(engine).changes_since(cursor)


def test_refuses_a_cursor_of_another_server(engine: Engine) -> None:
    with pytest.raises(WrongItemError, match="new snapshot"):
        Exporter(engine).changes_since("9000000000000000000:1")
