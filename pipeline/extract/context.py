"""What an extraction knows of a page beside its markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.extract.limits import Limits
from pipeline.records import Candidate, Rights, SourceFacts


@dataclass(frozen=True, kw_only=True)
class Context:
    """A page's circumstances. Equal ones give an equal result for the same markup."""

    url: str  # that answered, normalised
    source: SourceFacts
    facts: tuple[Candidate, ...]  # what feeds and sitemaps said
    rights: Rights  # the reservations seen; recorded
    now: datetime  # only bounds the dates
    limits: Limits
    headers: tuple[tuple[str, str], ...] = ()  # of the response, those in metadata.TELLING_HEADERS
