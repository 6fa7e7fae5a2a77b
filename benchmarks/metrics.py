"""How good predictions are: plain functions over equally long sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def smape(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Symmetric mean absolute percentage error: the mean of 200 |p - a| / (p + a)."""
    p, a = np.asarray(predicted, float), np.asarray(actual, float)
    return float(np.mean(200 * np.abs(p - a) / (p + a)))


def mdape(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Median absolute percentage error: the median of 100 |p - a| / a."""
    p, a = np.asarray(predicted, float), np.asarray(actual, float)
    return float(np.median(100 * np.abs(p - a) / a))


def pinball(predicted: ArrayLike, actual: ArrayLike, level: float) -> float:
    """Pinball loss of a quantile, in the unit of the figures."""
    deviation = np.asarray(actual, float) - np.asarray(predicted, float)
    return float(np.mean(np.maximum(level * deviation, (level - 1) * deviation)))


def coverage(bound: ArrayLike, actual: ArrayLike) -> float:
    """The share of figures that do not exceed their bound."""
    return float(np.mean(np.asarray(actual, float) <= np.asarray(bound, float)))
