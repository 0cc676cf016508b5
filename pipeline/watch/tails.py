"""How improbable a count is: tails of the negative binomial distribution, the law of a count whose rate itself varies from day to day."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

_NEGLIGIBLE = 1e-12  # terms below this part of the sum are left out


def lower_tail(count: int, mean: float, size: float) -> float:
    """P(X <= count) of X with this mean and variance mean + mean²/size; 1 where `count` is not below the mean."""
    if count >= mean:
        return 1.0
    total = term = exp(_log_probability(count, mean, size))
    for i in range(count, 0, -1):
        term *= i / (size + i - 1) * (mean + size) / mean
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return min(total, 1.0)


def upper_tail(count: int, mean: float, size: float) -> float:
    """P(X >= count), see lower_tail; 1 where `count` is not above the mean."""
    if count <= mean:
        return 1.0
    total = term = exp(_log_probability(count, mean, size))
    i = count
    while term >= total * _NEGLIGIBLE > 0:
        term *= (size + i) / (i + 1) * mean / (mean + size)
        total += term
        i += 1
    return min(total, 1.0)


def probability_of_none(mean: float, size: float) -> float:
    """P(X = 0)."""
    return exp(-size * log1p(mean / size))


def _log_probability(count: int, mean: float, size: float) -> float:
    if mean <= 0:
        return 0.0 if count == 0 else -700.0  # e^-700 is the smallest that a float holds
    chosen = lgamma(size + count) - lgamma(size) - lgamma(count + 1)
    return max(chosen - size * log1p(mean / size) + count * (log(mean) - log(mean + size)), -700.0)
