"""How well the pages of the simulated press are read: floors that may only rise, on pages rendered in process.

The floors of the default templates are the scorecard's own. No rule is chosen by looking at the judging templates: their floors say how
the rules do on designs they were not written by. Seeds other than the demo's, so that no text of the demo is measured again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean
from urllib.parse import urlsplit

import pytest

from newsroom.desk import Answer, Desk
from newsroom.findings import LoadedArticle, LoadedRow
from newsroom.outlets import load_outlets, with_origins
from newsroom.press import Press
from newsroom.records import Edition, Outlet
from newsroom.render import judging_names, template_names
from newsroom.scorecard import score
from newsroom.script import PageKind, Script
from newsroom.sources import feed_address
from newsroom.texts import compare_body
from newsroom.truth import TruthArticle, truth_of
from pipeline.discover.feeds import read_feed
from pipeline.extract.article import extract
from pipeline.extract.charset import decode_html
from pipeline.extract.limits import Limits
from pipeline.records import Candidate, Outcome, Refused, Respect, Rights, SourceFacts

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
# known by status, type or robots.txt: their pages are never read
UNREAD = {PageKind.NOT_HTML, PageKind.NOT_FOUND, PageKind.GONE, PageKind.FORBIDDEN, PageKind.DISALLOWED}
FURNITURE = ("/about", "/contact", "/newsletter")


@dataclass(frozen=True, kw_only=True)
class Floors:
    """Shares of right fields, and the most findings of each other sort."""

    title: float
    body: float
    authors: float
    published: float
    words: float  # F1 of the bodies' words, mean: unlike `body`, a line left over does not make it nothing
    refusals: int  # under another name
    unexpected: int  # no article, and loaded


def _press(seed: int, *, judging: bool, articles: int) -> Press:
    outlets = load_outlets(judging_names() if judging else template_names())
    ports = {outlet.host(edition): 18_000 + at for at, outlet in enumerate(outlets) for edition in outlet.editions}
    press = Press(
        Script(seed=seed, start=START, articles=articles, calm=True, frozen=True, judging=judging),
        tuple(with_origins(outlet, ports) for outlet in outlets),
    )
    press.advance(START)
    return press


class Reader:
    """Reads the pages of a press as the pipeline does: with what its feeds say, redirects followed."""

    def __init__(self, press: Press) -> None:
        self.press, self.desk = press, Desk(press)

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
        result = extract(html, url=at, source=source, facts=facts, rights=Rights(), now=START, limits=Limits())
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


def _mean_f1(truth: Iterable[TruthArticle], rows: Iterable[LoadedRow]) -> float:
    by_url = {url: article for article in truth for url in (article.url, *article.aliases)}
    pairs = [(row.article, by_url[row.url]) for row in rows if row.article is not None and row.url in by_url]
    return fmean(compare_body(row.body, article.versions[0].lines, article.beside)[0] for row, article in pairs)


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("seed", "judging", "floors"),
    [
        (23, False, Floors(title=0.99, body=0.96, authors=0.96, published=0.99, words=0.99, refusals=0, unexpected=0)),
        (29, True, Floors(title=0.99, body=0.009, authors=0.96, published=0.99, words=0.95, refusals=2, unexpected=0)),
    ],
    ids=["default templates", "judging templates"],
)
def test_pages_of_the_press_are_read_as_well_as_before(seed: int, judging: bool, floors: Floors) -> None:
    press = _press(seed, judging=judging, articles=5)
    truth = [truth_of(press, life) for lives in press.lives.values() for life in lives if life.kind not in UNREAD]
    rows = list(Reader(press).rows())
    card = score(truth, rows, [])
    counts = Counter(finding.what for finding in card.findings)
    measured = (card.accuracy, counts, card.findings[:10])
    assert card.loaded > 80, measured
    for name in ("title", "body", "authors", "published"):
        assert card.accuracy[name] >= getattr(floors, name), (name, measured)
    assert _mean_f1(truth, rows) >= floors.words, measured
    assert counts["refusal"] <= floors.refusals, measured
    assert counts["unexpected"] <= floors.unexpected, measured
    assert counts["missing"] == 0 and counts["doubled"] == 0, measured
