"""The product's extraction in the form that scorers take: what a child runs for a page, in process."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.extract.article import Limits
from pipeline.extract.article import extract as extract_article
from pipeline.extract.charset import decode_html
from pipeline.extract.dates import read_printed
from pipeline.records import Article, Evidence, Refused, Respect, Rights, SourceFacts

_SOURCE = SourceFacts(source_id=0, slug="bench", homepage="https://example.org/", language=None, timezone="UTC", respect=Respect.NONE)
_LIMITS = Limits(min_words=0)


def extract(html: bytes, url: str | None) -> dict[str, object]:
    """text, title, authors, date (YYYY-MM-DD, as the page printed it), section and dateline of a page; a refusal gives its name alone."""
    article = article_of(html, url)
    if isinstance(article, Refused):
        return {"refused": f"{article.outcome}: {article.detail}"}
    return {
        "text": article.body,
        "title": article.title,
        "authors": list(article.authors) or [credit for credit in (article.agency, article.byline) if credit][:1],
        "date": _printed_day(article),
        "section": article.section,
        "dateline": article.dateline,
    }


def article_of(html: bytes, url: str | None, limits: Limits = _LIMITS) -> Article | Refused:
    """The article record of a page."""
    address = url or "https://example.org/"
    return extract_article(
        decode_html(html, None),
        url=address,
        source=_SOURCE,
        facts=(),
        rights=Rights(),
        now=datetime.now(UTC),
        limits=limits,
    )


def _printed_day(article: Article) -> str | None:
    """The day in the page's own zone: labels name the printed day, the record holds UTC."""
    chosen: Evidence | None = next(
        (
            claim
            for claim in article.evidence
            if claim.chosen and claim.field in {"published", "created", "time", "printed_date", "modified"}
        ),
        None,
    )
    printed = read_printed(chosen.value, article.language) if chosen else None
    return f"{printed.moment:%Y-%m-%d}" if printed else None
