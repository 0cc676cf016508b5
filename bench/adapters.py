"""The product in the form that scorers take: extraction as a child runs it for a page, and matching, both in process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bench.support.copies import Given, cluster_ids
from pipeline.extract.article import Draft, read
from pipeline.extract.article import extract as extract_article
from pipeline.extract.charset import decode_html
from pipeline.extract.context import Context
from pipeline.extract.dates import read_printed
from pipeline.extract.limits import Limits
from pipeline.records import Article, Evidence, Refused, Respect, Rights, SourceFacts

_SOURCE = SourceFacts(source_id=0, slug="bench", homepage="https://example.org/", language=None, timezone="UTC", respect=Respect.NONE)
_LIMITS = Limits(min_words=0)


def extract(html: bytes, url: str | None) -> dict[str, object]:
    """text, title, authors, date (YYYY-MM-DD, as the page printed it), section and dateline of a page.

    Of a page that the quality gate refuses, `refused` gives the name, beside what was read: scorers judge the reading, not the gate.
    """
    page, address = decode_html(html, None), url or "https://example.org/"
    context = Context(url=address, source=_SOURCE, facts=(), rights=Rights(), now=datetime.now(UTC), limits=_LIMITS)
    result = extract_article(page, context)
    if isinstance(result, Refused):
        draft = read(page, context)
        return {"refused": f"{result.outcome}: {result.detail}", **(_of_draft(draft) if isinstance(draft, Draft) else {})}
    return _of_article(result)


def dedupe(articles: Sequence[Given]) -> list[int]:
    """Cluster ids of articles, in their order. An article is (id, text, site, time); text is the title, a line feed, and the body."""
    return cluster_ids(articles)


def _of_article(article: Article) -> dict[str, object]:
    chosen = [claim for claim in article.evidence if claim.chosen]
    return {
        "text": article.body,
        "title": article.title,
        "authors": _credited(article.authors, article.agency, article.byline),
        "date": _printed_day(chosen, article.language),
        "section": article.section,
        "dateline": article.dateline,
    }


def _of_draft(draft: Draft) -> dict[str, object]:
    facts = draft.facts
    return {
        "text": draft.body,
        "title": facts.title,
        "authors": _credited(facts.authors, facts.agency, facts.byline),
        "date": _printed_day(facts.chosen, draft.language),
        "section": facts.section,
    }


def _credited(people: tuple[str, ...], agency: str | None, byline: str | None) -> list[str]:
    """Labels name whoever is credited: the people, else the byline as printed, else the agency."""
    return list(people) or [credit for credit in (byline, agency) if credit][:1]


def _printed_day(chosen: list[Evidence] | tuple[Evidence, ...], language: str | None) -> str | None:
    """The day in the page's own zone: labels name the printed day, the record holds UTC."""
    fields = {"published", "created", "time", "date_near", "labelled_date", "date_within", "printed_date", "modified", "changed_near"}
    claim = next((claim for claim in chosen if claim.field in fields), None)
    printed = read_printed(claim.value, language) if claim else None
    return f"{printed.moment:%Y-%m-%d}" if printed else None
