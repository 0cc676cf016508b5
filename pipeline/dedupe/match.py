"""Decides what two articles that share keys are to each other. Pure, and the same for either order of the two (DESIGN 7).

The thresholds were chosen on labelled copies of real articles; the figures are in docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from pipeline.dedupe.fingerprint import Profile, words_of

MIN_SHARED_KEYS = 2  # that make two articles candidates
STOP_AT = 50  # stories that a key stands in: from here on it leads to formulas, not to copies
NEAR_WINDOW = timedelta(hours=72)
FAR_WINDOW = timedelta(days=30)  # keys are kept for as long
_ONE_DAY = timedelta(days=1)

# All shares are of shingles unless another word says of what; lengths are in shingles, places in words.
_SAME = 0.35  # Jaccard: in both / in either
_SAME_IF_SHORT = 0.60
_SAME_IF_TITLED = 0.25  # the title is the same, within a day
_SAME_IF_FAR = 0.80  # more than 72 hours apart
_VERY_SHORT = 60
_SHORT = 150  # below, formulas weigh so much that numbers must agree as well
_NUMBERS_AGREE = 0.5
_FIGURES = 3  # so many numbers are a report's figures,
_FIGURES_AGREE = 0.8  # and a report with the same figures under the same title is its correction
_TITLES_AGREE = 0.8  # of the words of the shorter title

_NOISY = 0.12  # a text with every third word changed keeps so few of its triples,
_NOISY_CONTENT = 0.55  # but its words
_NOISY_LENGTH = 80

_WHOLE = 0.80  # of the shorter text stands in the longer one
_REWORKED = 0.65  # the same, where
_REWORKED_CONTENT = 0.80  # of its words do, at the head
_MUCH_SHORTER = 0.60  # ratio of lengths; above, two versions are near copies
_STUB = 0.35  # ratio of lengths under which a copy must begin where the longer text does
_STUB_LENGTH = 40
_SNAP_LENGTH = 15  # a wire's first line, then the story under the same title
_START = 40  # words: a dateline, a caption or a standfirst may come first
_HEAD = 0.20  # of the longer text
_TELLING = 15  # an own text below says too little to tell two stories apart; their titles must
_STRAY = 10  # one in ten common shingles at each end may be a formula that stands elsewhere in the longer text by chance
_QUOTED = 20  # in a row: a passage of 22 words


class Kind(StrEnum):
    """What two articles are to each other."""

    EXACT = "exact"  # the same text to the letter
    NEAR = "near"  # the same story in nearly the same words
    ABRIDGED = "abridged"  # the longer one begins with the shorter one, more or less shortened
    QUOTE = "quote"  # they share a passage and are two stories


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One side of a comparison."""

    title: str
    profile: Profile  # of the body
    body_sha256: bytes
    published_at: datetime | None  # None: unknown, so that no window applies


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """How two articles are connected."""

    kind: Kind
    jaccard: float  # shingles in both / in either
    containment: float  # share of the shorter one's shingles that are in the longer one
    content: float  # content words in both / in either
    second_longer: bool  # which of the two is the longer one
    begins: float  # where the common part begins in the longer one, and where it ends, without strays: shares of its length
    ends: float

    @property
    def much_shorter(self) -> bool:
        """The one has less than .6 of the other's length, as it follows from the shares."""
        ratio = self.jaccard / max(1e-9, self.containment - self.jaccard + self.jaccard * self.containment)
        return ratio < _MUCH_SHORTER

    @property
    def part(self) -> bool:
        """The shorter one stands as a whole in the longer one, wherever: it may be an item of a digest."""
        return self.containment >= _WHOLE and self.much_shorter


def worth_comparing(shared: int, one: Text, other: Text) -> bool:
    """Whether so many shared keys justify a look at the texts.

    Beyond 72 hours only nearly equal texts and whole articles in a digest are looked for, which share a quarter of their keys at the least.
    """
    if _apart(one, other) <= NEAR_WINDOW:
        return shared >= MIN_SHARED_KEYS
    return shared >= max(MIN_SHARED_KEYS, min(len(one.profile.keys), len(other.profile.keys)) / 4)


def worth_keeping(match: Match, *, same_outlet: bool) -> bool:
    """Passages that articles of one outlet have in common are its house style; only a whole article in another is told."""
    return match.kind is not Kind.QUOTE or match.part or not same_outlet


def compare(one: Text, other: Text) -> Match | None:
    """What the two are to each other; None: nothing worth noting."""
    swapped = (len(one.profile.shingles), one.body_sha256) > (len(other.profile.shingles), other.body_sha256)
    pair = _Pair(other, one) if swapped else _Pair(one, other)
    kind = _kind(pair) if pair.places else None
    if kind is None:
        return None
    stray = len(pair.places) // _STRAY
    return Match(
        kind=kind,
        jaccard=pair.jaccard,
        containment=pair.containment,
        content=pair.content,
        second_longer=not swapped,
        begins=min(1.0, pair.places[stray] / pair.longer_length),
        ends=min(1.0, (pair.places[-1 - stray] + 1) / pair.longer_length),
    )


def is_short(one: Text, other: Text) -> bool:
    """Whether so little is compared that lines which return on an outlet's pages may decide what the two are to each other."""
    return min(len(one.profile.shingles), len(other.profile.shingles)) < _SHORT and one.body_sha256 != other.body_sha256


