"""A claim that meets a load in mid-transaction: the former holder's lease ran out while it was about to commit."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from builders import finished
from desk import Desk
from sqlalchemy import Connection

from pipeline.records import Batch, Outcome, Postponed, Refused

REFUSED = Refused(outcome=Outcome.HTTP_GONE, detail="404")
POSTPONED = Postponed(detail="503", retry_at=datetime.now(UTC) + timedelta(hours=1), spends_try=False)


def _expire(desk: Desk) -> None:
    desk.rows("UPDATE news.host SET lease_until = now() - interval '1 second', next_due_at = now() WHERE lease_token IS NOT NULL")


def _claim_during(desk: Desk, load: Callable[[Connection], object]) -> Batch | None:
    """Start a claim while `load` holds its rows; commit the load when the claim waits for them. Returns what was claimed."""
    with ThreadPoolExecutor(1) as pool, desk.engine.begin() as connection:
        load(connection)
        claiming: Future[Batch | None] = pool.submit(desk.frontier.claim, clock_now=time.monotonic())
        while not desk.rows("SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"):
            assert not claiming.done(), "the claim was to wait for the load"
        connection.commit()
        return claiming.result(timeout=30)


@pytest.mark.parametrize("result", [REFUSED, POSTPONED], ids=["refused", "postponed"])
def test_what_ends_while_a_claim_waits_for_it_is_not_claimed(desk: Desk, result: Refused | Postponed) -> None:
    desk.add_source("beacon", range(2))
    batch = desk.claim()
    first, second = batch.pages
    _expire(desk)
    claimed = _claim_during(desk, lambda connection: desk.loader._load(connection, [finished(first, result)], batch.token, desk.run_id))
    assert claimed is not None
    assert [page.url for page in claimed.pages] == [second.url]
    [row] = desk.rows("SELECT outcome, lease_token FROM news.url WHERE url_id = :id", id=first.url_id)
    assert row.lease_token is None
