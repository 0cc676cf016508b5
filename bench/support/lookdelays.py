"""How soon plans of looks see edits, each at its own number of requests: the delay from an edit to the look that finds it."""

from __future__ import annotations

import random
import statistics
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pipeline.dedupe.editages import AGE_STEPS, edit_ages
from pipeline.dedupe.looks import Editing, outlet_rates
from support.recheckplans import RIVALS, WEEK, Looked, Plan, dateline
from support.timelines import DAY, ages_of

FIRST_FETCH = (5 / 60, 40 / 60)  # hours after publication
_PLANNED = 2_600  # articles of a seed whose looks are planned; no text is needed for that
_OUTLETS = 26
_LEARNT_FROM = 42 * 20 * _OUTLETS  # articles of other seeds: six weeks, as `maintain` reads, of outlets with twenty articles a day
_HALVINGS = 7  # of the span in which the budget is looked for
_USUALLY = 1.35  # the budget over the looks that come of it, about: most articles are left alone by their newsrooms, and get fewer
_ALIKE: Mapping[int, Editing] = {}
# Shares of outlets whose lists tell of edits: of 84 real feeds 16 had entries that were changed a minute and more after they came out. How
# many of their edits such lists tell is not known; what is assumed is below.
_TELLING = (0.0, 0.2)
_TOLD, _LISTED, _POLLED, _IDLE_SIGNS = 0.7, 48.0, 0.5, 0.1  # share of edits; hours in the list; hours between polls; share of articles
# Outlets that date their changes on the page to the minute, which tells the time of the last edit before a look: of 234 real news pages
# (the labelled ones of scrapinghub and fundus) 189 did, of 117 of them with another time than that of publication.
_DATING = 0.75


def _no_ages() -> dict[int, list[int]]:
    return {outlet: [0] * (len(AGE_STEPS) - 1) for outlet in range(_OUTLETS)}


@dataclass(kw_only=True)
class Delays:
    """How late a plan sees edits."""

    requests: int = 0
    articles: int = 0
    edits: int = 0
    hours: list[float] = field(default_factory=list)  # from each edit to the look that shows it, or what overwrote it; unseen: the week's
    unseen: int = 0
    seen: Counter[int] = field(default_factory=Counter)  # by outlet, changes found by looks that no list brought about
    told: dict[int, list[int]] = field(default_factory=_no_ages)  # by outlet, those of them whose time the page told, by AGE_STEPS

    def figures(self) -> dict[str, Any]:
        """What is printed and stored."""
        ordered, edits = sorted(self.hours), max(1, self.edits)
        return {
            "requests_an_article": self.requests / self.articles,
            "seen": 1 - self.unseen / edits,
            "mean_hours": statistics.mean(self.hours),
            "median_hours": statistics.median(self.hours),
            "p95_hours": ordered[int(0.95 * len(ordered))],
            "within_1_hour": sum(hour <= 1 for hour in self.hours) / edits,
            "within_24_hours": sum(hour <= DAY for hour in self.hours) / edits,
        }


def delays(
    seeds: Sequence[int], shape: str, plan: Plan, known: Mapping[int, Editing] = _ALIKE, *, telling: float = 0.0, articles: int = _PLANNED
) -> Delays:
    """All looks that a plan takes at articles, and what they see. Edits before the first fetch count for nobody; unseen ones with a week.

    `known`: how often and when each outlet edits, as far as that is known. `telling`: the share of outlets whose lists tell of an edit at
    the next poll.
    """
    result = Delays()
    for seed in seeds:
        chance, told = random.Random(f"first:{seed}"), random.Random(f"told:{seed}")
        for number in range(articles):
            first, outlet = chance.uniform(*FIRST_FETCH), number % _OUTLETS
            edits = [at - first for at in _edits(seed, number, shape) if first < at <= WEEK + first]
            signs = _signs(edits, told) if outlet * 5 % _OUTLETS < telling * _OUTLETS else []
            _follow(edits, signs, plan, result, outlet=outlet, known=known.get(outlet, Editing()))
    return result


