"""The truth file: for each article of the press what a perfect reader would have of it, one JSON line an article.

A line holds all versions that the script has for the article with the times from which they hold, so lines are only ever
appended and never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from newsroom.press import Press
from newsroom.records import Edition, body_lines
from newsroom.reservations import is_reserved
from newsroom.script import EXPECTED, Life
from pipeline.records import Outcome


@dataclass(frozen=True, kw_only=True)
class TruthVersion:
    """What the page says from `since` on."""

    since: datetime  # UTC
    title: str
    lines: tuple[str, ...]  # paragraphs, headings, quotations, list items, table cells


@dataclass(frozen=True, kw_only=True)
class TruthArticle:
    """One article and what must become of it."""

    outlet: str
    number: int  # at its outlet; LoggedRequest.lists speaks of these
    url: str  # canonical
    aliases: tuple[str, ...]  # other URLs under which it is listed or reached
    outcome: Outcome  # LOADED, or the name of the refusal
    published_at: datetime
    authors: tuple[str, ...]
    beside: tuple[str, ...]  # subtitle, caption, dateline, agency, authors: may stand beside the body without being furniture
    versions: tuple[TruthVersion, ...]  # oldest first
    moved_at: datetime | None
    deleted_at: datetime | None
    syndicated_from: str | None  # URL of the agency's article
    reserved: bool | None = None  # what the file says in which its outlet reserves rights; None: there is none


_LINE = TypeAdapter(TruthArticle)


def truth_of(press: Press, life: Life) -> TruthArticle:
    """The truth about one life that is out."""
    outlet = press.outlets[life.outlet]
    starts = (life.published_at, *life.edits)
    articles = [press.article(life, version) for version in range(1, len(starts) + 1)]
    first = articles[0]
    url = press.url(life, listed=False)
    listed = (Edition.WWW, *(edition for edition in outlet.editions if edition in (Edition.MOBILE, Edition.AMP)))
    aliases = {press.url(life, listed=way, edition=edition) for edition in listed for way in (True, False)} - {url}
    beside = (*(article.subtitle for article in articles), first.image_caption, first.dateline, first.agency, outlet.name, *first.authors)
    return TruthArticle(
        outlet=life.outlet,
        number=life.number,
        url=url,
        aliases=tuple(sorted(aliases)),
        outcome=EXPECTED[life.kind],
        published_at=life.published_at,
        authors=first.authors,
        beside=tuple(dict.fromkeys(text for text in beside if text)),
        versions=tuple(
            TruthVersion(since=since, title=article.title, lines=body_lines(article.paragraphs))
            for since, article in zip(starts, articles, strict=True)
        ),
        moved_at=life.moved_at,
        deleted_at=life.deleted_at,
        syndicated_from=None if life.original is None else press.url(life.original, listed=False),
        reserved=is_reserved(outlet, first),
    )


def write_truth(path: Path, articles: Iterable[TruthArticle], *, anew: bool) -> None:
    """Append lines; `anew`: replace the file, in one step."""
    target = path.with_suffix(".new") if anew else path
    with target.open("w" if anew else "a", encoding="utf-8") as file:
        file.writelines(_LINE.dump_json(article).decode() + "\n" for article in articles)
    if anew:
        target.replace(path)


def read_truth(path: Path) -> Iterator[TruthArticle]:
    """The articles of a truth file so far; a last line that is only half there is left out."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield _LINE.validate_json(line)
            except ValidationError:
                if line.endswith("\n"):
                    raise
