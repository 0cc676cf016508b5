"""Forgetting leaves a tombstone and nothing to read."""

from __future__ import annotations

from sqlalchemy import Engine, text

from pipeline.records import WarcPlace
from pipeline.store.explain import Explainer, answer
from pipeline.store.export import START, Exporter
from pipeline.store.forgetting import Forgetting
from pipeline.store.reading import Reader

BUDGET = "https://www.herald.test/budget"
# Every column that can hold words or addresses, as one text for each table.
_EVERYTHING = text(
    """SELECT string_agg(held, ' ' ORDER BY held) FROM (
      SELECT to_jsonb(t)::text FROM url t
      UNION ALL SELECT to_jsonb(t)::text FROM url_alias t
      UNION ALL SELECT to_jsonb(t)::text FROM article t
      UNION ALL SELECT to_jsonb(t)::text FROM revision t
      UNION ALL SELECT to_jsonb(t)::text FROM sighting t
      UNION ALL SELECT to_jsonb(t)::text FROM attempt t
      UNION ALL SELECT to_jsonb(t)::text FROM fetch_log t
      UNION ALL SELECT to_jsonb(t)::text FROM capture t
      UNION ALL SELECT to_jsonb(t)::text FROM change t
      UNION ALL SELECT to_jsonb(t)::text FROM recheck t) AS everything (held)"""
)


def everything(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(_EVERYTHING).scalar_one()).lower()


def test_forgets_an_article_by_any_of_its_addresses(stocked: Engine) -> None:
    done = Forgetting(stocked).url("https://m.herald.test/budget?utm_source=x", reason="asked for by the author")
    assert (done.articles, done.urls) == ((412,), 2)
    assert "budget" not in everything(stocked)
    assert "council" not in everything(stocked)
    assert Reader(stocked).ledger_total().balanced
    assert Reader(stocked).ledger_total().by_outcome["forgotten"] == 2


def test_every_address_of_it_is_turned_away_from_now_on(stocked: Engine) -> None:
    Forgetting(stocked).url(BUDGET, reason="law")
    for url in (BUDGET, "https://www.herald.test/amp/budget", "https://m.herald.test/budget"):
        told = Explainer(stocked).why(url)
        assert told.forgotten is not None and told.forgotten.reason == "law"
        assert answer(told).startswith("It was forgotten at")


def test_consumers_are_told(stocked: Engine) -> None:
    Forgetting(stocked).url(BUDGET, reason="law")
    assert [change.kind for change in Exporter(stocked).changes_since(START) if change.article_id == 412] == ["delete"] * 3


def test_what_is_to_be_wiped_in_the_archive_is_kept_until_it_is(stocked: Engine) -> None:
    forgetting = Forgetting(stocked)
    forgetting.url(BUDGET, reason="law")
    places = forgetting.pending_scrubs()
    assert places == (
        WarcPlace(warc_file="2026/batch-5.warc.gz", warc_offset=0, warc_length=900),
        WarcPlace(warc_file="2026/batch-9.warc.gz", warc_offset=0, warc_length=910),
    )
    forgetting.finish_scrubs(places[:1])
    assert forgetting.pending_scrubs() == places[1:]


def test_forgets_what_redirected_to_it_and_leaves_copies_alone(stocked: Engine) -> None:
    done = Forgetting(stocked).url("https://www.wire.test/storm", reason="law")
    assert (done.articles, done.urls) == ((41,), 2)
    assert Reader(stocked).article("77").copies == ()
    assert "go/storm" not in everything(stocked)


def test_forgets_a_url_that_a_worker_has(stocked: Engine) -> None:
    assert Forgetting(stocked).url("https://busy.herald.test/now", reason="law").urls == 1
    with stocked.connect() as connection:
        row = connection.execute(text("SELECT outcome, lease_token, url FROM url WHERE url_id = 6")).one()
    assert (row.outcome, row.lease_token, row.url[:10]) == ("forgotten", None, "forgotten:")


def test_a_url_never_seen_gets_its_tombstone_too(stocked: Engine) -> None:
    assert Forgetting(stocked).url("https://www.herald.test/never", reason="law").urls == 0
    assert Explainer(stocked).why("https://www.herald.test/never").forgotten is not None


def test_forgetting_twice_is_forgetting_once(stocked: Engine) -> None:
    forgetting = Forgetting(stocked)
    forgetting.url(BUDGET, reason="law")
    before = everything(stocked)
    assert forgetting.url(BUDGET, reason="law").articles == ()
    assert everything(stocked) == before


def test_forgets_a_source_chunk_by_chunk_and_no_other(stocked: Engine) -> None:
    done = Forgetting(stocked).source("herald", reason="law", chunk=2)
    assert set(done.articles) == {412, 77}
    assert done.urls == 9
    assert "herald.test" not in everything(stocked).replace("busy.herald.test", "").replace('www.herald.test"', "").replace(
        "late.herald.test", ""
    )
    assert {row.source: row.articles for row in Reader(stocked).ledger_by_source()} == {"herald": 0, "mute": 0, "nichi": 1, "wire": 1}
    assert all(row.balanced for row in Reader(stocked).ledger_by_source())
    assert Forgetting(stocked).source("herald", reason="law").urls == 0