@cache
def _edits(seed: int, number: int, shape: str) -> list[float]:
    return ages_of(seed, number, shape).edits


def _follow(edits: Sequence[float], signs: Sequence[float], plan: Plan, result: Delays, *, outlet: int, known: Editing) -> None:
    """The looks at one article: those of the plan, and those that signs bring about, which the plan counts among its own."""
    result.articles += 1
    result.edits += len(edits)
    look, waiting = Looked(age=0.0, changed=0.0, known=known), edits
    while waiting or signs:
        following = min((age for age in (plan(look), *signs) if age is not None), default=None)
        if following is None:
            break
        result.requests += 1
        seen = [since for since in waiting if since <= following]
        result.hours += [following - since for since in seen]
        planned = bool(seen) and following not in signs
        result.seen[outlet] += planned
        if planned and outlet * 7 % _OUTLETS < _DATING * _OUTLETS:
            result.told[outlet][min(bisect_right(AGE_STEPS, seen[-1]), len(AGE_STEPS) - 1) - 1] += 1
        look = replace(look, age=following, changed=following if seen else look.changed, edits=look.edits + planned)
        waiting = waiting[len(seen) :]
        signs = [sign for sign in signs if sign > following]
    result.requests += _looks_left(plan, look)
    result.unseen += len(waiting)
    result.hours += [WEEK] * len(waiting)


@cache
def _looks_left(plan: Plan, look: Looked) -> int:
    """Looks at an article that is edited no more; many share them."""
    looks = 0
    while (following := plan(look)) is not None:
        look = replace(look, age=following)
        looks += 1
    return looks


def _signs(edits: Sequence[float], chance: random.Random) -> list[float]:
    """When a list tells of edits: of most, within the two days that a news sitemap holds, at its next poll; some signs mean nothing."""
    told = [at for at in edits if at < _LISTED and chance.random() < _TOLD]
    if chance.random() < _IDLE_SIGNS:
        told.append(chance.uniform(0, _LISTED))
    return sorted(at + chance.uniform(0, _POLLED) for at in told)


def _learnt(seeds: Sequence[int], shape: str, looks: float, telling: float) -> dict[int, Editing]:
    """What the product knows of the outlets from its own looks at other articles of theirs."""
    before = delays([seeds[0] + 1_000], shape, dateline(looks), telling=telling, articles=_LEARNT_FROM)
    rates = outlet_rates({outlet: (before.articles // _OUTLETS, before.seen[outlet]) for outlet in range(_OUTLETS)})
    ages = edit_ages(before.told)
    return {outlet: Editing(outlet=rates[outlet], ages=ages[outlet]) for outlet in range(_OUTLETS)}


def _at_budget(seeds: Sequence[int], shape: str, requests: int, telling: float) -> tuple[float, Delays]:
    """The product's plan with as many looks as take no more requests than that, signs included; its budget and what came of it."""
    plan_for = requests / (_PLANNED * len(seeds))
    known = _learnt(seeds, shape, _USUALLY * plan_for, telling)
    low, high = 0.9 * plan_for, 1.6 * plan_for
    best = 0.0, Delays()
    for _ in range(_HALVINGS):
        looks = (low + high) / 2
        ours = delays(seeds, shape, dateline(looks), known, telling=telling)
        if ours.requests <= requests:
            low, best = looks, (looks, ours)
        else:
            high = looks
    return best


def plan_rows(seeds: Sequence[int], shape: str) -> list[dict[str, Any]]:
    """Each rival, and Dateline with as many requests: where no list tells of edits, and where those of some outlets do."""
    rows = []
    for name, plan in RIVALS.items():
        theirs = delays(seeds, shape, plan)
        rows.append({"plan": name, **theirs.figures()})
        for telling in _TELLING:
            looks, ours = _at_budget(seeds, shape, theirs.requests, telling)
            rows.append({"plan": f"Dateline, {looks:.1f} looks" + (f", {telling:.0%} tell" if telling else ""), **ours.figures()})
    return rows
