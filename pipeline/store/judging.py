"""What a judge looks at: every URL with its outcome and the article that it led to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from pipeline.store.database import transaction
from pipeline.store.selecting import read

_BATCH = 500


@dataclass(frozen=True, kw_only=True)
class JudgedUrl:
    """One URL; the article's columns are None where it led to none."""

    url_id: int
    url: str
    outcome: str | None  # None: still open
    detail: str | None
    article_id: int | None
    canonical_url: str | None
    title: str | None
    body: str | None
    authors: list[str] | None
    published_at: datetime | None
    published_precision: str | None
    cluster_id: int | None  # None also where no copy is known
    status: str | None
    reserved: bool | None  # what a file of the site reserves, as recorded with the article
    edits: int  # versions by the publisher after the first


def judged_urls(engine: Engine) -> Iterator[JudgedUrl]:
    """Every URL, in batches of bounded size."""
    after = 0
    while True:
        with transaction(engine) as connection:
            rows = read(connection, "judged_urls", JudgedUrl, after=after, most=_BATCH)
        if not rows:
            return
        yield from rows
        after = rows[-1].url_id
