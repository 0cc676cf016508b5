"""Whether a source's pages are built differently than before: the last readings against those that went before.

A template that changes shows in what is read of its pages: no date or no author where there was one, bodies far shorter or longer,
the same words at the beginning of each, pages refused as no article. The last 20 readings are held against up to 300 before them: by the
odds of such a count, and by the worst 20 in a row of before. News comes in bursts (an hour of agency briefs without authors is as usual),
so the odds are those of a beta-binomial count, whose spread is that of the windows before. Figures: `docs/decisions.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import comb, exp, lgamma

from pipeline.records import Finding, IncidentKind, PageReading, SourceReadings, Subject

WINDOW = 20  # readings: within so many a changed template is noticed
BASELINE = 300  # readings before them, at the most
READ_BACK = BASELINE + 5 * WINDOW  # pages to read: a good part of them may be refused
_LEAST_BASELINE = 100  # with fewer there is no rule to break
_ODD_BELOW = 1e-6  # odds of a window; a source has some hundred windows a day, most of them sharing readings
_WELL_ABOVE = 1e-3  # an incident is over where no sign is odder than that
_LEAST_SHARE = 0.5  # of a window: a template makes most pages
_MARGIN = 3  # readings more than in the worst window of before
_FLOOR = 0.01  # a rate is never taken for lower: nothing in 300 readings is not never
_TAIL = 0.1  # of the lengths of before lie below the lower bound, and as many above the upper
_START_LETTERS = 16
_LEAST_CLUMPED, _MOST_CLUMPED = 0.05, 0.9  # nobody's pages are quite independent of each other
ACCEPTED_AFTER = timedelta(days=30)  # then what drifted is how the source is


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """Incidents to open or confirm, and sources that are well."""

    findings: tuple[Finding, ...]
    healthy: tuple[Subject, ...]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One thing that a changed template shows by, of one window."""

    name: str
    count: int  # of the window's readings that show it
    of: int
    usual: float  # share of the readings before
    worst: int  # count of the worst window before
    odds: float

    @property
    def is_odd(self) -> bool:
        """Whether it holds for most of the window, is too improbable, and worse than any window before by a margin."""
        return self.odds < _ODD_BELOW and self.count >= max(self.worst + _MARGIN, _LEAST_SHARE * self.of)


def judge_drift(sources: Iterable[SourceReadings], *, now: datetime) -> Verdicts:
    """Every source's verdict; one with too few readings gets none."""
    findings, healthy = [], []
    for source in sources:
        subject = Subject(source_id=source.source_id)
        if source.drifting_since is not None and now - source.drifting_since > ACCEPTED_AFTER:
            healthy.append(subject)
            continue
        signs, since = find_signs(source)
        odd = [sign for sign in signs if sign.is_odd]
        if odd or (source.drifting_since and any(sign.odds < _WELL_ABOVE for sign in signs)):
            findings.append(_finding(subject, odd or list(signs), source.drifting_since or since))
        elif signs:
            healthy.append(subject)
    return Verdicts(findings=tuple(findings), healthy=tuple(healthy))


def find_signs(source: SourceReadings) -> tuple[tuple[Sign, ...], datetime]:
    """All signs of the last window against what was before it (before the drift, where one is open); none without a rule to go by.

    Whether pages are refused shows in the last pages, all else in the last articles.
    """
    since = source.drifting_since or _oldest(source.readings[-WINDOW:])
    signs = _signs({"refused": lambda reading: reading.refused}, source.readings, since)
    articles = [reading for reading in source.readings if not reading.refused]
    started = source.drifting_since or _oldest(articles[-WINDOW:])
    before = _before(articles, started)
    if len(articles) >= WINDOW and len(before) >= _LEAST_BASELINE:
        lengths = sorted(reading.size for reading in before)
        low, high = lengths[int(_TAIL * len(lengths))], lengths[-1 - int(_TAIL * len(lengths))]
        traits: dict[str, Callable[[PageReading], bool]] = {
            "undated": lambda reading: not reading.dated,
            "without authors": lambda reading: not reading.has_authors,
            "far shorter": lambda reading: reading.size < low,
            "far longer": lambda reading: reading.size > high,
        }
        signs += [*_signs(traits, articles, started), _repeated(before, articles[-WINDOW:])]
    return tuple(signs), min(since, started) if any(sign.is_odd for sign in signs[1:]) else since


