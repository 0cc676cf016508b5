"""How soon plans of looks see edits, each at its own number of requests: the delay from an edit to the look that finds it."""

from __future__ import annotations

import random
import statistics
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.dedupe.editages import AGE_STEPS, edit_ages
from pipeline.dedupe.looks import Editing, outlet_rates
from support.recheckplans import RIVALS, WEEK, Looked, Plan, dateline
from support.timelines import DAY, ages_of

FIRST_FETCH = (5 / 60, 40 / 60)  # hours after publication
_PLANNED = 2_600  # articles of a seed whose looks are planned; no text is needed for that
_OUTLETS = 26
_ALIKE: Mapping[int, Editing] = {}
# Shares of outlets whose lists tell of edits: of 84 real feeds 16 had entries that were changed a minute and more after they came out. How
# many of their edits such lists tell is not known; what is assumed is below.
_TELLING = (0.0, 0.2)
_TOLD, _LISTED, _POLLED, _IDLE_SIGNS = 0.7, 48.0, 0.5, 0.1  # share of edits; hours in the list; hours between polls; share of articles
# One outlet in so many dates its changes on the page, which tells the time of the last edit before a look. Assumed, not measured.
_DATING = 2
_FOR_SIGNS = 1.05  # requests over a rival's, which signs may cost


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
    seen: Counter[int] = field(default_factory=Counter)  # changes found, by outlet
    told: dict[int, list[int]] = field(default_factory=_no_ages)  # by outlet, edits whose time the page told, by AGE_STEPS

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


def delays(seeds: Sequence[int], shape: str, plan: Plan, known: Mapping[int, Editing] = _ALIKE, *, telling: float = 0.0) -> Delays:
    """All looks that a plan takes at articles, and what they see. Edits before the first fetch count for nobody; unseen ones with a week.

    `known`: how often and when each outlet edits, as far as that is known. `telling`: the share of outlets whose lists tell of an edit at
    the next poll.
    """
    result = Delays()
    for seed in seeds:
        chance, told = random.Random(f"first:{seed}"), random.Random(f"told:{seed}")
        for number in range(_PLANNED):
            first, outlet = chance.uniform(*FIRST_FETCH), number % _OUTLETS
            waiting = [at - first for at in ages_of(seed, number, shape).edits if first < at <= WEEK + first]
            signs = _signs(waiting, told) if outlet * 5 % _OUTLETS < telling * _OUTLETS else []
            result.articles += 1
            result.edits += len(waiting)
            look = Looked(age=0.0, changed=0.0, known=known.get(outlet, Editing()))
            while (following := min((age for age in (plan(look), *signs) if age is not None), default=None)) is not None:
                result.requests += 1
                seen = [since for since in waiting if since <= following]
                result.hours += [following - since for since in seen]
                result.seen[outlet] += bool(seen)
                if seen and outlet % _DATING == 0:
                    result.told[outlet][min(bisect_right(AGE_STEPS, seen[-1]), len(AGE_STEPS) - 1) - 1] += 1
                look = replace(look, age=following, changed=following if seen else look.changed, edits=look.edits + bool(seen))
                waiting = waiting[len(seen) :]
                signs = [sign for sign in signs if sign > following]
            result.unseen += len(waiting)
            result.hours += [WEEK] * len(waiting)
    return result


def _signs(edits: Sequence[float], chance: random.Random) -> list[float]:
    """When a list tells of edits: of most, within the two days that a news sitemap holds, at its next poll; some signs mean nothing."""
    told = [at for at in edits if at < _LISTED and chance.random() < _TOLD]
    if chance.random() < _IDLE_SIGNS:
        told.append(chance.uniform(0, _LISTED))
    return sorted(at + chance.uniform(0, _POLLED) for at in told)


def _learnt(seeds: Sequence[int], shape: str, looks: int, telling: float) -> dict[int, Editing]:
    """What the product knows of the outlets from its own looks at other articles of theirs."""
    before = delays([seed + 1_000 for seed in seeds], shape, dateline(looks), telling=telling)
    rates = outlet_rates({outlet: (before.articles // _OUTLETS, before.seen[outlet]) for outlet in range(_OUTLETS)})
    ages = edit_ages(before.told)
    return {outlet: Editing(outlet=rates[outlet], ages=ages[outlet]) for outlet in range(_OUTLETS)}


def _at_budget(seeds: Sequence[int], shape: str, requests: float, telling: float) -> tuple[int, Delays]:
    """The product's plan with as many looks as take no more requests than that; its budget and what came of it.

    A list's signs may take a twentieth more: of two looks none can be spared for them.
    """
    most = requests * (_FOR_SIGNS if telling else 1.0)
    looks = max(1, round(1.2 * requests))
    known = _learnt(seeds, shape, looks, telling)
    while True:
        ours = delays(seeds, shape, dateline(looks), known, telling=telling)
        if ours.requests <= most * ours.articles or looks == 1:
            return looks, ours
        looks -= max(1, round((ours.requests / ours.articles / most - 1) * looks))


def plan_rows(seeds: Sequence[int], shape: str) -> list[dict[str, Any]]:
    """Each rival, and Dateline with as many requests: where no list tells of edits, and where those of some outlets do."""
    rows = []
    for name, plan in RIVALS.items():
        theirs = delays(seeds, shape, plan)
        rows.append({"plan": name, **theirs.figures()})
        for telling in _TELLING:
            looks, ours = _at_budget(seeds, shape, theirs.requests / theirs.articles, telling)
            rows.append({"plan": f"Dateline, {looks} looks" + (f", {telling:.0%} tell" if telling else ""), **ours.figures()})
    return rows
