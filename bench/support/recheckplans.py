"""When other trackers of edits look again, rewritten from their sources. Ages are hours since the first fetch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from pipeline.dedupe.looks import Editing, LookPlan

WEEK = 168.0
_CRON = 5 / 60  # NewsDiffs and diffengine run from cron; every five minutes, as their manuals say


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a plan may know: when it looks, and when it last saw a change (0: the first fetch)."""

    age: float
    changed: float
    edits: int = 0  # looks that saw a change
    known: Editing = field(default_factory=Editing)  # how often and when its outlet edits, as the product has learnt it


Plan = Callable[[Looked], float | None]  # the age of the next look; None: no more


def fixed(look: Looked) -> float | None:
    """GDELT's own: after 24 hours and after 7 days."""
    return 24.0 if look.age < 24.0 else WEEK if look.age < WEEK else None


def newsdiffs(look: Looked) -> float | None:
    """NewsDiffs, get_update_delay in its last form: by the time since the last change, every 15 minutes, hour, 3 hours, 3 days, 30 days."""
    since = look.age - look.changed
    delay = 0.25 if since < 3 else 1.0 if since < 24 else 3.0 if since < WEEK else 72.0
    return _within(look.age + delay)


def diffengine(look: Looked) -> float | None:
    """diffengine, Entry.stale: when a fifth of the time since the first fetch has passed since the last look."""
    due = max(look.age / 0.8, look.age + _CRON)
    return _within(math.ceil(due / _CRON - 1e-9) * _CRON)


def dateline(looks: float, days: float = 7.0) -> Plan:
    """The product's plan with a budget of `looks`; what it says is kept, since many articles are looked at at the same ages."""
    following = cache(LookPlan(looks=looks, days=days).next_age)
    return lambda look: following(look.age, replace(look.known, seen=look.edits))


def _within(age: float) -> float | None:
    return age if age <= WEEK else None


RIVALS: dict[str, Plan] = {"24 h and 7 days": fixed, "diffengine": diffengine, "NewsDiffs": newsdiffs}
