"""Who publishes, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.records.terms import EndpointKind, Precision, Respect


@dataclass(frozen=True, kw_only=True)
class EndpointSpec:
    """One line of a source's endpoints in sources.toml."""

    kind: EndpointKind
    url: str


@dataclass(frozen=True, kw_only=True)
class SourceSpec:
    """One source of sources.toml: an outlet whose articles are wanted."""

    slug: str  # ^[a-z0-9][a-z0-9._-]{0,62}$
    name: str
    homepage: str
    country: str | None = None  # ISO 3166-1 alpha-2
    language: str | None = None  # BCP 47 primary language
    timezone: str = "UTC"  # IANA name: resolves naive dates
    media_type: str | None = None  # agency, newspaper, broadcaster, magazine, online
    respect: Respect = Respect.NONE
    enabled: bool = True
    recheck_looks: int | None = None  # looks at an article after its first fetch; None: by the setting and by how often the outlet edits
    endpoints: tuple[EndpointSpec, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """What the stages need to know of the source a URL or endpoint belongs to."""

    source_id: int
    slug: str
    homepage: str
    language: str | None
    timezone: str
    respect: Respect


@dataclass(frozen=True, kw_only=True)
class DateClaim:
    """A moment as somebody printed it."""

    at: datetime  # UTC
    precision: Precision
