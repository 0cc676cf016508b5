"""Article records as rows of `article`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pipeline.dedupe.worddiff import Changes, changes_of
from pipeline.records import Article
from pipeline.search import search_text, ts_config


def text_facts(article: Article, *, language: str | None, capture_id: int | None) -> dict[str, Any]:
    """The columns that a new version of an article brings; `language` is the source's, used where the text tells none."""
    spoken = article.language or language
    return {
        "title": article.title,
        "subtitle": article.subtitle,
        "authors": article.authors,
        "byline": article.byline,
        "agency": article.agency,
        "dateline": article.dateline,
        "section": article.section,
        "tags": article.tags,
        "article_type": article.article_type,
        "body": article.body,
        "body_markdown": article.body_markdown,
        "body_sha256": hashlib.sha256(article.body.encode()).digest(),
        "word_count": article.word_count,
        "language": article.language,
        "language_confidence": article.language_confidence,
        "image_url": article.image_url,
        "image_caption": article.image_caption,
        "image_credit": article.image_credit,
        "place": article.place,
        "modified_at": article.modified_at,
        "modified_precision": article.modified_precision,
        "access": article.access,
        "quality": article.quality,
        "quality_flags": article.quality_flags,
        "rights": article.rights,
        "evidence": [vars(item) for item in article.evidence],
        "extractor": article.extractor,
        "capture_id": capture_id,
        "ts_config": ts_config(spoken),
        "search_text": search_text(article.title, article.body, spoken),
    }


def first_facts(article: Article) -> dict[str, Any]:
    """The columns that the first version alone sets: an article is published once."""
    return {
        "published_at": article.published and article.published.at,
        "published_precision": article.published and article.published.precision,
    }


def text_diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Changes]:
    """What changed in title and body between two rows of an article, as `revision.diff` holds it; fields that are the same are left out."""
    diffs = {field: changes_of(old[field], new[field]) for field in ("title", "body")}
    return {field: changes for field, changes in diffs.items() if changes}
