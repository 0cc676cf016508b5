"""A Reading as JSON, for the child process that reads documents: no pickle crosses from it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.records import Candidate, DateClaim, EndpointKind, EndpointSpec, Precision, Reading


def reading_to_json(reading: Reading) -> bytes:
    """A Reading as UTF-8 JSON; `reading_from_json` gives the same Reading back."""
    return json.dumps(asdict(reading), default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def reading_from_json(data: bytes) -> Reading:
    """The Reading that `reading_to_json` wrote."""
    fields: dict[str, Any] = json.loads(data)
    candidates = tuple(_candidate(candidate) for candidate in fields.pop("candidates"))
    children = tuple(EndpointSpec(kind=EndpointKind(child["kind"]), url=child["url"]) for child in fields.pop("children"))
    sets = {name: frozenset(fields.pop(name)) for name in ("skip_hours", "skip_days")}
    return Reading(kind=EndpointKind(fields.pop("kind")), candidates=candidates, children=children, **sets, **fields)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _candidate(fields: dict[str, Any]) -> Candidate:
    dates = {name: _claim(fields.pop(name)) for name in ("published", "updated")}
    lists = {name: tuple(fields.pop(name)) for name in ("authors", "categories")}
    return Candidate(**fields, **dates, **lists)


def _claim(fields: dict[str, str] | None) -> DateClaim | None:
    if fields is None:
        return None
    return DateClaim(at=datetime.fromisoformat(fields["at"]), precision=Precision(fields["precision"]))
