"""Whether an endpoint fails again and again, has ended by itself, or has gaps that nothing has healed yet."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.records import EndpointTrouble, Finding, IncidentKind, OpenGaps, Subject

# Weight of failures in a row: one that says "gone", two unreadable answers, four overloads or timeouts (discover/polling.py).
_FAILING = 1.0


def judge_endpoints(troubles: Iterable[EndpointTrouble]) -> tuple[Finding, ...]:
    """A finding for each endpoint that has failed enough, and for each that has ended."""
    return tuple(finding for trouble in troubles if (finding := _judge(trouble)) is not None)


def _judge(trouble: EndpointTrouble) -> Finding | None:
    subject = Subject(source_id=trouble.source_id, endpoint_id=trouble.endpoint_id)
    since = trouble.last_ok_at
    evidence = {"failures": trouble.failures, "last_status": trouble.last_status, "last_ok_at": since and since.isoformat()}
    if trouble.retired_at is not None:
        detail = f"not polled any more: {trouble.retired_reason}"
        return Finding(kind=IncidentKind.ENDPOINT_RETIRED, subject=subject, detail=detail, evidence=evidence)
    if trouble.failures < _FAILING:
        return None
    read = f"not read since {since:%Y-%m-%d %H:%M} UTC" if since else "never read"
    return Finding(kind=IncidentKind.ENDPOINT_FAILING, subject=subject, detail=f"{read}: {trouble.last_status}", evidence=evidence)


def judge_gaps(endpoints: Iterable[OpenGaps]) -> tuple[Finding, ...]:
    """A finding for each endpoint with open gaps."""
    return tuple(
        Finding(
            kind=IncidentKind.GAP,
            subject=Subject(source_id=open_gaps.source_id, endpoint_id=open_gaps.endpoint_id),
            detail=f"about {open_gaps.estimated_loss:,.0f} entries may have been missed between "
            f"{open_gaps.from_at:%Y-%m-%d %H:%M} and {open_gaps.to_at:%Y-%m-%d %H:%M} UTC",
            evidence={"gaps": open_gaps.gaps, "estimated_loss": round(open_gaps.estimated_loss, 1)},
        )
        for open_gaps in endpoints
    )