def compare_own(one: Text, other: Text, whole: Match | None) -> Match | None:
    """What two articles are to each other by what is their own: `one` and `other` without the lines that return on their outlets' pages.

    `whole` is what they are with them. It stands where little is left of one of them and both have the same title: notices of one wording.
    """
    own = compare(one, other)
    if own is not None or whole is None:
        return own
    pair = _Pair(one, other)
    return whole if min(pair.length, pair.longer_length) < _TELLING and pair.same_title else None


class _Pair:
    """What is measured of a pair."""

    def __init__(self, shorter: Text, longer: Text) -> None:
        a, b = shorter.profile, longer.profile
        self.shorter, self.longer = shorter, longer
        self.identical = shorter.body_sha256 == longer.body_sha256
        self.length, self.longer_length = len(a.shingles), len(b.shingles)
        self.places = b.places if self.identical else sorted(b.shingles[shingle] for shingle in a.shingles.keys() & b.shingles.keys())
        common = len(self.places)
        self.jaccard = common / max(1, self.length + self.longer_length - common)
        self.containment = common / max(1, self.length)
        self.ratio = self.length / max(1, self.longer_length)
        self.begins = self.places[0] if self.places else 0
        self.content = float(bool(a.content)) if self.identical else len(a.content & b.content) / max(1, len(a.content | b.content))
        self.apart = _apart(shorter, longer)
        self.dated = shorter.published_at is not None and longer.published_at is not None

    @property
    def content_kept(self) -> float:
        """Share of the shorter one's content words that are in the longer one."""
        words = self.shorter.profile.content
        return len(words & self.longer.profile.content) / max(1, len(words))

    @property
    def numbers(self) -> float:
        return _overlap(self.shorter.profile.numbers, self.longer.profile.numbers, neither=1.0)

    @property
    def same_figures(self) -> bool:
        numbers = (self.shorter.profile.numbers, self.longer.profile.numbers)
        return min(map(len, numbers)) >= _FIGURES and self.numbers >= _FIGURES_AGREE

    @property
    def same_title(self) -> bool:
        return _overlap(frozenset(words_of(self.shorter.title)), frozenset(words_of(self.longer.title)), neither=0.0) >= _TITLES_AGREE

    @property
    def titled(self) -> bool:
        """The same title within a day."""
        return self.dated and self.apart <= _ONE_DAY and self.same_title

    @property
    def quoted(self) -> bool:
        """A passage of the one stands in the other."""
        run = 0
        for before, place in pairwise(self.places):
            run = run + 1 if place == before + 1 else 0
            if run + 1 >= _QUOTED:
                return True
        return False


def _kind(pair: _Pair) -> Kind | None:
    long = pair.length >= _SHORT
    if pair.apart > NEAR_WINDOW:
        if long and pair.apart <= FAR_WINDOW and pair.jaccard >= _SAME_IF_FAR:
            return Kind.EXACT if pair.identical else Kind.NEAR
        return Kind.QUOTE if pair.quoted else None
    if pair.identical and (pair.length >= _STUB_LENGTH or pair.same_title):
        return Kind.EXACT
    if long or _is_trusted(pair):
        if _is_abridged(pair):
            return Kind.ABRIDGED
        if (long or pair.dated) and _is_near(pair):
            return Kind.NEAR
    if pair.titled and not long and _is_correction(pair):
        return Kind.ABRIDGED if pair.ratio < _MUCH_SHORTER else Kind.NEAR
    return Kind.QUOTE if pair.quoted else None


def _is_trusted(pair: _Pair) -> bool:
    """Short texts of one formula differ in their numbers: dividends, tides, results."""
    return pair.numbers >= _NUMBERS_AGREE or pair.jaccard >= 0.9


def _is_abridged(pair: _Pair) -> bool:
    if pair.ratio >= _MUCH_SHORTER or pair.length < _STUB_LENGTH:
        return False
    if pair.containment >= _WHOLE:
        return pair.begins <= _START or (pair.ratio >= _STUB and pair.begins <= _HEAD * pair.longer_length)
    if pair.length < _NOISY_LENGTH or pair.begins > _START:
        return False
    return pair.containment >= _REWORKED and pair.content_kept >= _REWORKED_CONTENT


def _is_near(pair: _Pair) -> bool:
    if pair.jaccard >= (_SAME if pair.length >= _VERY_SHORT else _SAME_IF_SHORT):
        return True
    if pair.length >= _SHORT and pair.jaccard >= _SAME_IF_TITLED and pair.titled:
        return True
    return pair.length >= _NOISY_LENGTH and pair.jaccard >= _NOISY and pair.content >= _NOISY_CONTENT


def _is_correction(pair: _Pair) -> bool:
    """Of a short text under one title: the same figures once more, or its first line and then the story."""
    if pair.same_figures and pair.jaccard >= _SAME_IF_TITLED:
        return True
    return pair.length >= _SNAP_LENGTH and pair.begins == 0 and pair.containment >= 0.9


def _apart(one: Text, other: Text) -> timedelta:
    """Nothing where a date is missing."""
    if one.published_at is None or other.published_at is None:
        return timedelta()
    return abs(one.published_at - other.published_at)


def _overlap(one: AbstractSet[str], other: AbstractSet[str], *, neither: float) -> float:
    """Share of the smaller set that is in the other; `neither` where one is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else neither
