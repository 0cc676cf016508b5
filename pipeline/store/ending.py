"""How a URL ends: what finish_pages stores."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import Outcome


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The final outcome of one URL."""

    url_id: int
    outcome: Outcome
    detail: str | None = None
    article_id: int | None = None  # with loaded and duplicate
    redirects_to: int | None = None  # with redirected: the url_id that is queued instead
