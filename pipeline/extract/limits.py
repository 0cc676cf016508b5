"""The settings that an extraction depends on, and the name that they and everything else that decides its result make up."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.markup import MAX_TAGS
from pipeline.extract.version import extractor_name
from pipeline.records import SourceFacts


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The settings that an extraction depends on; part of the extractor's name."""

    min_words: int = 50
    max_tags: int = MAX_TAGS


def name_extractor(limits: Limits, source: SourceFacts) -> str:
    """The name of what decides the result for a page of this source: the code, the limits, the source's language and zone."""
    return extractor_name(repr((limits, source.language, source.timezone)))
