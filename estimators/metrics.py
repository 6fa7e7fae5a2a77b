"""How good predictions are: plain functions over equally long sequences."""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def smape(predicted: Sequence[float], actual: Sequence[float]) -> float:
    """Symmetric mean absolute percentage error: the mean of 200 |p - a| / (p + a)."""
    return fmean(200 * abs(p - a) / (p + a) for p, a in zip(predicted, actual, strict=True))


def mdape(predicted: Sequence[float], actual: Sequence[float]) -> float:
    """Median absolute percentage error: the median of 100 |p - a| / a."""
    return median(100 * abs(p - a) / a for p, a in zip(predicted, actual, strict=True))


def pinball(predicted: Sequence[float], actual: Sequence[float], level: float) -> float:
    """Pinball loss of a quantile, in the unit of the figures."""
    deviations = (a - p for p, a in zip(predicted, actual, strict=True))
    return fmean(max(level * one, (level - 1) * one) for one in deviations)


def coverage(bound: Sequence[float], actual: Sequence[float]) -> float:
    """The share of figures that do not exceed their bound."""
    return fmean(a <= b for b, a in zip(bound, actual, strict=True))
