"""How many edits are found, how many of those found are none, and how soon, on simulated lives of articles.

    python bench/edits.py [--timelines 2000] [--seeds 11,12,13] [--rendered 120]

Edits and deletions come at the rates that GDELT published (bench/support/timelines.py), pages are noisy at 95 % of the fetches
(bench/support/pagenoise.py). Three measures, each through the product's own functions:
  finding    every look of Dateline's plan is compared with the version at hand, as a recheck does; the outlet's other pages are at hand too
  rendered   pages of the press, a fifth of the templates unread by those who write rules, extracted and compared twice: edited and not
  planning   the delay from an edit to the look that finds it, beside three other plans, each at its own number of requests
Prints one table for each and writes bench/results/edits.json. The rules were chosen on seeds 1 and 2, others judge.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import statistics
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from support.lookdelays import FIRST_FETCH, plan_rows
from support.pagenoise import HEADING, NOISY, Site
from support.recheckplans import WEEK
from support.timelines import BY_OUTLET, SHAPES, Timeline, outlets, timelines

from newsroom.prose import edit_article, write_article
from newsroom.records import Outlet, PressArticle
from newsroom.render import render_page
from pipeline.dedupe.looks import Editing, LookPlan
from pipeline.dedupe.revisions import PagePieces, Reading, furniture_of, is_edit, may_be_edit, page_pieces
from pipeline.dedupe.worddiff import changes_of
from pipeline.extract import boilerplate
from pipeline.extract.article import extract
from pipeline.extract.context import Context
from pipeline.extract.limits import Limits
from pipeline.records import Article, Respect, Rights, SourceFacts
from pipeline.settings import load_settings

_RESULTS = Path(__file__).resolve().parent / "results" / "edits.json"
_START = datetime(2026, 3, 2, tzinfo=UTC)
_PAGES = 40  # of an outlet, as pipeline/store/outletpages.py reads
_BEFORE = 20  # pages of an outlet that were fetched before the simulation begins
_HOUR = timedelta(hours=1)
# -- finding --------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Found:
    """What came of the looks at some articles."""

    looks: int = 0
    made: int = 0  # edits after the first fetch
    live: int = 0  # changes between two looks: what could be found
    found: int = 0
    false: int = 0
    deleted: int = 0
    deletions_found: int = 0
    diff_bytes: list[int] = field(default_factory=list)
    body_bytes: list[int] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """What is printed and stored."""
        return {
            "looks": self.looks,
            "edits_made": self.made,
            "edits_live_at_a_look": self.live,
            "found": self.found,
            "false": self.false,
            "recall": self.found / max(1, self.live),
            "precision": self.found / max(1, self.found + self.false),
            "share_of_all_edits": self.found / max(1, self.made),
            "deletions": self.deleted,
            "deletions_found": self.deletions_found,
            "diff_bytes_median": statistics.median(self.diff_bytes or [0]),
            "body_bytes_median": statistics.median(self.body_bytes or [0]),
        }


@dataclass(kw_only=True)
class _Held:
    """An article as the database has it."""

    timeline: Timeline
    version: int
    reading: Reading
    edits: int = 0  # found so far

    def own_words(self) -> tuple[str, object]:
        """What the article itself says."""
        article = self.timeline.versions[self.version].article
        return article.title, article.paragraphs


def find(lives: Sequence[Timeline], seed: int, plan: LookPlan) -> Found:
    """Fetch and look at all these articles in the order of time."""
    chance, result = random.Random(f"looks:{seed}"), Found()
    newest: dict[str, deque[int]] = {}
    press = {life.outlet.slug: life.outlet for life in lives}
    archives = {slug: _archive(outlet, seed) for slug, outlet in press.items()}
    before_us = {slug: _archive_pieces(outlet, archives[slug], chance) for slug, outlet in press.items()}
    held: dict[int, _Held] = {}
    pieces: dict[int, PagePieces] = {}
    queue = [(life.published + chance.uniform(*FIRST_FETCH), number) for number, life in enumerate(lives)]
    heapq.heapify(queue)
    while queue:
        at, number = heapq.heappop(queue)
        life = lives[number]
        age = at - life.published
        slug = life.outlet.slug
        if life.deleted is not None and life.deleted <= age:
            result.looks += number in held
            result.deletions_found += number in held
            continue
        related = [lives[other].versions[0].article for other in newest.get(slug, ()) if other != number]
        reading = _read(life, age, [*archives[slug], *related][-_PAGES:], chance)
        before = held.get(number)
        if before is None:
            held[number] = reading
            newest.setdefault(slug, deque(maxlen=_PAGES)).append(number)
            result.made += sum(version.since > age for version in life.versions)
            result.deleted += life.deleted is not None
        else:
            recent = [_pieces(other, held, pieces) for other in newest[slug] if other != number]
            held[number] = _compare(before, reading, [*before_us[slug], *recent][-_PAGES:], result)
        if held[number] is not before:
            pieces.pop(number, None)
        following = plan.next_look(_START + life.published * _HOUR, _START + at * _HOUR, Editing(seen=held[number].edits))
        if following is not None:
            heapq.heappush(queue, ((following - _START) / _HOUR, number))
    return result


def _read(life: Timeline, age: float, others: Sequence[PressArticle], chance: random.Random) -> _Held:
    version = life.version_at(age)
    article = life.versions[version].article
    noise = chance if chance.random() < NOISY else random.Random(f"calm:{article.article_id}")
    return _Held(timeline=life, version=version, reading=_reading(life.outlet, article, others, noise))


def _reading(outlet: Outlet, article: PressArticle, others: Sequence[PressArticle], chance: random.Random) -> Reading:
    """What the extraction leaves of a page: its line rules are the product's, its other means are left out."""
    lines = [line for line in Site.of(outlet.slug, outlet.language).page(article, others, chance).split("\n") if line.strip()]
    plain, marked = [line.removeprefix(HEADING) for line in lines], {line for line in lines if line.startswith(HEADING)}
    known = boilerplate.Known(title=article.title, authors=article.authors, language=outlet.language)
    kept, _ = boilerplate.clean_lines(plain, known)
    markdown = (HEADING + line if HEADING + line in marked else line for line in kept)
    return Reading(title=article.title, body="\n\n".join(kept), markdown="\n\n".join(markdown))


