"""A Reading as JSON, for the child process that reads documents: no pickle crosses from it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.records import Candidate, ChildSitemap, DateClaim, EndpointKind, Precision, Reading


def reading_to_json(reading: Reading) -> bytes:
    """A Reading as UTF-8 JSON; `reading_from_json` gives the same Reading back."""
    return json.dumps(asdict(reading), default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def reading_from_json(data: bytes) -> Reading:
    """The Reading that `reading_to_json` wrote."""
    fields: dict[str, Any] = json.loads(data)
    fields["kind"] = EndpointKind(fields["kind"])
    fields["candidates"] = tuple(_candidate(candidate) for candidate in fields["candidates"])
    fields["children"] = tuple(
        ChildSitemap(kind=EndpointKind(child["kind"]), url=child["url"], updated=_claim(child["updated"])) for child in fields["children"]
    )
    fields["skip_hours"] = frozenset(fields["skip_hours"])
    fields["skip_days"] = frozenset(fields["skip_days"])
    return Reading(**fields)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _candidate(fields: dict[str, Any]) -> Candidate:
    changed = {
        "published": _claim(fields["published"]),
        "updated": _claim(fields["updated"]),
        "authors": tuple(fields["authors"]),
        "categories": tuple(fields["categories"]),
    }
    return Candidate(**(fields | changed))


def _claim(fields: dict[str, str] | None) -> DateClaim | None:
    if fields is None:
        return None
    return DateClaim(at=datetime.fromisoformat(fields["at"]), precision=Precision(fields["precision"]))
