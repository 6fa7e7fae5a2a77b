"""The axes of plots: where a value lies, which ticks are drawn, and what is written at them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Ticks lie at multiples of one of these times a power of ten."""

_ROUND_PARTS = (1, 2, 5)
"""Where a decade of a logarithmic axis may have ticks."""

_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))

LEAST_LOGARITHMIC = 1.0
"""Where a logarithmic axis starts for values of nothing or less: it shows counts, such as tokens,
and a fraction of one means nothing."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale.

    Attributes:
        label: What it shows, with the unit.
        low: Where it begins.
        high: Where it ends; beyond ``low``.
        logarithmic: Equal lengths are equal factors; ``low`` is positive then.
    """

    label: str
    low: float
    high: float
    logarithmic: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"{self.label}: expected low < high, found {self.low}, {self.high}")
        if self.logarithmic and self.low <= 0:
            raise ValueError(f"{self.label}: expected a positive low, found {self.low}")

    @classmethod
    def covering(cls, values: Iterable[float], label: str, *, logarithmic: bool = False) -> Axis:
        """An axis from a round number to a round number, with all values between.

        Raises:
            ValueError: There is no value, or one is not finite.
        """
        given = list(values)
        if not given or not all(map(math.isfinite, given)):
            raise ValueError(f"{label}: expected finite values, and at least one")
        low, high = min(given), max(given)
        if logarithmic:
            low, high = max(low, LEAST_LOGARITHMIC), max(high, LEAST_LOGARITHMIC)
            return cls(label, _round_below(low), _round_above(high), logarithmic=True)
        if low == high:
            low, high = min(low, 0.0), max(high, 0.0) or 1.0
        step = _step(high - low, 6)
        return cls(label, math.floor(low / step) * step, math.ceil(high / step) * step)

    def position(self, value: float) -> float:
        """Where a value lies: 0 at ``low``, 1 at ``high``; one beyond an end is put there."""
        low, high, at = self.low, self.high, max(self.low, min(value, self.high))
        if self.logarithmic:
            return math.log(at / low) / math.log(high / low)
        return (at - low) / (high - low)

    def ticks(self, most: int = 6) -> tuple[float, ...]:
        """Round values from ``low`` to ``high``, at most ``most`` (3 or more)."""
        if self.logarithmic:
            return _logarithmic_ticks(self.low, self.high, most)
        step = _step(self.high - self.low, most)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(number * step for number in range(first, last + 1))


def tick_text(value: float, digits: int = 3) -> str:
    """A value as it is written at a tick: in about so many digits, with k, M, G or T."""
    for unit, sign in _UNITS:
        if abs(value) >= 0.9995 * unit:
            return f"{_significant(value / unit, digits)}{sign}"
    return _significant(round(value, 9), digits)


def _significant(value: float, digits: int) -> str:
    """A figure in so many digits, and never with an exponent where it is large."""
    return f"{value:.0f}" if abs(value) >= 10**digits - 0.5 else f"{value:.{digits}g}"


def _step(span: float, most: int) -> float:
    """The smallest round step that gives at most ``most`` ticks."""
    least = span / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(least))
    return next(one * power for one in _ROUND_STEPS if one * power >= least * (1 - 1e-9))


def _logarithmic_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Parts of decades if there is room, else decades, else every second, third … decade."""
    fine = [one for one in _parts_of_decades(low, high) if low * 0.999 <= one <= high * 1.001]
    if len(fine) <= most:
        return tuple(fine)
    decades = [one for one in fine if math.isclose(math.log10(one), round(math.log10(one)))]
    kept = decades if len(decades) > 1 else fine
    return tuple(kept[:: math.ceil(len(kept) / most)])


def _parts_of_decades(low: float, high: float) -> Iterable[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return (part * 10.0**power for power in range(first, last + 1) for part in _ROUND_PARTS)


def _round_below(value: float) -> float:
    """The largest part of a decade that is smaller."""
    return max(one for one in _parts_of_decades(value / 10, value * 10) if one < value)


def _round_above(value: float) -> float:
    """The smallest part of a decade that is larger."""
    return min(one for one in _parts_of_decades(value / 10, value * 10) if one > value)
