"""Compares what was loaded, and how it was fetched, with the truth. Pure: records in, a record out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from newsroom.access_log import LoggedRequest
from newsroom.copies import judge_copies
from newsroom.courtesy import courtesy
from newsroom.edits import answers_by_place, judge_edits
from newsroom.findings import FLOORS, Finding, LoadedArticle, LoadedRow, Scorecard
from newsroom.reservations import AI_TXT_PATH, TDMREP_PATH
from newsroom.texts import compare_body, plain
from newsroom.truth import TruthArticle, TruthVersion
from pipeline.records import Outcome, Precision

RIGHTS_PATHS = (TDMREP_PATH, AI_TXT_PATH)
BODY_F1 = 0.95  # of words; from there on a body counts as right if nothing is left over
MINUTE = timedelta(minutes=1)


def score(truth: Iterable[TruthArticle], rows: Iterable[LoadedRow], requests: Iterable[LoggedRequest]) -> Scorecard:
    """Compare database rows and access log with the truth.

    Required is an article that a feed, sitemap or page listed in a response the client got whole. A deleted or edited article is judged
    by the version that its last good response had.
    """
    log = sorted(requests, key=lambda request: request.started)
    articles = list(truth)
    required = _required(articles, log)
    by_url = {url: article for article in articles for url in (article.url, *article.aliases)}
    grouped: dict[str, list[LoadedRow]] = defaultdict(list)  # by canonical URL of the truth
    findings: list[Finding] = []
    for row in rows:
        article = _article_of(row, by_url)
        if article is not None:
            grouped[article.url].append(row)
        elif row.outcome is Outcome.LOADED:
            findings.append(Finding(what="unexpected", where=row.url, detail="loaded, but no article of the press"))
    served = _last_served(log)
    verdicts = [_judge(article, grouped[article.url], served, required=article in required) for article in articles]
    findings += [finding for verdict in verdicts for finding in verdict.findings]
    answers = answers_by_place(log, _HARMLESS)
    edits = [judge_edits(article, grouped[article.url], answers) for article in articles if article.outcome is Outcome.LOADED]
    findings += [finding for verdict in edits for finding in verdict.findings]
    findings += courtesy(log)
    copies = judge_copies(articles, {url: row.article for url, found in grouped.items() for row in found if row.article is not None})
    findings += copies.findings
    right = Counter(name for verdict in verdicts if verdict.fields is not None for name in verdict.fields)
    compared = sum(verdict.fields is not None for verdict in verdicts)
    return Scorecard(
        required=len(required),
        loaded=compared,
        refused=sum(verdict.refused for verdict in verdicts),
        waiting=tuple(verdict.waiting for verdict in verdicts if verdict.waiting is not None),
        findings=tuple(findings),
        edits_served=sum(verdict.served for verdict in edits),
        edits_found=sum(verdict.found for verdict in edits),
        accuracy={name: right[name] / compared if compared else 1.0 for name in FLOORS},
        copies=copies.expected,
        copies_found=copies.found,
    )


# -- what is expected ------------------------------------------------------------------


def _required(articles: Sequence[TruthArticle], log: Sequence[LoggedRequest]) -> set[TruthArticle]:
    listed = {
        (request.outlet, number)
        for request in log
        if request.lists is not None and request.status in {200, 304} and request.fault is None
        for number in range(*request.lists)
    }
    return {article for article in articles if (article.outlet, article.number) in listed}


def _article_of(row: LoadedRow, by_url: Mapping[str, TruthArticle]) -> TruthArticle | None:
    return by_url.get(row.url) or (by_url.get(row.article.canonical_url) if row.article is not None else None)


def _key(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.path


@dataclass(frozen=True, kw_only=True)
class _Served:
    """The last responses to each (host, path)."""

    good: Mapping[tuple[str, str], LoggedRequest]  # 200, whole
    last: Mapping[tuple[str, str], LoggedRequest]


def _last_served(log: Sequence[LoggedRequest]) -> _Served:
    whole = (request for request in log if request.status == 200 and request.fault in _HARMLESS)
    return _Served(
        good={(request.host, request.path): request for request in whole},
        last={(request.host, request.path): request for request in log},
    )


_HARMLESS = {None, "WrongCharset", "Slow"}  # faults under which the whole page arrives
_PASSING = {"Busy", "Truncated"}  # faults after which the server asks for, or deserves, another try


# -- one article -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    findings: tuple[Finding, ...] = ()
    fields: frozenset[str] | None = None  # that are right; None: not loaded
    refused: bool = False
    waiting: Finding | None = None


def _judge(article: TruthArticle, rows: Sequence[LoadedRow], served: _Served, *, required: bool) -> _Verdict:
    loaded = {row.article.article_id: row.article for row in rows if row.article is not None}
    outcomes = {row.outcome for row in rows}
    if len(loaded) > 1 or sum(row.outcome is Outcome.LOADED for row in rows) > 1:
        return _Verdict(findings=(Finding(what="doubled", where=article.url, detail=f"rows {sorted(loaded)}"),))
    if loaded:
        if article.outcome is not Outcome.LOADED:
            return _Verdict(findings=(Finding(what="unexpected", where=article.url, detail=f"loaded, but is {article.outcome}"),))
        version, row = _version_served(article, served), next(iter(loaded.values()))
        return _compare(article, version, row, rights=_rights_served(article, served))
    if not rows:
        missing = (Finding(what="missing", where=article.url, detail="never discovered"),)
        return _Verdict(findings=missing if required else ())
    if None in outcomes:
        return _open(article, rows, served)
    expected = {article.outcome} | ({Outcome.HTTP_GONE} if article.deleted_at is not None else set())
    if outcomes - {Outcome.REDIRECTED} <= expected and outcomes - {Outcome.REDIRECTED}:
        return _Verdict(refused=True)
    found = ", ".join(f"{row.outcome}: {row.detail}" for row in rows)
    what = "missing" if article.outcome is Outcome.LOADED else "refusal"
    return _Verdict(findings=(Finding(what=what, where=article.url, detail=f"{found}; expected {article.outcome}"),))


def _open(article: TruthArticle, rows: Sequence[LoadedRow], served: _Served) -> _Verdict:
    last = [served.last[key] for row in rows if (key := _key(row.url)) in served.last]
    finding = Finding(
        what="missing", where=article.url, detail="still open: " + ", ".join(row.detail or "" for row in rows if row.outcome is None)
    )
    if any(request.fault in _PASSING for request in last):
        return _Verdict(waiting=finding)
    return _Verdict(findings=(finding,))


def _version_served(article: TruthArticle, served: _Served) -> TruthVersion:
    """The version in the last whole page that went out; the first one where the log has none."""
    answers = [served.good[key] for url in (article.url, *article.aliases) if (key := _key(url)) in served.good]
    if not answers:
        return article.versions[0]
    at = max(request.started_at for request in answers)
    return [article.versions[0], *(version for version in article.versions if version.since <= at)][-1]


def _rights_served(article: TruthArticle, served: _Served) -> frozenset[bool | None]:
    """What may be recorded of the outlet's file: what it says where it went out, nothing where it did not (the host was down then)."""
    hosts = {key[0] for url in (article.url, *article.aliases) if (key := _key(url)) in served.good}
    return frozenset(article.reserved if any((host, path) in served.good for path in RIGHTS_PATHS) else None for host in hosts)


