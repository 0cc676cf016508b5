"""Why an article is there, or is not: everything known of one URL."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from pipeline.store.database import transaction
from pipeline.store.queries import query
from pipeline.store.rows import (
    ArticleSummary,
    AttemptRow,
    CaptureRow,
    Explanation,
    FetchRow,
    PolledAs,
    RecheckRow,
    SightingRow,
    Tombstone,
    UrlRow,
)
from pipeline.store.selecting import read, read_one
from pipeline.urls import normalise, url_sha256


class Explainer:
    """Looks URLs up wherever they may have left a trace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def why(self, url: str) -> Explanation:
        """Everything known of a URL, given in any form. Raises UnsafeUrlError for what is no http(s) URL."""
        with transaction(self._engine) as connection:
            return _explain(connection, normalise(url))


def _explain(connection: Connection, url: str) -> Explanation:
    sha256 = url_sha256(url).hex()
    known = read_one(connection, "explain_url", UrlRow, sha256=sha256)
    url_id = known.url_id if known else None
    article_id = _article_id(connection, known, sha256)
    return Explanation(
        url=url,
        known=known,
        forgotten=read_one(connection, "explain_forgotten", Tombstone, sha256=sha256),
        polled_as=read_one(connection, "explain_endpoint", PolledAs, sha256=sha256),
        sightings=read(connection, "explain_sightings", SightingRow, url_id=url_id),
        attempts=read(connection, "explain_attempts", AttemptRow, url_id=url_id),
        fetches=read(connection, "explain_fetches", FetchRow, url_id=url_id),
        captures=read(connection, "explain_captures", CaptureRow, url_id=url_id),
        article=read_one(connection, "summarise_article", ArticleSummary, article_id=article_id),
        recheck=read_one(connection, "explain_recheck", RecheckRow, article_id=article_id),
    )


def _article_id(connection: Connection, known: UrlRow | None, sha256: str) -> int | None:
    if known is not None and known.article_id is not None:
        return known.article_id
    found: int | None = connection.execute(query("explain_alias"), {"sha256": sha256}).scalar()
    return found


def answer(explanation: Explanation) -> str:
    """The explanation in one sentence."""
    known, article = explanation.known, explanation.article
    if explanation.forgotten:
        return (
            f"It was forgotten at {explanation.forgotten.at:%Y-%m-%d %H:%M} UTC ({explanation.forgotten.reason}) and is not fetched again."
        )
    if known is None:
        if article:
            return f"It is another address of article {article.article_id}."
        return "It is polled for links." if explanation.polled_as else "It was never on any list that was read."
    if known.outcome is None:
        return _open_answer(known)
    detail = f" ({known.outcome_detail})" if known.outcome_detail else ""
    if known.outcome in ("loaded", "duplicate") and article is None:
        return f"It was loaded as article {known.article_id}, which its publisher has withdrawn since: no view shows it."
    if known.outcome == "loaded":
        return f"It was loaded as article {known.article_id}."
    if known.outcome == "duplicate":
        return f"It is another address of article {known.article_id}{detail}."
    if known.outcome == "redirected":
        return f"It redirects to {known.redirects_to}, which is looked at in its place."
    return f"It was refused: {known.outcome}{detail}."


def _open_answer(known: UrlRow) -> str:
    if known.state == "leased":
        return "A worker has it right now."
    waits = f", since {known.waiting_for}" if known.waiting_for else ""
    if known.blocked_until and known.blocked_reason:
        waits += f"; its host waits until {known.blocked_until:%Y-%m-%d %H:%M:%S} UTC ({known.blocked_reason})"
    if known.state == "waiting":
        return f"It waits until {known.not_before:%Y-%m-%d %H:%M:%S} UTC{waits}."
    return f"It is due and waits for a worker{waits}."
