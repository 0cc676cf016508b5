"""An extraction for people: the record, and with its reasons line by line."""

from __future__ import annotations

from itertools import groupby

from rich.text import Text

from cli.output import console, moment, print_table, printable, say
from pipeline.extract.explained import Explained
from pipeline.records import Article, Refused
from pipeline.steps.examine import Examined

_VALUE_CHARS = 160  # of a candidate


def print_record(result: Article | Refused) -> None:
    """What would be stored."""
    _print_verdict(result)
    if isinstance(result, Article):
        _print_facts(result)
        say()
        say(result.body)


def print_explained(examined: Examined) -> None:
    """The same with its reasons: candidates of every field, texts removed from the page, and the text with the lines that rules cut."""
    found = examined.explained
    say(f"By {found.extractor}, for {examined.source}, with {examined.facts} entries of feeds and sitemaps", style="dim")
    _print_verdict(found.result)
    if isinstance(found.result, Article):
        _print_facts(found.result)
    _print_candidates(found)
    _print_texts("Taken out of the page before its text was read", [(item.rule, item.text) for item in found.removed], "yellow")
    _print_texts("On the page, and not taken for text", [("", text) for text in found.left], "dim")
    _print_lines(found)


def _print_verdict(result: Article | Refused) -> None:
    if isinstance(result, Refused):
        say(f"Refused: {result.outcome}: {result.detail}", style="bold red")
        return
    flags = f", {' '.join(result.quality_flags)}" if result.quality_flags else ""
    say(f"An article, quality {result.quality:.2f}{flags}", style="bold green")


def _print_facts(one: Article) -> None:
    published = one.published and f"{moment(one.published.at)} UTC, to the {one.published.precision}"
    facts = {
        "title": one.title,
        "subtitle": one.subtitle,
        "authors": ", ".join(one.authors),
        "byline": one.byline,
        "agency": one.agency,
        "dateline": one.dateline,
        "published": published,
        "modified": moment(one.modified_at),
        "section": one.section,
        "tags": ", ".join(one.tags),
        "type": one.article_type,
        "access": one.access,
        "language": one.language and f"{one.language} ({one.language_confidence or 0:.2f})",
        "canonical": one.claimed_url,
        "image": one.image_url,
        "caption": one.image_caption,
        "words": f"{one.word_count:,}",
    }
    width = max(map(len, facts))
    for name, value in facts.items():
        if value:
            say(f"{name:<{width}}  {value}")


def _print_candidates(found: Explained) -> None:
    """Every candidate by field; what was chosen stands out."""
    rows = []
    for field, claims in groupby(sorted(found.candidates, key=lambda claim: claim.field), key=lambda claim: claim.field):
        for number, claim in enumerate(claims):
            style = "green" if claim.chosen else "dim"
            value = Text(printable(claim.value)[:_VALUE_CHARS], style=style)
            rows.append(("" if number else field, Text("✓" if claim.chosen else "·", style=style), claim.origin, value))
    print_table("\nCandidates", ("field", "", "origin", "value"), rows)


def _print_texts(title: str, texts: list[tuple[str, str]], style: str) -> None:
    if texts:
        say()
        say(title, style="bold")
    for rule, text in texts:
        _print_line("- ", rule, text, style)


def _print_lines(found: Explained) -> None:
    if found.lines:
        say()
        say("The text; cut lines begin with -", style="bold")
    for line in found.lines:
        _print_line("  " if line.rule is None else "- ", line.rule or "", line.text, "" if line.rule is None else "red")


def _print_line(mark: str, rule: str, text: str, style: str) -> None:
    shown = Text(mark, style=style)
    if rule:
        shown.append(f"[{rule}] ", style=f"bold {style}")
    shown.append(printable(text), style=style)
    console().print(shown, soft_wrap=True)
