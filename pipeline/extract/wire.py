"""What crosses between a worker and its children, as JSON: a page's circumstances one way, an article or a refusal the other. No pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from pipeline.blocks import Snapshot
from pipeline.extract.context import Context
from pipeline.extract.limits import Limits
from pipeline.extract.siterules import RULE
from pipeline.records import (
    Access,
    Article,
    Candidate,
    DateClaim,
    EndpointKind,
    Evidence,
    Outcome,
    Precision,
    Refused,
    Respect,
    Rights,
    SourceFacts,
)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What an extraction needs to know beside the page's bytes."""

    content_type: str | None
    context: Context


def job_to_json(job: Job) -> dict[str, Any]:
    """A Job as a JSON object."""
    return dict(json.loads(_dumps(asdict(job))))


def job_from_json(fields: Mapping[str, Any]) -> Job:
    """The Job that `job_to_json` wrote."""
    return Job(content_type=fields["content_type"], context=_context(fields["context"]))


def result_to_json(result: Article | Refused) -> bytes:
    """An extraction's result as UTF-8 JSON; equal results give equal bytes."""
    return _dumps({"refused" if isinstance(result, Refused) else "article": asdict(result)}).encode()


def result_from_json(data: bytes) -> Article | Refused:
    """The result that `result_to_json` wrote."""
    fields = json.loads(data)
    if "refused" in fields:
        return Refused(outcome=Outcome(fields["refused"]["outcome"]), detail=fields["refused"]["detail"])
    return _article(fields["article"])


def _dumps(value: object) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _context(fields: Mapping[str, Any]) -> Context:
    return Context(
        url=fields["url"],
        headers=tuple((name, value) for name, value in fields["headers"]),
        source=SourceFacts(**{**fields["source"], "respect": Respect(fields["source"]["respect"])}),
        facts=tuple(_candidate(candidate) for candidate in fields["facts"]),
        rights=_rights(fields["rights"]),
        now=datetime.fromisoformat(fields["now"]),
        limits=_limits(fields["limits"]),
    )


def _limits(fields: Mapping[str, Any]) -> Limits:
    return Limits(
        min_words=fields["min_words"],
        max_tags=fields["max_tags"],
        rule=RULE.validate_python(fields["rule"]) if fields["rule"] else None,
        furniture=Snapshot(blocks=frozenset(fields["furniture"]["blocks"])) if fields["furniture"] else None,
    )


def _article(fields: dict[str, Any]) -> Article:
    modified_at, modified_precision = fields.pop("modified_at"), fields.pop("modified_precision")
    lists: dict[str, Any] = {name: tuple(fields.pop(name)) for name in ("authors", "tags", "quality_flags")}
    return Article(
        published=_date(fields.pop("published")),
        modified_at=datetime.fromisoformat(modified_at) if modified_at else None,
        modified_precision=Precision(modified_precision) if modified_precision else None,
        access=Access(fields.pop("access")),
        rights=_rights(fields.pop("rights")),
        evidence=tuple(Evidence(**claim) for claim in fields.pop("evidence")),
        **lists,
        **fields,
    )


def _candidate(fields: Mapping[str, Any]) -> Candidate:
    lists = {name: tuple(fields[name]) for name in ("authors", "categories")}
    kind = EndpointKind(fields["kind"]) if fields["kind"] else None
    return Candidate(**{**fields, **lists, "kind": kind, "published": _date(fields["published"]), "updated": _date(fields["updated"])})


def _date(fields: Mapping[str, str] | None) -> DateClaim | None:
    return DateClaim(at=datetime.fromisoformat(fields["at"]), precision=Precision(fields["precision"])) if fields else None


def _rights(fields: Mapping[str, Any]) -> Rights:
    return Rights(**{**fields, **{name: tuple(fields[name]) for name in ("robots", "ai_robots", "origins")}})
