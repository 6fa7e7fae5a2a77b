"""Where a phase is expected: its point estimate, refined as far as what was learnt is trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.calibration import group_of
from estimators.phase_features import phase_row

if TYPE_CHECKING:
    from estimators.adaptation import Adaptation
    from estimators.phase_description import PhaseDescription
    from estimators.prior import FormatPrior
    from estimators.reckoning import Reckoning

LARGEST_SHIFT = 0.3
"""The middle is moved by no more than this, in logarithms: from 0.2 to 1.0 SMAPE on repositories
that no fit saw differs by 0.1, and a phase like none before is then not moved far."""

TRUSTED_PHASES = 20
"""So many observed phases let the refinement count in full."""

LARGEST_SPREAD = 3.0
"""No phase is taken to be spread more than so many times as wide as usual, or as narrow."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a phase is expected.

    Attributes:
        median: Tokens.
        spread: How wide it is spread, over what the quantiles say.
        quantiles: Of residuals at `estimators.distribution.LEVELS`, in logarithms over the spread.
    """

    median: float
    spread: float
    quantiles: tuple[float, ...]


def placed(
    fitted: FormatPrior, phase: PhaseDescription, reckoned: Reckoning, known: Adaptation
) -> Placement:
    """Where a phase is expected by what was fitted and learnt."""
    group, trust = group_of(phase.deliverables), trust_in(known)
    plain = fitted.calibration.residuals(group)
    if not trust:
        return Placement(reckoned.median, 1.0, plain)
    row = phase_row(phase, reckoned, known, fitted.sizes)
    own = fitted.refinement
    shift = _within(own.middle.predict(row), LARGEST_SHIFT)
    spread = _within(own.spread.predict(row), math.log(LARGEST_SPREAD))
    refined = own.calibration.residuals(group)
    return Placement(
        median=reckoned.median * math.exp(trust * shift),
        spread=math.exp(trust * spread),
        quantiles=tuple(a + trust * (b - a) for a, b in zip(plain, refined, strict=True)),
    )


def trust_in(known: Adaptation) -> float:
    """How much of the refinement is used: 0 with nothing learnt, 1 after `TRUSTED_PHASES`.

    Answers that were cut off do not count: the first of them would else lower an estimate.
    """
    return min(1.0, (known.phases - known.truncated) / TRUSTED_PHASES)


def _within(number: float, most: float) -> float:
    return max(-most, min(number, most))
