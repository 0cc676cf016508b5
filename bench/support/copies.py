"""The product's matching over a list of articles, with tables in memory in place of those in Postgres; every decision is the product's."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.dedupe.fingerprint import profile
from pipeline.dedupe.match import STOP_AT, Text, compare, worth_comparing
from pipeline.dedupe.stories import Edge, clusters
from pipeline.urls import article_key

Given = tuple[str, str, str, str | None]  # id, text (title, line feed, body), site, ISO time or None


def cluster_ids(articles: Sequence[Given]) -> list[int]:
    """The id of each article's cluster, in the same order; its own key where it has no copy."""
    keys = [article_key(f"https://bench.example/{article[0]}") for article in articles]
    texts = {key: _text(article[1], article[3]) for key, article in zip(keys, articles, strict=True)}
    edges = [edge for pair, shared in _candidates(texts).items() if (edge := _edge(*pair, shared, texts)) is not None]
    cluster_of = {member: members[0] for members in clusters(edges) for member in members}
    return [cluster_of.get(key, key) for key in keys]


def _text(text: str, time: str | None) -> Text:
    title, _, body = text.partition("\n")
    published = datetime.fromisoformat(time) if time else None
    return Text(
        title=title,
        profile=profile(body),
        body_sha256=hashlib.sha256(body.encode()).digest(),
        published_at=published and (published if published.tzinfo else published.replace(tzinfo=UTC)),
    )


def _candidates(texts: dict[int, Text]) -> Counter[tuple[int, int]]:
    """Pairs of articles with the number of keys that both have and that are not on the stop list."""
    holders: dict[int, list[int]] = defaultdict(list)
    for article in sorted(texts):
        for key in texts[article].profile.keys:
            holders[key].append(article)
    pairs: Counter[tuple[int, int]] = Counter()
    for articles in holders.values():
        if len(articles) < STOP_AT:
            pairs.update((low, high) for at, high in enumerate(articles) for low in articles[:at])
    return pairs


def _edge(low: int, high: int, shared: int, texts: dict[int, Text]) -> Edge | None:
    if not worth_comparing(shared, texts[low], texts[high]):
        return None
    found = compare(texts[low], texts[high])
    return None if found is None else Edge(low_id=low, high_id=high, match=found)
