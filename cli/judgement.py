"""Scores the database against the files of the simulated press."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from cli.output import print_table, say
from newsroom.access_log import read_log
from newsroom.findings import COPIES_FLOOR, FLOORS, LoadedArticle, LoadedRow, Scorecard
from newsroom.house import LOG_FILE, TRUTH_FILE
from newsroom.scorecard import score
from newsroom.truth import read_truth
from pipeline.errors import DataFolderError
from pipeline.records import Outcome, Precision
from pipeline.store.judging import JudgedUrl, judged_urls

_SHOWN = 20  # findings


def judge(engine: Engine, press_folder: Path) -> Scorecard:
    """The scorecard of what is in the database. Raises DataFolderError where no press has lived in the folder."""
    truth, log = press_folder / TRUTH_FILE, press_folder / LOG_FILE
    if not truth.exists() or not log.exists():
        raise DataFolderError(f"{press_folder} holds no simulated press; `dateline demo` makes one")
    return score(read_truth(truth), _rows(engine), read_log(log))


def _rows(engine: Engine) -> Iterator[LoadedRow]:
    for row in judged_urls(engine):
        outcome = None if row.outcome is None else Outcome(row.outcome)
        yield LoadedRow(url=row.url, outcome=outcome, detail=row.detail, article=_article(row))


def _article(row: JudgedUrl) -> LoadedArticle | None:
    if row.article_id is None:
        return None
    return LoadedArticle(
        article_id=row.article_id,
        canonical_url=row.canonical_url or row.url,
        title=row.title or "",
        body=row.body or "",
        authors=tuple(row.authors or ()),
        published_at=row.published_at,
        published_precision=None if row.published_precision is None else Precision(row.published_precision),
        cluster_id=row.cluster_id,
        edits=row.edits,
        gone=row.status != "live",
        reserved=row.reserved,
    )


def print_scorecard(card: Scorecard) -> None:
    """The scorecard for people."""
    counts = f"{card.loaded:,} loaded, {card.refused:,} rightly refused, {len(card.waiting):,} told to wait"
    say(f"Scorecard: {card.required:,} articles listed; {counts}")
    say(f"Edits: {card.edits_found:,} of {card.edits_served:,} that were served after the first fetch")
    rows = [(name, f"{card.accuracy[name]:.1%}", f"{floor:.0%}") for name, floor in FLOORS.items()]
    print_table("", ("field", "right", "at least"), rows)
    say(f"Copies: {card.copies_found:,} of {card.copies:,} reprints lie with their originals, at least {COPIES_FLOOR:.0%} must")
    counted = Counter(finding.what for finding in card.findings)
    print_table("Findings", ("what", "how many"), counted.most_common())
    print_table("", ("what", "where", "detail"), [(one.what, one.where, one.detail) for one in card.findings[:_SHOWN]])
    say("The scorecard holds." if card.holds else "The scorecard does NOT hold.", style="green" if card.holds else "red")
