"""A Reading as JSON, for the child process that reads documents: no pickle crosses from it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pipeline.records import Candidate, ChildSitemap, DateClaim, EndpointKind, Precision, Reading


def reading_to_json(reading: Reading) -> bytes:
    """A Reading as UTF-8 JSON; `reading_from_json` gives the same Reading back. Empty fields are left out: sitemaps are long."""
    return json.dumps(reading, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def reading_from_json(data: bytes) -> Reading:
    """The Reading that `reading_to_json` wrote."""
    fields: dict[str, Any] = json.loads(data)
    fields["kind"] = EndpointKind(fields["kind"])
    fields["candidates"] = tuple(_candidate(candidate) for candidate in fields.get("candidates", ()))
    fields["children"] = tuple(_child(child) for child in fields.get("children", ()))
    for name in ("skip_hours", "skip_days"):
        fields[name] = frozenset(fields.get(name, ()))
    return Reading(**fields)


def _plain(value: object) -> object:
    if isinstance(value, Reading | Candidate | ChildSitemap | DateClaim):
        return {name: field for name, field in vars(value).items() if field not in (None, ())}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _candidate(fields: dict[str, Any]) -> Candidate:
    for name in ("published", "updated"):
        fields[name] = _claim(fields.get(name))
    for name in ("authors", "categories"):
        fields[name] = tuple(fields.get(name, ()))
    return Candidate(**fields)


def _child(fields: dict[str, Any]) -> ChildSitemap:
    return ChildSitemap(kind=EndpointKind(fields["kind"]), url=fields["url"], updated=_claim(fields.get("updated")))


def _claim(fields: dict[str, str] | None) -> DateClaim | None:
    if fields is None:
        return None
    return DateClaim(at=datetime.fromisoformat(fields["at"]), precision=Precision(fields["precision"]))
