"""The pages of the simulated press, read in process as the pipeline reads them: with what the feeds say, redirects followed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean
from urllib.parse import urlsplit

from newsroom.desk import Answer, Desk
from newsroom.findings import LoadedArticle, LoadedRow
from newsroom.outlets import load_outlets, with_origins
from newsroom.press import Press
from newsroom.records import Edition, Outlet
from newsroom.render import judging_names, template_names
from newsroom.script import PageKind, Script
from newsroom.sources import feed_address
from newsroom.texts import compare_body
from newsroom.truth import TruthArticle, truth_of
from pipeline.discover.feeds import read_feed
from pipeline.extract.article import extract
from pipeline.extract.charset import decode_html
from pipeline.extract.context import Context
from pipeline.extract.limits import Limits
from pipeline.records import Candidate, Outcome, Refused, Respect, Rights, SourceFacts

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
# known by status, type or robots.txt: their pages are never read
UNREAD = {PageKind.NOT_HTML, PageKind.NOT_FOUND, PageKind.GONE, PageKind.FORBIDDEN, PageKind.DISALLOWED}
FURNITURE = ("/about", "/contact", "/newsletter")


def truth_articles(press: Press) -> list[TruthArticle]:
    """What the press knows of every article that can be read."""
    return [truth_of(press, life) for lives in press.lives.values() for life in lives if life.kind not in UNREAD]


def press_of(seed: int, *, judging: bool, articles: int) -> Press:
    """A press that stands still after its first hour; `judging`: with the templates that no rule was chosen by."""
    outlets = load_outlets(judging_names() if judging else template_names())
    ports = {outlet.host(edition): 18_000 + at for at, outlet in enumerate(outlets) for edition in outlet.editions}
    press = Press(
        Script(seed=seed, start=START, articles=articles, calm=True, frozen=True, judging=judging),
        tuple(with_origins(outlet, ports) for outlet in outlets),
    )
    press.advance(START)
    return press


@dataclass(frozen=True, kw_only=True)
class ReadPage:
    """A page that was read, and the processor time that it took."""

    template: str
    url: str
    html: str
    seconds: float


class Reader:
    """Reads the pages of a press as the pipeline does: with what its feeds say, redirects followed."""

    def __init__(self, press: Press) -> None:
        self.press, self.desk = press, Desk(press)
        self.pages: list[ReadPage] = []  # in the order of `rows`

    def rows(self) -> Iterator[LoadedRow]:
        """One row for each page of every outlet."""
        for outlet in self.press.outlets.values():
            fed = self._fed(outlet)
            for path in (*FURNITURE, *(f"/section/{section.slug}" for section in outlet.sections)):
                yield self._row(outlet, outlet.origin() + path, ())
            for life in self.press.lives[outlet.slug]:
                if life.kind not in UNREAD:
                    url = self.press.url(life, listed=True, edition=life.edition)
                    yield self._row(outlet, url, fed.get(urlsplit(url).path, ()))

    def _fed(self, outlet: Outlet) -> dict[str, tuple[Candidate, ...]]:
        feed = feed_address(outlet)
        if feed is None:
            return {}
        body = self._answer(outlet, feed.url).body()
        reading = read_feed(body, url=feed.url, content_type=feed.media_type, now=START, zone=outlet.timezone)
        return {urlsplit(candidate.url).path: (candidate,) for candidate in reading.candidates}

    def _answer(self, outlet: Outlet, url: str) -> Answer:
        parts = urlsplit(url)
        return self.desk.answer(outlet, Edition((parts.hostname or "").partition(".")[0]), parts.path, START)

    def _row(self, outlet: Outlet, url: str, facts: tuple[Candidate, ...]) -> LoadedRow:
        at, answer = url, self._answer(outlet, url)
        while answer.status == 301:
            at = dict(answer.headers)["location"]
            answer = self._answer(outlet, at)
        source = SourceFacts(
            source_id=1,
            slug=outlet.slug,
            homepage=outlet.origin() + "/",
            language=outlet.language,
            timezone=outlet.timezone,
            respect=Respect.NONE,
        )
        html = decode_html(answer.body(), "text/html; charset=utf-8")
        began = time.process_time()
        result = extract(html, Context(url=at, source=source, facts=facts, rights=Rights(), now=START, limits=Limits()))
        self.pages.append(ReadPage(template=outlet.template, url=url, html=html, seconds=time.process_time() - began))
        if isinstance(result, Refused):
            return LoadedRow(url=url, outcome=result.outcome, detail=result.detail)
        published = result.published
        article = LoadedArticle(
            article_id=abs(hash(url)),
            canonical_url=url,
            title=result.title,
            body=result.body,
            authors=result.authors,
            published_at=published.at if published else None,
            published_precision=published.precision if published else None,
        )
        return LoadedRow(url=url, outcome=Outcome.LOADED, article=article)


def mean_f1(truth: Iterable[TruthArticle], rows: Iterable[LoadedRow]) -> float:
    """Mean F1 of the bodies' words: unlike "the body is right", a line left over does not make it nothing."""
    by_url = {url: article for article in truth for url in (article.url, *article.aliases)}
    pairs = [(row.article, by_url[row.url]) for row in rows if row.article is not None and row.url in by_url]
    return fmean(compare_body(row.body, article.versions[0].lines, article.beside)[0] for row, article in pairs)