def _compare(article: TruthArticle, version: TruthVersion, row: LoadedArticle, *, rights: frozenset[bool | None]) -> _Verdict:
    wrong: list[Finding] = []
    if rights and row.reserved not in rights:
        wrong.append(Finding(what="rights", where=article.url, detail=f"{row.reserved}; expected {sorted(rights, key=str)}"))
    if plain(row.title) != plain(version.title):
        wrong.append(Finding(what="title", where=article.url, detail=f"{row.title!r}; expected {version.title!r}"))
    if [plain(name) for name in row.authors] != [plain(name) for name in article.authors]:
        wrong.append(Finding(what="authors", where=article.url, detail=f"{row.authors}; expected {article.authors}"))
    if not same_moment(article.published_at, row.published_at, row.published_precision):
        wrong.append(Finding(what="published", where=article.url, detail=f"{row.published_at}; expected {article.published_at}"))
    f1, left_over = compare_body(row.body, version.lines, article.beside)
    if f1 < BODY_F1 or left_over:
        wrong.append(Finding(what="body", where=article.url, detail=f"F1 {f1:.3f}, left over {list(left_over)}"))
    return _Verdict(findings=tuple(wrong), fields=frozenset(FLOORS) - {finding.what for finding in wrong})


def same_moment(truth: datetime, found: datetime | None, precision: Precision | None) -> bool:
    """Whether `found` is the true moment as far as its precision goes (a day may be off by the outlet's time zone)."""
    if found is None:
        return False
    return abs(truth - found) < (timedelta(days=1) if precision is Precision.DAY else MINUTE)
