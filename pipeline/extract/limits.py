"""The settings that an extraction depends on, and the name that they and everything else that decides its result make up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.blocks import Snapshot
from pipeline.extract.markup import MAX_TAGS
from pipeline.extract.siterules import SiteRule
from pipeline.extract.version import extractor_name
from pipeline.records import SourceFacts


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The settings that an extraction depends on; part of the extractor's name."""

    min_words: int = 50
    max_tags: int = MAX_TAGS
    rule: SiteRule | None = None  # of the page's site
    furniture: Snapshot | None = None  # of the page's outlet


def name_extractor(limits: Limits, source: SourceFacts) -> str:
    """The name of what decides the result for a page of this source: code, limits, slug, language and zone, the site's rule, furniture."""
    name = extractor_name(repr((replace(limits, rule=None, furniture=None), source.language, source.timezone, source.slug)))
    site = f"+site-{limits.rule.mark}" if limits.rule else ""
    return name + site + (limits.furniture.suffix if limits.furniture else "")