def _archive(outlet: Outlet, seed: int) -> list[PressArticle]:
    """What the outlet published in the days before."""
    numbers = range(_BEFORE)
    return [
        write_article(seed=seed * 1_000_000 + 900_000 + 1_000 * len(outlet.slug) + n, outlet=outlet, published_at=_START) for n in numbers
    ]


def _archive_pieces(outlet: Outlet, articles: Sequence[PressArticle], chance: random.Random) -> list[PagePieces]:
    readings = (_reading(outlet, one, articles[:place], chance) for place, one in enumerate(articles))
    return [page_pieces(reading.title, reading.body) for reading in readings]


def _pieces(number: int, held: dict[int, _Held], pieces: dict[int, PagePieces]) -> PagePieces:
    if number not in pieces:
        pieces[number] = page_pieces(held[number].reading.title, held[number].reading.body)
    return pieces[number]


def _compare(before: _Held, now: _Held, others: Iterable[PagePieces], result: Found) -> _Held:
    said = _said(before.reading, now.reading, others)
    changed = before.own_words() != now.own_words()  # an edit may have been taken back between two looks
    result.looks += 1
    result.live += changed
    result.found += changed and said
    result.false += said and not changed
    if said != changed:
        result.mistakes.append(f"{before.timeline.outlet.slug}, {'missed' if changed else 'false'}: {_difference(before, now)}")
    if said and changed:
        result.diff_bytes.append(len(json.dumps(changes_of(before.reading.body, now.reading.body), ensure_ascii=False).encode()))
        result.body_bytes.append(len(now.reading.body.encode()))
    return replace(now, edits=before.edits + 1) if said else before


def _said(old: Reading, new: Reading, others: Iterable[PagePieces]) -> bool:
    """What a recheck says: the outlet's other pages are looked at only where something differs."""
    return may_be_edit(old, new) and is_edit(old, new, furniture=furniture_of(others))


def _difference(before: _Held, now: _Held) -> str:
    old, new = (Counter(held.reading.body.split("\n")) for held in (before, now))
    return f"- {list(old - new)[:6]} + {list(new - old)[:6]}"[:900]


# -- rendered pages -------------------------------------------------------------------------------


