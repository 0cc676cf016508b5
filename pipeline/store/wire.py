"""Records as the JSON rows that `jsonb_to_recordset` reads: one bound value carries a whole chunk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import RowMapping

from pipeline.records import Candidate, DateClaim, EndpointKind, Precision, Respect, SourceFacts


def rows_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """A JSON array of rows; bytes become hex, datetimes ISO 8601."""
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    return asdict(value)


def source_facts(row: RowMapping) -> SourceFacts:
    """The source part of a claimed row."""
    return SourceFacts(
        source_id=row["source_id"],
        slug=row["slug"],
        homepage=row["homepage"],
        language=row["language"],
        timezone=row["timezone"],
        respect=Respect(row["respect"]),
    )


def sighting_row(sha256: str, candidate: Candidate) -> dict[str, Any]:
    """One row for add_sightings."""
    return {
        "sha256": sha256,
        "guid": candidate.guid,
        "title": candidate.title,
        "authors": candidate.authors,
        "published_at": candidate.published and candidate.published.at,
        "published_precision": candidate.published and candidate.published.precision,
        "updated_at": candidate.updated and candidate.updated.at,
        "updated_precision": candidate.updated and candidate.updated.precision,
        "categories": candidate.categories,
        "summary": candidate.summary,
        "language": candidate.language,
    }


def sighted_candidate(url: str, row: Mapping[str, Any]) -> Candidate:
    """The reverse of sighting_row, from a row of `sighting` as JSON."""
    return Candidate(
        url=url,
        guid=row["guid"],
        title=row["title"],
        authors=tuple(row["authors"]),
        published=_claim(row["published_at"], row["published_precision"]),
        updated=_claim(row["updated_at"], row["updated_precision"]),
        categories=tuple(row["categories"]),
        summary=row["summary"],
        language=row["language"],
        kind=EndpointKind(row["kind"]) if row["kind"] else None,
    )


def _claim(at: str | None, precision: str | None) -> DateClaim | None:
    return DateClaim(at=datetime.fromisoformat(at), precision=Precision(precision)) if at and precision else None
