"""Compares the versions and deletions that were noted with what the press served. Pure: records in, findings out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from newsroom.access_log import LoggedRequest
from newsroom.findings import Finding, LoadedRow
from newsroom.truth import TruthArticle, TruthVersion
from pipeline.records import Outcome

Place = tuple[str, str]  # host and path
_GONE = {404, 410}


@dataclass(frozen=True, kw_only=True)
class EditVerdict:
    """What was served of one article's edits, and what is wrong with what was noted."""

    served: int = 0
    found: int = 0
    findings: tuple[Finding, ...] = ()


def answers_by_place(log: Iterable[LoggedRequest], harmless: Iterable[str | None]) -> Mapping[Place, list[LoggedRequest]]:
    """The whole pages and the 404s and 410s of each place, in order; `harmless` are the faults under which the page arrives whole."""
    allowed, answers = set(harmless), defaultdict(list)
    for request in log:
        if (request.status == 200 and request.fault in allowed) or request.status in _GONE:
            answers[request.host, request.path].append(request)
    return answers


def judge_edits(article: TruthArticle, rows: Sequence[LoadedRow], answers: Mapping[Place, Sequence[LoggedRequest]]) -> EditVerdict:
    """The verdict on an article that is loaded.

    Its edits are those between two good responses of the page that is looked at again; another address of it, fetched once, shows none.
    A deletion counts when it was the page's last answer.
    """
    row = next((row for row in rows if row.outcome is Outcome.LOADED and row.article is not None), None)
    if row is None or row.article is None:
        return EditVerdict()
    seen = sorted((request for place in _places(article, row) for request in answers.get(place, ())), key=lambda request: request.started)
    versions = [_version(article, request) for request in seen if request.status == 200]
    served = sum(before != after for before, after in pairwise(versions))
    noted, findings = row.article.edits, []
    if noted != served:
        what = "edit_missing" if noted < served else "edit_false"
        findings.append(Finding(what=what, where=article.url, detail=f"{noted} edits noted, {served} served"))
    deleted = bool(seen) and seen[-1].status in _GONE
    if deleted != row.article.gone:
        what = "deletion_missing" if deleted else "deletion_false"
        findings.append(Finding(what=what, where=article.url, detail=f"last answered {seen[-1].status if seen else 'never'}"))
    return EditVerdict(served=served, found=min(noted, served), findings=tuple(findings))


def _places(article: TruthArticle, row: LoadedRow) -> set[Place]:
    """Where the page is looked at again: under the URL that loaded it, and where that leads on its own host."""
    listed, own = _place(row.url), _place(article.url)
    return {listed, own} if listed[0] == own[0] else {listed}


def _place(url: str) -> Place:
    parts = urlsplit(url)
    return parts.hostname or "", parts.path


def _version(article: TruthArticle, request: LoggedRequest) -> tuple[str, tuple[str, ...]]:
    """What the page said then: two edits may undo each other."""
    at: TruthVersion = [article.versions[0], *(version for version in article.versions if version.since <= request.started_at)][-1]
    return at.title, at.lines