def compare_rendered(count: int, seed: int) -> Found:
    """Pages of the press through the real extraction: each article three times, twice the same and once edited."""
    press = (*outlets(), *outlets(judging=True)[::5])
    result = Found()
    for place, outlet in enumerate(press):
        wanted = [seed * 10_000 + place * 100 + number for number in range(max(2, count // len(press)) + 6)]
        articles = [write_article(seed=one, outlet=outlet, published_at=_START) for one in wanted]
        for noise, article in enumerate(articles[6:]):
            edited = replace(edit_article(article, seed=seed), modified_at=None)
            pages = [(article, noise, articles[:4]), (article, noise + 97, articles[2:6]), (edited, noise + 31, articles[1:5])]
            first, again, later = (_extracted(outlet, *page) for page in pages)
            others = [
                page_pieces(other.title, other.body)
                for other in (_extracted(outlet, one, 1, articles[:3]) for one in articles[3:6])
                if other
            ]
            if first and again and later:
                _count_rendered(first, again, others, result, changed=False)
                _count_rendered(first, later, others, result, changed=True)
    return result


def _extracted(outlet: Any, article: Any, noise: int, related: Sequence[Any]) -> Article | None:
    html = render_page(article, outlet, related=related, noise=noise)
    facts = SourceFacts(
        source_id=1, slug=outlet.slug, homepage=outlet.origin(), language=outlet.language, timezone=outlet.timezone, respect=Respect.NONE
    )
    url = f"{outlet.origin()}/{article.article_id}"
    found = extract(html, Context(url=url, source=facts, facts=(), rights=Rights(), now=_START + WEEK * _HOUR, limits=Limits()))
    return found if isinstance(found, Article) else None


def _count_rendered(old: Article, new: Article, others: Sequence[PagePieces], result: Found, *, changed: bool) -> None:
    before, after = (Reading(title=one.title, body=one.body, markdown=one.body_markdown) for one in (old, new))
    said = _said(before, after, others)
    result.looks += 1
    result.made += changed
    result.live += changed
    result.found += changed and said
    result.false += said and not changed
    if said != changed:
        gone, come = (Counter(one.body.split("\n")) - Counter(other.body.split("\n")) for one, other in ((old, new), (new, old)))
        result.mistakes.append(
            f"rendered, {'missed' if changed else 'false'}: {old.title!r} {new.title!r} - {list(gone)[:4]} + {list(come)[:4]}"[:900]
        )


# -- tables ----------------------------------------------------------------------------------------------


def _found_table(title: str, rows: Sequence[tuple[str, Found]]) -> Table:
    table = Table(
        "",
        "looks",
        "edits made",
        "live at a look",
        "found",
        "false",
        "recall",
        "precision",
        "of all edits",
        "deletions",
        "diff, bytes",
        title=title,
    )
    for name, found in rows:
        one = found.figures()
        numbers = (f"{one[key]:,}" for key in ("looks", "edits_made", "edits_live_at_a_look", "found", "false"))
        shares = (f"{one[key]:.2%}" for key in ("recall", "precision", "share_of_all_edits"))
        size = f"{one['diff_bytes_median']:.0f} of {one['body_bytes_median']:,.0f}"
        table.add_row(name, *numbers, *shares, f"{found.deletions_found} of {found.deleted}", size)
    return table


def _plan_table(title: str, rows: Sequence[dict[str, Any]]) -> Table:
    table = Table("", "requests an article", "seen", "mean, h", "median, h", "p95, h", "within 1 h", "within 24 h", title=title)
    for row in rows:
        hours = (f"{row[key]:.2f}" for key in ("mean_hours", "median_hours", "p95_hours"))
        shares = (f"{row[key]:.1%}" for key in ("within_1_hour", "within_24_hours"))
        table.add_row(row["plan"], f"{row['requests_an_article']:.2f}", f"{row['seen']:.1%}", *hours, *shares)
    return table


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timelines", type=int, default=2_000, help="lives of one seed")
    parser.add_argument("--seeds", default="11,12,13", help="comma-separated")
    parser.add_argument("--rendered", type=int, default=120, help="articles that are rendered and extracted, of one seed")
    parser.add_argument("--mistakes", action="store_true", help="print what was missed, and what was none")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    settings, console = load_settings(), Console(width=160)
    plan = LookPlan(looks=settings.recheck_looks, days=settings.recheck_days)
    found = [(f"seed {seed}", find(timelines(seed, count=options.timelines, shape="early"), seed, plan)) for seed in seeds]
    console.print(_found_table(f"Finding: {options.timelines:,} timelines a seed, {settings.recheck_looks} looks an article", found))
    rendered = [(f"seed {seed}", compare_rendered(options.rendered, seed)) for seed in seeds] if options.rendered else []
    console.print(_found_table("Rendered pages, extracted", rendered))
    plans = {shape: plan_rows(seeds, shape) for shape in (*SHAPES, BY_OUTLET)}
    for shape, rows in plans.items():
        console.print(_plan_table(f"Planning: edits of the first day come {shape}", rows))
    if options.mistakes:
        for _, one in (*found, *rendered):
            console.print("\n".join(one.mistakes), markup=False)
    figures = {"finding": [one.figures() for _, one in found], "rendered": [one.figures() for _, one in rendered], "planning": plans}
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
