"""The frozen records that flow from stage to stage: the project's glossary.

    Source ─ Endpoint ─▶ discover ─▶ Candidate ─▶ fetch ─▶ Page ─▶ archive ─▶ extract ─▶ Article ─▶ dedupe ─▶ load

Every record is immutable and keyword-only. Times are aware datetimes in UTC. Text is clean (no NUL, no lone surrogates).
One module a stage; all names are imported from here.
"""

from __future__ import annotations

from pipeline.records.alarms import EndpointTrouble, Finding, OpenGaps, PageReading, SourceReadings, SourceVolume, Subject
from pipeline.records.articles import Article, Evidence, RecurringBlock
from pipeline.records.discovery import Candidate, ChildSitemap, Endpoint, Hints, Reading, Rhythm, Validators
from pipeline.records.fetching import (
    NOT_TO_BE_SHOWN,
    Batch,
    Capture,
    Document,
    Exchange,
    HostLease,
    Page,
    PageRequest,
    Postponed,
    Refused,
    Reread,
    Response,
    Rights,
    SiteRights,
    WarcPlace,
)
from pipeline.records.loading import Finished, Gap, MovedAway, NotModified, PollResult
from pipeline.records.runs import Run, Tally
from pipeline.records.sources import DateClaim, EndpointSpec, SourceFacts, SourceSpec
from pipeline.records.terms import (
    Access,
    AttemptOutcome,
    EndpointKind,
    IncidentKind,
    Outcome,
    Precision,
    Purpose,
    QualityFlag,
    RebuildOutcome,
    Respect,
)

__all__ = [
    "NOT_TO_BE_SHOWN",
    "Access",
    "Article",
    "AttemptOutcome",
    "Batch",
    "Candidate",
    "Capture",
    "ChildSitemap",
    "DateClaim",
    "Document",
    "Endpoint",
    "EndpointKind",
    "EndpointSpec",
    "EndpointTrouble",
    "Evidence",
    "Exchange",
    "Finding",
    "Finished",
    "Gap",
    "Hints",
    "HostLease",
    "IncidentKind",
    "MovedAway",
    "NotModified",
    "OpenGaps",
    "Outcome",
    "Page",
    "PageReading",
    "PageRequest",
    "PollResult",
    "Postponed",
    "Precision",
    "Purpose",
    "QualityFlag",
    "Reading",
    "RebuildOutcome",
    "RecurringBlock",
    "Refused",
    "Reread",
    "Respect",
    "Response",
    "Rhythm",
    "Rights",
    "Run",
    "SiteRights",
    "SourceFacts",
    "SourceReadings",
    "SourceSpec",
    "SourceVolume",
    "Subject",
    "Tally",
    "Validators",
    "WarcPlace",
]
