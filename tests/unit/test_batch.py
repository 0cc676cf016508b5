"""How a batch ends when loading fails beside its visits."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline.records import Batch, Finished, HostLease, Outcome, PageRequest, Purpose, Refused, Respect, SourceFacts, Tally
from pipeline.steps import batch as batches
from pipeline.steps.chunk import Chunk, Done
from pipeline.steps.workplace import Workplace

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SOURCE = SourceFacts(source_id=1, slug="x", homepage="https://x.test/", language="en", timezone="UTC", respect=Respect.NONE)
REQUEST = PageRequest(
    url_id=1, source=SOURCE, url="https://x.test/a", host="x.test", purpose=Purpose.ARTICLE, tries=0, first_seen_at=NOW, facts=()
)
LEASE = HostLease(host="x.test", token=1, expires_at=0.0, delay_seconds=0.0, not_before=0.0)


class BrokenLoader:
    """The first thing to load is more than it takes."""

    def load(self, *_: object, **__: object) -> Tally:
        raise ArithmeticError("the row is not one")


async def test_an_error_of_loading_beside_the_visits_ends_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not die with the timer: what was to be loaded is due again, and the run would call itself a success."""
    left = asyncio.Event()

    async def visit(_: Workplace, __: HostLease, ___: Batch, chunk: Chunk) -> Tally:
        await chunk.add(
            Done(finished=Finished(request=REQUEST, result=Refused(outcome=Outcome.BAD_PAGE, detail=""), finished_at=NOW), page=None)
        )
        try:
            await asyncio.Event().wait()  # a visit that goes on for long
        finally:
            left.set()
        return Tally()

    monkeypatch.setattr(batches, "_visit_host", visit)
    settings = SimpleNamespace(load_chunk=50, load_within_seconds=0.0)
    polls = SimpleNamespace(add_documents=lambda _: None)
    workplace = cast("Workplace", SimpleNamespace(settings=settings, polls=polls, loader=BrokenLoader(), run_id=None))
    with pytest.raises(ArithmeticError):
        await batches.work_batch(workplace, Batch(token=1, hosts=(LEASE,), endpoints=(), pages=()))
    assert left.is_set()