def _oldest(readings: Sequence[PageReading]) -> datetime:
    return readings[0].at if readings else datetime.max.replace(tzinfo=UTC)


def _before(readings: Sequence[PageReading], since: datetime) -> list[PageReading]:
    return [reading for reading in readings[:-WINDOW] if reading.at < since][-BASELINE:]


def _signs(traits: Mapping[str, Callable[[PageReading], bool]], readings: Sequence[PageReading], since: datetime) -> list[Sign]:
    before, window = _before(readings, since), readings[-WINDOW:]
    if len(window) < WINDOW or len(before) < _LEAST_BASELINE:
        return []
    return [_sign(name, [trait(reading) for reading in before], [trait(reading) for reading in window]) for name, trait in traits.items()]


def _sign(name: str, before: Sequence[bool], window: Sequence[bool]) -> Sign:
    usual, count, counts = sum(before) / len(before), sum(window), _counts(before)
    odds = upper_tail(count, len(window), min(max(_FLOOR, usual), 1 - _FLOOR), _clumping(counts, usual))
    return Sign(name=name, count=count, of=len(window), usual=usual, worst=max(counts), odds=odds)


def _counts(before: Sequence[bool]) -> list[int]:
    """Of every window before, how many readings show it."""
    running = sum(before[:WINDOW])
    counts = [running]
    for out, came in zip(before, before[WINDOW:], strict=False):
        running += came - out
        counts.append(running)
    return counts


def _clumping(counts: Sequence[int], usual: float) -> float:
    """How alike neighbours are, 0..1 (the intraclass correlation): from how much more the windows' counts vary than by chance alone."""
    chance = WINDOW * usual * (1 - usual)
    if chance <= 0:
        return _LEAST_CLUMPED
    varied = sum((count - WINDOW * usual) ** 2 for count in counts) / len(counts)
    return min(_MOST_CLUMPED, max(_LEAST_CLUMPED, (varied / chance - 1) / (WINDOW - 1)))


def _repeated(before: Sequence[PageReading], window: Sequence[PageReading]) -> Sign:
    """How many of a window's texts begin with the same words."""
    starts = [reading.start for reading in before]
    counts: Counter[str] = Counter()
    worst = 1
    for at, start in enumerate(starts):
        if start:
            counts[start] += 1
            worst = max(worst, counts[start])
        if at >= WINDOW and starts[at - WINDOW]:
            counts[starts[at - WINDOW]] -= 1
    most = max(Counter(reading.start for reading in window if reading.start).values(), default=0)
    usual = worst / WINDOW
    return Sign(
        name="same beginning",
        count=most,
        of=len(window),
        usual=usual,
        worst=worst,
        odds=upper_tail(most, len(window), min(usual, 1 - _FLOOR)),
    )


def fold_start(text: str) -> str:
    """The letters that a text begins with, as `PageReading.start` holds them."""
    return "".join(char for char in text.casefold() if char.isalpha())[:_START_LETTERS]


def upper_tail(count: int, of: int, rate: float, clumping: float = 0.0) -> float:
    """P(X >= count) of a beta-binomial X: `of` trials of mean `rate` and intraclass correlation `clumping` (0: binomial)."""
    if not count:
        return 1.0
    if not clumping:
        return sum(comb(of, hits) * rate**hits * (1 - rate) ** (of - hits) for hits in range(count, of + 1))
    alpha, beta = (share * (1 - clumping) / clumping for share in (rate, 1 - rate))
    return sum(comb(of, hits) * exp(_log_beta(hits + alpha, of - hits + beta) - _log_beta(alpha, beta)) for hits in range(count, of + 1))


def _log_beta(alpha: float, beta: float) -> float:
    return lgamma(alpha) + lgamma(beta) - lgamma(alpha + beta)


def _finding(subject: Subject, signs: Sequence[Sign], since: datetime) -> Finding:
    told = sorted(signs, key=lambda sign: sign.odds)[:3]
    detail = "; ".join(f"{sign.count} of the last {sign.of} pages {sign.name}, usually {sign.usual:.0%}" for sign in told)
    evidence = {
        "since": since.isoformat(),
        "signs": [
            {"name": sign.name, "count": sign.count, "of": sign.of, "usual": round(sign.usual, 3), "odds": sign.odds} for sign in told
        ],
    }
    return Finding(kind=IncidentKind.TEMPLATE_DRIFT, subject=subject, detail=detail, evidence=evidence)
