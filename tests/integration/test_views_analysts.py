"""What analysts' views say of known rows, on a real Postgres."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Engine, RowMapping, text

from pipeline.store.matching import match_all
from pipeline.store.rows import ArticleRow


def rows(engine: Engine, statement: str) -> list[RowMapping]:
    with engine.connect() as connection:
        return list(connection.execute(text(statement)).mappings())


def value(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar_one()


def change(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_v_article_hides_nothing_and_has_the_fields_of_its_record(stocked: Engine) -> None:
    change(stocked, "UPDATE article SET quality = 0, status = 'gone', gone_at = now() WHERE article_id = 77")
    with stocked.connect() as connection:
        result = connection.execute(text("SELECT * FROM v_article"))
        assert list(result.keys()) == [field.name for field in fields(ArticleRow)]
        assert len(result.all()) == 4


def test_v_url_states(stocked: Engine) -> None:
    states = {row["url_id"]: row["state"] for row in rows(stocked, "SELECT url_id, state FROM v_url")}
    assert {url_id: state for url_id, state in states.items() if state != "done"} == {4: "due", 5: "waiting", 6: "leased", 7: "due"}


def test_v_queue_adds_up_to_the_open_urls(stocked: Engine) -> None:
    assert value(stocked, "SELECT sum(urls) FROM v_queue") == 4


def test_copies_are_led_by_the_credited_agency(stocked: Engine) -> None:
    assert {row["article_id"]: row["origin_id"] for row in rows(stocked, "SELECT * FROM v_copy")} == {41: 41, 77: 41}
    change(
        stocked,
        "UPDATE article SET agency = NULL",
        "UPDATE article SET published_at = now() - interval '3 hours', published_precision = 'minute' WHERE article_id = 77",
    )
    match_all(stocked)
    assert {row["origin_id"] for row in rows(stocked, "SELECT * FROM v_copy")} == {77}


def test_copies_are_led_by_one_that_can_still_be_seen(stocked: Engine) -> None:
    change(stocked, "UPDATE article SET status = 'gone', gone_at = now() WHERE article_id = 41")
    match_all(stocked)
    assert {row["origin_id"] for row in rows(stocked, "SELECT * FROM v_copy")} == {77}


def test_copy_groups_are_whole_whatever_edges_hold_them_together(stocked: Engine) -> None:
    """A chain whose ends are both smaller than its middle: 41 - 9000000000000000001 - 77 is one group, 412 stays alone."""
    change(
        stocked,
        "DELETE FROM unmatched",
        "DELETE FROM edge",
        "INSERT INTO edge VALUES (41, 9000000000000000001, 'exact'), (77, 9000000000000000001, 'exact')",
        "INSERT INTO unclustered (article_id) VALUES (77)",
    )
    match_all(stocked)
    assert {row["article_id"]: row["copy_group"] for row in rows(stocked, "SELECT * FROM v_copy")} == {
        41: 41,
        77: 41,
        9000000000000000001: 41,
    }


def test_v_unique_article_has_one_row_a_text(stocked: Engine) -> None:
    found = {row["article_id"]: (row["copies"], row["outlets"]) for row in rows(stocked, "SELECT * FROM v_unique_article")}
    assert found == {412: (0, 1), 41: (1, 2), 9000000000000000001: (0, 1)}


def test_v_syndication_names_origin_and_outlets(stocked: Engine) -> None:
    (row,) = rows(stocked, "SELECT * FROM v_syndication")
    assert (row["origin"], row["outlets"], row["articles"], row["title"]) == ("wire", ["herald", "wire"], 2, "Storm hits the coast")


def test_v_edits_tells_silent_edits_from_open_ones(stocked: Engine) -> None:
    found = {row["revision_no"]: row for row in rows(stocked, "SELECT * FROM v_edits")}
    assert {number: row["undisclosed"] for number, row in found.items()} == {2: True, 3: False}
    assert (found[2]["old_title"], found[2]["title_changed"], found[3]["title_changed"]) == ("Council weighs the budget", True, False)
    assert found[2]["characters_added"] == len("The council passed it.") - len("The council weighs it.")


def test_an_edit_of_an_undated_page_is_open_when_it_is_dated_after_our_look(stocked: Engine) -> None:
    change(
        stocked,
        "UPDATE revision SET modified_at = NULL WHERE revision_no = 1",
        "UPDATE revision SET modified_at = seen_at - interval '1 day' WHERE revision_no = 2",
    )
    assert value(stocked, "SELECT undisclosed FROM v_edits WHERE revision_no = 2")
    change(stocked, "UPDATE revision SET modified_at = seen_at - interval '1 minute' WHERE revision_no = 2")
    assert not value(stocked, "SELECT undisclosed FROM v_edits WHERE revision_no = 2")


def test_an_edit_of_an_undated_page_is_open_when_it_is_dated_to_the_day_of_our_look(stocked: Engine) -> None:
    change(
        stocked,
        "UPDATE article SET modified_precision = 'day', modified_at = coalesce(modified_at, now())",
        "UPDATE revision SET modified_at = NULL WHERE revision_no = 1",
        "UPDATE revision r SET modified_at = date_trunc('day', old.seen_at) FROM revision old"
        " WHERE (r.article_id, r.revision_no, old.revision_no) = (old.article_id, 2, 1)",
    )
    assert not value(stocked, "SELECT undisclosed FROM v_edits WHERE revision_no = 2")
    change(stocked, "UPDATE revision SET modified_at = modified_at - interval '1 day' WHERE revision_no = 2")
    assert value(stocked, "SELECT undisclosed FROM v_edits WHERE revision_no = 2")


def test_v_freshness_counts_only_dates_with_a_time_of_day(stocked: Engine) -> None:
    by_source = {row["source"]: row for row in rows(stocked, "SELECT * FROM v_freshness")}
    assert set(by_source) == {"herald", "wire", "nichi"}
    herald = by_source["herald"]
    assert (herald["articles"], round(herald["discover_p50_s"]), round(herald["load_p95_s"]), round(herald["total_p50_s"])) == (
        1,
        1200,
        600,
        1800,
    )


def test_v_completeness_by_route(stocked: Engine) -> None:
    (row,) = rows(stocked, "SELECT * FROM v_completeness WHERE source = 'herald'")
    assert (row["urls"], row["via_feed"], row["via_sitemap"], row["via_both"], row["via_redirect"], row["loaded"]) == (9, 7, 4, 2, 0, 2)
    assert row["estimated_total"] == round((7 + 1) * (4 + 1) / (2 + 1) - 1)
    assert (row["estimated_missed"], row["gaps"], row["open_gaps"]) == (row["estimated_total"] - 9, 0, 0)
    assert value(stocked, "SELECT via_redirect FROM v_completeness WHERE source = 'wire'") == 1
    assert value(stocked, "SELECT estimated_total FROM v_completeness WHERE source = 'nichi'") is None


def test_v_source_health(stocked: Engine) -> None:
    health = {row["source"]: row["health"] for row in rows(stocked, "SELECT * FROM v_source_health")}
    assert health == {"herald": "ok", "wire": "failing", "nichi": "blocked", "mute": "no endpoints"}
    (herald,) = rows(stocked, "SELECT * FROM v_source_health WHERE source = 'herald'")
    assert (herald["loaded_24h"], herald["refused_24h"], herald["main_refusal"]) == (2, 1, "robots")
    change(
        stocked,
        "UPDATE source SET retired_at = now(), enabled = false WHERE slug = 'wire'",
        "UPDATE endpoint SET last_polled_at = NULL WHERE source_id = 1",
    )
    health = {row["source"]: row["health"] for row in rows(stocked, "SELECT * FROM v_source_health")}
    assert (health["wire"], health["herald"]) == ("retired", "new")


def test_a_source_that_falls_silent_is_quiet(stocked: Engine) -> None:
    change(
        stocked,
        """INSERT INTO url (url, url_sha256, source_id, host)
           SELECT 'https://www.herald.test/' || n, sha256(n::text::bytea), 1, 'www.herald.test' FROM generate_series(1, 120) AS n""",
        """INSERT INTO article (article_id, source_id, url_id, canonical_url, title, body, body_sha256, word_count, first_seen_at, quality,
                                extractor)
           SELECT 100000 + url_id, 1, url_id, url, 't', 'b', sha256('b'), 1, now(), 1, 'test' FROM url WHERE url_id > 1000""",
        "UPDATE article SET loaded_at = now() - interval '2 days'",
    )
    assert value(stocked, "SELECT health FROM v_source_health WHERE source = 'herald'") == "quiet"


def test_v_fetch_errors(stocked: Engine) -> None:
    assert {(row["host"], row["status"], row["requests"]) for row in rows(stocked, "SELECT * FROM v_fetch_errors")} == {
        ("www.wire.test", 500, 1),
        ("www.herald.test", 500, 1),
    }


def test_every_table_and_view_says_what_it_is_for(engine: Engine) -> None:
    mute = """SELECT relname FROM pg_class
              WHERE relnamespace = 'news'::regnamespace AND relkind IN ('v', 'r', 'p') AND NOT relispartition
                AND obj_description(oid) IS NULL"""
    assert rows(engine, mute) == []
