"""`dateline articles`: list, show and search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.text import Text

from cli.database import open_desk
from cli.options import JsonFlag, Language, Since, Until
from cli.output import moment, note, print_json, print_table, printable, say
from pipeline.search import HIGHLIGHT_END, HIGHLIGHT_START
from pipeline.store.reading import ArticleFilter, Reader
from pipeline.store.rows import ArticleDetail, ArticleSummary
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False, help="List, show and search articles.", no_args_is_help=True)

_Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]


@app.command(name="list")
def list_(
    ctx: typer.Context,
    *,
    source: Annotated[str | None, typer.Option("--source", metavar="SLUG", help="Of this source only.")] = None,
    language: Language = None,
    since: Since = None,
    until: Until = None,
    limit: _Limit = 20,
    page: Annotated[str | None, typer.Option("--page", help="Go on where a list ended: its last line, or `next_page`, says how.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List articles, the last loaded first."""
    with open_desk(ctx) as desk:
        if source is not None:
            Sources(desk.engine).check_known(source)
        wanted = ArticleFilter(source=source, language=language, since=since, until=until)
        found = Reader(desk.engine).articles(wanted, limit=limit, page=page)
    if as_json:
        print_json(found)
        return
    _print_list(found.articles)
    if not found.articles:
        say("No articles.")
    if found.next_page:
        note(f"More: --page {found.next_page}")


def _print_list(articles: Iterable[ArticleSummary]) -> None:
    rows = [(str(one.article_id), _published(one), one.source, one.language, one.word_count, one.title) for one in articles]
    print_table("Articles", ("id", "published", "source", "lang", "words", "title"), rows)


def _published(one: ArticleSummary) -> str:
    return "" if one.published_at is None else moment(one.published_at)[: 10 if one.published_precision == "day" else 16]


@app.command()
def show(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="ID|URL", help="The article's id, the beginning of it, or any of its addresses.")],
    evidence: Annotated[bool, typer.Option("--evidence", help="Show where each fact comes from, too.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show one article: its text, its facts, its versions and copies."""
    with open_desk(ctx) as desk:
        found = Reader(desk.engine).article(key)
    if as_json:
        print_json(found)
        return
    _print_facts(found)
    say()
    say(found.article.body)
    say()
    revisions = [(row.revision_no, row.seen_at, row.reason, row.title) for row in found.revisions]
    print_table("Versions", ("no", "seen", "reason", "title"), revisions if len(revisions) > 1 else ())
    print_table("The same story elsewhere", ("id", "source", "url"), [(str(row.article_id), row.source, row.url) for row in found.copies])
    if evidence:
        print_table(
            "Evidence", ("field", "chosen", "origin", "value"), [(row.field, row.chosen, row.origin, row.value) for row in found.evidence]
        )


def _print_facts(found: ArticleDetail) -> None:
    one = found.article
    say(one.title, style="bold")
    if one.subtitle:
        say(one.subtitle)
    facts = {
        "id": str(one.article_id),
        "url": one.url,
        "also at": ", ".join(url for url in found.aliases if url != one.url),
        "source": f"{one.source_name} ({one.source})",
        "authors": ", ".join(one.authors) or one.byline,
        "agency": one.agency,
        "published": moment(one.published_at)[: 10 if one.published_precision == "day" else None],
        "modified": moment(one.modified_at)[: 10 if one.modified_precision == "day" else None],
        "loaded": moment(one.loaded_at),
        "place": one.dateline,
        "section": one.section,
        "tags": ", ".join(one.tags),
        "language": one.language,
        "type": one.article_type,
        "image": one.image_url and " | ".join(part for part in (one.image_url, one.image_caption, one.image_credit) if part),
        "quality": f"{one.quality:.2f} {' '.join(one.quality_flags)}".strip(),
        "archived": found.archived and f"{found.archived.warc_file} at {found.archived.warc_offset}",
    }
    width = max(map(len, facts))
    for name, value in facts.items():
        if value:
            say(f"{name:<{width}}  {value}")


@app.command(context_settings={"ignore_unknown_options": True})  # so that -word leaves a word out
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help='Words; "a phrase", or, -without work.')],
    language: Language = None,
    limit: _Limit = 10,
    as_json: JsonFlag = False,
) -> None:
    """Search titles and texts, the best match first."""
    with open_desk(ctx) as desk:
        found = Reader(desk.engine).search(" ".join(words), language=language, limit=limit)
    if as_json:
        print_json(found)
        return
    if not found:
        say("Nothing found.")
    rows = [
        (str(hit.article.article_id), _published(hit.article), hit.article.source, _with_headline(hit.article.title, hit.headline))
        for hit in found
    ]
    print_table("Found", ("id", "published", "source", "article"), rows)


def _with_headline(title: str, headline: str) -> Text:
    """The title over the words found; these are set in bold."""
    shown = Text(printable(title) + "\n", style="")
    for part in printable(" ".join(headline.split())).split(HIGHLIGHT_START):
        marked, end, rest = part.partition(HIGHLIGHT_END)
        shown.append(marked, style="bold yellow" if end else "dim")
        shown.append(rest, style="dim")
    return shown
