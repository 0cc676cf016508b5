"""Ledgers, the queue and the story of one URL on a real Postgres."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, text

from pipeline.records import AttemptOutcome, Outcome
from pipeline.store.explain import Explainer, answer
from pipeline.store.reading import Reader

FIRST_RUN = UUID(int=1)


def test_the_ledger_balances_by_source_and_in_all(stocked: Engine) -> None:
    reader = Reader(stocked)
    herald, mute, nichi, wire = reader.ledger_by_source()
    assert (herald.discovered, herald.open, herald.ended, herald.articles) == (9, 4, 5, 2)
    assert herald.by_outcome == {"loaded": 2, "duplicate": 1, "redirected": 1, "robots": 1}
    assert (mute.discovered, mute.by_outcome, mute.balanced) == (0, {}, True)
    assert all(row.balanced for row in (herald, nichi, wire))
    total = reader.ledger_total()
    assert (total.discovered, total.open, total.ended, total.articles, total.balanced) == (11, 4, 7, 4, True)
    assert total.by_outcome == {"loaded": 4, "duplicate": 1, "redirected": 1, "robots": 1}


def test_the_ledger_of_an_empty_database_balances(engine: Engine) -> None:
    assert Reader(engine).ledger_total().balanced
    assert Reader(engine).ledger_by_source() == ()


def test_a_missing_article_unbalances_the_ledger(stocked: Engine) -> None:
    with stocked.begin() as connection:
        connection.execute(text("UPDATE url SET outcome = 'robots', article_id = NULL WHERE url_id = 10"))
    reader = Reader(stocked)
    assert [row.source for row in reader.ledger_by_source() if not row.balanced] == ["herald"]
    assert not reader.ledger_total().balanced


def test_each_outcome_is_a_column_of_the_ledgers(engine: Engine) -> None:
    with engine.connect() as connection:
        ledger = set(connection.execute(text("SELECT * FROM v_ledger")).keys())
        run_ledger = set(connection.execute(text("SELECT * FROM v_run_ledger")).keys())
    assert {outcome.value for outcome in Outcome} <= ledger
    assert {outcome.value for outcome in (*Outcome, *AttemptOutcome)} - {"forgotten"} <= run_ledger


def test_the_database_knows_the_same_outcomes(stocked: Engine) -> None:
    """Every Outcome can be stored, and no other text can."""
    for outcome in Outcome:
        with stocked.begin() as connection:
            article = 412 if outcome in (Outcome.LOADED, Outcome.DUPLICATE) else None
            target = 8 if outcome is Outcome.REDIRECTED else None
            connection.execute(
                text(
                    "UPDATE url SET outcome = :outcome, article_id = :article, redirects_to = :target, finished_at = now() WHERE url_id = 4"
                ),
                {"outcome": outcome, "article": article, "target": target},
            )


def test_the_run_ledger_tells_what_a_run_did(stocked: Engine) -> None:
    rows = {row.source: row for row in Reader(stocked).run_ledger(FIRST_RUN)}
    assert (rows["herald"].discovered, rows["herald"].attempts) == (9, 3)
    assert rows["herald"].by_outcome == {"loaded": 1, "robots": 1, "postponed": 1}
    assert (rows["nichi"].discovered, rows["nichi"].attempts, rows["nichi"].by_outcome) == (1, 0, {})
    assert [row.by_outcome for row in Reader(stocked).run_ledger(UUID(int=2))] == [{"revised": 1}]
    assert Reader(stocked).run_ledger(UUID(int=9)) == ()


def test_status_counts_the_queue_and_names_what_is_wrong(stocked: Engine) -> None:
    status = Reader(stocked).status()
    queue = status.queue
    assert (queue.due, queue.waiting, queue.leased, queue.hosts_leased, queue.rechecks_due, queue.unmatched) == (2, 1, 1, 1, 1, 1)
    assert [(reason.reason, reason.urls) for reason in status.reasons] == [("500 of the server", 1)]
    assert [(host.host, host.reason, host.urls) for host in status.blocked] == [("www.nichi.test", "429, Retry-After 3600", 0)]
    assert [run.run_id.int for run in status.runs] == [3, 2, 1]
    assert [(endpoint.source, endpoint.status, endpoint.failures) for endpoint in status.failing] == [("wire", "500", 2.5)]


def test_why_answers_in_a_sentence(stocked: Engine) -> None:
    said = {
        "https://www.herald.test/budget": "loaded as article 412",
        "https://www.herald.test/amp/budget": "another address of article 412 (same page form)",
        "https://m.herald.test/budget#top": "another address of article 412",
        "https://www.herald.test/private": "refused: robots (Disallow: /private)",
        "https://www.herald.test/go/storm": "redirects to https://www.wire.test/storm",
        "https://busy.herald.test/now": "A worker has it",
        "https://late.herald.test/lost": "is due",
        "https://www.herald.test/later": "since 500 of the server",
        "https://www.herald.test/rss": "polled for links",
        "https://www.herald.test/never": "never on any list",
    }
    for url, words in said.items():
        assert words in answer(Explainer(stocked).why(url))


def test_why_tells_everything_of_a_url(stocked: Engine) -> None:
    told = Explainer(stocked).why("https://WWW.herald.test/budget?utm_source=mail")
    assert told.known is not None and told.known.state == "done"
    assert [sighting.kind for sighting in told.sightings] == ["rss", "news_sitemap"]
    assert [(attempt.purpose, attempt.outcome) for attempt in told.attempts] == [("article", "loaded"), ("recheck", "revised")]
    assert [(fetch.status, fetch.size) for fetch in told.fetches] == [(200, 9000)]
    assert [capture.warc_file for capture in told.captures] == ["2026/batch-5.warc.gz", "2026/batch-9.warc.gz"]
    assert told.article is not None and told.article.revision_no == 3
    assert told.recheck is not None and told.recheck.checks == 0


def test_why_tells_both_ends_of_a_redirect(stocked: Engine) -> None:
    told = Explainer(stocked).why("https://www.wire.test/storm")
    assert told.known is not None and told.known.redirected_from == ["https://www.herald.test/go/storm"]
