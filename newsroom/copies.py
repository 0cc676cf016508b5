"""Whether the database's clusters are the press's syndication: a reprint belongs with its original, and with nothing else. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsroom.findings import Finding, LoadedArticle
from newsroom.truth import TruthArticle


@dataclass(frozen=True, kw_only=True)
class CopyScore:
    """What was found of the copies whose both ends are loaded."""

    expected: int  # reprints
    found: int  # of them, in their original's cluster
    findings: tuple[Finding, ...]  # `uncopied`: a reprint apart from its original; `miscopied`: two stories in one cluster


def judge_copies(articles: Sequence[TruthArticle], rows: Mapping[str, LoadedArticle]) -> CopyScore:
    """Compare clusters with the truth; `rows` by the truth's URL, for articles that are loaded."""
    pairs = [(article.url, article.syndicated_from) for article in articles if article.syndicated_from is not None]
    loaded = [(url, original) for url, original in pairs if url in rows and original in rows]
    apart = [
        Finding(what="uncopied", where=url, detail=f"not with {original}")
        for url, original in loaded
        if not _together(rows[url], rows[original])
    ]
    return CopyScore(expected=len(loaded), found=len(loaded) - len(apart), findings=(*apart, *_mixed(articles, rows)))


def _together(one: LoadedArticle, other: LoadedArticle) -> bool:
    return one.cluster_id is not None and one.cluster_id == other.cluster_id


def _mixed(articles: Sequence[TruthArticle], rows: Mapping[str, LoadedArticle]) -> list[Finding]:
    """Clusters with more than one story in them."""
    stories: dict[int, set[str]] = defaultdict(set)
    for article in articles:
        row = rows.get(article.url)
        if row is not None and row.cluster_id is not None:
            stories[row.cluster_id].add(article.syndicated_from or article.url)
    return [
        Finding(what="miscopied", where=min(urls), detail=f"in one cluster with {', '.join(sorted(urls)[1:4])}")
        for urls in stories.values()
        if len(urls) > 1
    ]
