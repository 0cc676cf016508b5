"""Whether something that was measured again and again grows."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

_BOUND = 1.0  # % an hour (FAULTS 23)


@dataclass(frozen=True, kw_only=True)
class Slope:
    """How fast something grows, in % of its mean an hour, and between what the slope lies at 95 %."""

    mean: float
    percent: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """What is known of it."""
        return "grows" if self.low > _BOUND else "flat" if self.high <= _BOUND else "too short to tell"


def slope_of(hours: Sequence[float], values: Sequence[float]) -> Slope:
    """Theil and Sen's slope with the interval that Kendall's variance gives (Sen 1968); its samples are taken for independent."""
    slopes = sorted((later - sooner) / (end - begin) for (begin, sooner), (end, later) in combinations(zip(hours, values, strict=True), 2))
    count, mean = len(hours), statistics.fmean(values)
    spread = 1.96 * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = slopes[max(0, int((len(slopes) - spread) / 2))]
    high = slopes[min(len(slopes) - 1, int((len(slopes) + spread) / 2) + 1)]
    share = 100 / mean if mean else 0.0
    return Slope(mean=mean, percent=statistics.median(slopes) * share, low=low * share, high=high * share)


def count_verdict(counts: Sequence[int]) -> str:
    """Whether all of the last third are more than the most of the first: a leak of single ones has no slope in its median."""
    third = len(counts) // 3
    return "grows" if min(counts[-third:]) > max(counts[:third]) else "flat"
