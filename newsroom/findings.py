"""The records that go into a scorecard and come out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.records import Outcome, Precision

FLOORS: Mapping[str, float] = {"title": 0.95, "body": 0.95, "authors": 0.9, "published": 0.95}
COPIES_FLOOR = 0.95  # reprints: the same text, or one paragraph shorter
MUST_NOT = (
    "missing",
    "doubled",
    "miscopied",
    "unexpected",
    "refusal",
    "rights",
    "disallowed",
    "too_fast",
    "too_early",
    "no_contact",
    "invented",
)


@dataclass(frozen=True, kw_only=True)
class LoadedRow:
    """One URL of the database and, where it was loaded, its article."""

    url: str  # as discovered
    outcome: Outcome | None  # None: still open
    detail: str | None = None
    article: LoadedArticle | None = None  # for LOADED and DUPLICATE: the row it leads to


@dataclass(frozen=True, kw_only=True)
class LoadedArticle:
    """One row of the article table."""

    article_id: int
    canonical_url: str
    title: str
    body: str
    authors: tuple[str, ...]
    published_at: datetime | None
    published_precision: Precision | None
    cluster_id: int | None = None  # None: no copy of it is known
    edits: int = 0  # later versions that are noted as the publisher's
    gone: bool = False
    reserved: bool | None = None  # as recorded of a file of its site; None: nothing said


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    what: str  # missing, doubled, title, too_fast …
    where: str  # URL or host and path
    detail: str


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """What was found. `holds` is the judgement."""

    required: int  # articles that an endpoint listed to the client
    loaded: int  # of them, rightly
    refused: int  # of them, rightly, under the right name
    waiting: tuple[Finding, ...]  # still open because the server's last word was "later"
    findings: tuple[Finding, ...]
    edits_served: int = 0  # changes between two good responses of an article's page
    edits_found: int = 0  # of them, noted as versions
    accuracy: Mapping[str, float] = field(default_factory=dict)  # by field, over the loaded articles; 1.0 where there are none
    copies: int = 0  # reprints that are loaded, as their originals are
    copies_found: int = 0  # of them, in one cluster with the original

    def count(self, what: str) -> int:
        """How many findings there are of one sort."""
        return sum(finding.what == what for finding in self.findings)

    @property
    def holds(self) -> bool:
        """Nothing of MUST_NOT was found, each field is as accurate as its floor, and so are the copies."""
        accurate = all(self.accuracy[name] >= floor for name, floor in FLOORS.items())
        return accurate and not any(self.count(what) for what in MUST_NOT) and self.copies_found >= COPIES_FLOOR * self.copies
