"""Conformal quantiles: how far phases fell from their point estimate, by groups of alike phases.

The residuals are those of repositories that the model had not seen, so that the quantiles hold on
the next repository too. A group's quantiles are shrunk towards those of all phases together, the
more the fewer phases it has. They are over the spread of their phase, but for the highest one: it
comes from the pooled tail alone, and the same for phases that are spread widely or narrowly.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from estimators.distribution import (
    LEVELS,
    MEDIAN,
    Distribution,
    independent_sum,
    normal_scores,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from estimators.deliverable import Deliverable

SHRINKAGE_PHASES = 200
"""A group of so many phases stands half for itself and half for all phases: the standard error of
its 0.9 quantile is then about 0.02 in coverage, which is the tolerance that is aimed at."""

LEAST_TAIL_FACTOR = 4.0
"""The 0.999 quantile is never below this many times the median."""

MORE_LIKELY_THAN_NOT = 0.5
"""A phase is among those that a language model wrote if the chance of it is above this."""

_FILE_COUNTS = ((1, "1 file"), (3, "2 to 3 files"), (9, "4 to 9 files"))
_MANY_FILES = "10 files or more"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Quantiles of the residuals, by group.

    A residual is the natural logarithm of the real tokens over the sum of the shares.

    Attributes:
        pooled: At `LEVELS`, over all phases; over the spread of their phase, but for the last.
        groups: At `LEVELS`, by group of `group_of`, shrunk; likewise.
        phases: How many phases are behind each group.
    """

    pooled: tuple[float, ...]
    groups: Mapping[str, tuple[float, ...]]
    phases: Mapping[str, int]

    def residuals(self, group: str) -> tuple[float, ...]:
        """The quantiles of a group at `LEVELS`; of all phases where the group is not known."""
        return self.groups.get(group, self.pooled)

    def describe(self, group: str) -> str:
        """How the quantiles of a group were calibrated, and on how many phases."""
        known, whole = self.phases.get(group, 0), sum(self.phases.values())
        return f"conformal, {known:,} phases alike ({group}) of {whole:,} of other repositories"

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; `from_json` makes the same of them."""
        groups = {name: list(values) for name, values in self.groups.items()}
        return {"pooled": list(self.pooled), "groups": groups, "phases": dict(self.phases)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calibration:
        """The calibration of `as_json`.

        Raises:
            KeyError: A part is missing.
            ValueError: A group has another number of quantiles than there are levels, or some that
                are not finite or decrease; or no number of phases. Says which group.
        """
        pooled = _residuals(data["pooled"], "pooled")
        groups = {str(n): _residuals(own, f"groups.{n}") for n, own in data["groups"].items()}
        return cls(pooled, groups, {name: _phases(data["phases"], name) for name in groups})


def moved_by(quantiles: Sequence[float], moved: Sequence[float]) -> tuple[float, ...]:
    """Quantiles at `LEVELS`, each moved by what was observed; they never cross."""
    return tuple(accumulate((a + b for a, b in zip(quantiles, moved, strict=True)), max))


def blurred(quantiles: Sequence[float], log_spread: float) -> tuple[float, ...]:
    """Quantiles at `LEVELS` of the same deviations and an independent normal one.

    The last is left as it is: it comes from the pooled tail.

    Args:
        quantiles: Of deviations of a logarithm, at `LEVELS`.
        log_spread: Standard deviation of the other one.
    """
    normal = (score * log_spread for score in normal_scores(LEVELS[:-1]))
    wider = [independent_sum(a, b) for a, b in zip(quantiles[:-1], normal, strict=True)]
    return (*wider, max(quantiles[-1], wider[-1]))


def spread_around(tokens: float, quantiles: Sequence[float], spread: float = 1.0) -> Distribution:
    """The distribution of a phase that is expected to take so many tokens.

    Args:
        tokens: The point estimate.
        quantiles: Of residuals, at `LEVELS`.
        spread: How wide the phase is spread, over what the quantiles say; the tail is not widened.
    """
    return Distribution(LEVELS, tuple(tokens * math.exp(one) for one in widened(quantiles, spread)))


def widened(quantiles: Sequence[float], spread: float) -> list[float]:
    """Quantiles of residuals at `LEVELS`, of a phase spread so widely; see `spread_around`."""
    residuals = [spread * one for one in quantiles[:-1]]
    least = residuals[LEVELS.index(MEDIAN)] + math.log(LEAST_TAIL_FACTOR)
    return [*residuals, max(quantiles[-1], residuals[-1], least)]


def group_of(deliverables: Sequence[Deliverable], by_model: float = 0.0) -> str:
    """The group of phases that are spread alike.

    Args:
        deliverables: How many there are counts, and whether any is created.
        by_model: The chance that a language model writes them: sizes of people's files vary more.
    """
    count = len(deliverables)
    size = next((name for most, name in _FILE_COUNTS if count <= most), _MANY_FILES)
    creates = any(one.action in {"create", None} for one in deliverables)
    author = ", by a model" if by_model > MORE_LIKELY_THAN_NOT else ""
    return f"{size}, {'some created' if creates else 'none created'}{author}"


def calibrated(
    residuals: Sequence[float],
    groups: Sequence[str],
    weights: Sequence[float],
    spreads: Sequence[float] | None = None,
) -> Calibration:
    """Quantiles of residuals by group.

    Args:
        residuals: Of phases of repositories that the model had not seen.
        groups: The group of each.
        weights: Of each; the next repository is one draw among repositories, so those of one
            repository should add up to what those of another do.
        spreads: How wide each phase is spread; None: all alike.

    Raises:
        ValueError: There are no residuals.
    """
    if not residuals:
        raise ValueError("expected at least one residual")
    over = [a / b for a, b in zip(residuals, spreads or [1.0] * len(residuals), strict=True)]
    rows = sorted(zip(over, weights, groups, strict=True))
    tail = _quantiles(sorted(zip(residuals, weights, strict=True)))[-1]
    pooled = _quantiles([(residual, weight) for residual, weight, _ in rows])
    by_group: dict[str, list[tuple[float, float]]] = {}
    for residual, weight, group in rows:
        by_group.setdefault(group, []).append((residual, weight))
    shrunk = {
        group: _kept(_shrunk(_quantiles(own), len(own), pooled), tail)
        for group, own in sorted(by_group.items())
    }
    counts = {group: len(own) for group, own in sorted(by_group.items())}
    return Calibration(_kept(pooled, tail), shrunk, counts)


def _residuals(values: Sequence[float], place: str) -> tuple[float, ...]:
    """Quantiles out of a data file."""
    read = tuple(map(float, values))
    if len(read) != len(LEVELS):
        raise ValueError(f"{place}: expected {len(LEVELS)} quantiles, found {len(read)}")
    if not all(map(math.isfinite, read)) or list(read) != sorted(read):
        raise ValueError(f"{place}: expected finite quantiles that never decrease, found {read}")
    return read


def _phases(counts: Mapping[str, Any], group: str) -> int:
    """The number of phases of a group out of a data file."""
    count = counts[group]
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError(f"phases.{group}: expected a whole number of phases, found {count!r}")
    return count


def _quantiles(ordered: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """The smallest residuals that a share of the weight does not exceed; rows are in order."""
    reached = list(accumulate(weight for _, weight in ordered))
    places = (bisect_left(reached, level * reached[-1]) for level in LEVELS)
    return tuple(ordered[min(place, len(ordered) - 1)][0] for place in places)


def _shrunk(own: Sequence[float], phases: int, pooled: Sequence[float]) -> tuple[float, ...]:
    weight = phases / (phases + SHRINKAGE_PHASES)
    return tuple(weight * a + (1 - weight) * b for a, b in zip(own, pooled, strict=True))


def _kept(values: Sequence[float], tail: float) -> tuple[float, ...]:
    """The quantiles of a group as they are kept: around the sum of the shares, with a pooled tail.

    The sum is the median: sizes are fitted for that. What groups' own medians say beyond is how the
    repositories at hand differ, and on the next one it is as often wrong as right: by
    leave-one-repository-out it makes SMAPE worse.
    """
    centred = [_on_its_side(value, level) for value, level in zip(values, LEVELS, strict=True)]
    kept = [*centred[:-1], max(tail, centred[-2], math.log(LEAST_TAIL_FACTOR))]
    return tuple(round(value, 4) for value in kept)


def _on_its_side(residual: float, level: float) -> float:
    """A quantile below the median is not above the sum, nor one above it below."""
    if level == MEDIAN:
        return 0.0
    return min(residual, 0.0) if level < MEDIAN else max(residual, 0.0)
