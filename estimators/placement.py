"""Where a phase is expected: its point estimate, refined.

One refinement is of estimators that have learnt nothing, another of those that have; as phases are
observed the second takes the place of the first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.calibration import blurred, group_of
from estimators.distribution import LEVELS
from estimators.phase_features import phase_row
from estimators.unexplained import attempt_spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.adaptation import Adaptation
    from estimators.phase_description import PhaseDescription
    from estimators.prior import FormatPrior
    from estimators.reckoning import Reckoning
    from estimators.refinement import Refinement

LARGEST_SHIFT = 0.3
"""The middle is moved by no more than this, in logarithms: from 0.2 to 1.0 SMAPE on repositories
that no fit saw differs by 0.1, and a phase like none before is then not moved far."""

TRUSTED_PHASES = 20
"""So many observed phases let the refinement of estimators that have learnt count in full."""

LARGEST_SPREAD = 3.0
"""No phase is taken to be spread more than so many times as wide as usual, or as narrow."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a phase is expected.

    Attributes:
        median: Tokens.
        spread: How wide it is spread, over what the quantiles say.
        quantiles: Of residuals at `estimators.distribution.LEVELS`, in logarithms over the spread;
            the last is not over the spread.
    """

    median: float
    spread: float
    quantiles: tuple[float, ...]


def placed(
    fitted: FormatPrior, phase: PhaseDescription, reckoned: Reckoning, known: Adaptation
) -> Placement:
    """Where a phase is expected by what was fitted and learnt."""
    group, trust = group_of(phase.deliverables, reckoned.by_model), trust_in(known)
    row = phase_row(phase, reckoned, known, fitted.sizes)
    parts = [
        (weight, _refined(refinement, row, group))
        for weight, refinement in ((1 - trust, fitted.cold), (trust, fitted.adapted))
        if weight
    ]
    spread = math.exp(sum(weight * one.spread for weight, one in parts))
    quantiles = tuple(
        sum(weight * one.quantiles[level] for weight, one in parts) for level in range(len(LEVELS))
    )
    attempts = attempt_spread(phase)
    return Placement(
        median=reckoned.median * math.exp(sum(weight * one.shift for weight, one in parts)),
        spread=spread,
        quantiles=blurred(quantiles, attempts / spread) if attempts else quantiles,
    )


@dataclass(frozen=True, slots=True)
class _Refined:
    """What one refinement says: logarithms of the move of the middle and of the spread."""

    shift: float
    spread: float
    quantiles: tuple[float, ...]


def _refined(refinement: Refinement, row: Sequence[float], group: str) -> _Refined:
    return _Refined(
        _within(refinement.middle.predict(row), LARGEST_SHIFT),
        _within(refinement.spread.predict(row), math.log(LARGEST_SPREAD)),
        refinement.calibration.residuals(group),
    )


def trust_in(known: Adaptation) -> float:
    """How much what was learnt counts: 0 with nothing learnt, 1 after `TRUSTED_PHASES`.

    Answers that were cut off do not count: the first of them would else lower an estimate.
    """
    return min(1.0, (known.phases - known.truncated) / TRUSTED_PHASES)


def _within(number: float, most: float) -> float:
    return max(-most, min(number, most))
