"""Where an estimator that has learnt puts a phase: a second model over what the first one knows.

The sum of the shares, as adapted, is a good middle but the same spread for every phase. Boosted
trees see the phase as a whole, and how much is known of phases like it: one sum of trees moves the
middle, another says how far this phase may fall from it, over others. Before anything was learnt
there is nothing to refine: by leave-one-repository-out it then makes SMAPE no better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from estimators.calibration import Calibration, group_of
from estimators.phase_features import NAMES, phase_row
from estimators.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from estimators.adaptation import Adaptation
    from estimators.prior import FormatPrior
    from estimators.reckoning import PhaseDescription, Reckoning

LARGEST_SHIFT = 0.3
"""The middle is moved by no more than this, in logarithms; in the histories 99.9 % are within."""

TRUSTED_PHASES = 20
"""So many observed phases let the refinement count in full."""

LARGEST_SPREAD = 3.0
"""No phase is taken to be spread more than so many times as wide as usual, or as narrow."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """What was fitted on phases of estimators that had learnt the earlier ones.

    Attributes:
        middle: What to add to the logarithm of the point estimate.
        spread: The logarithm of how wide a phase is spread, over others.
        calibration: Quantiles of residuals from the moved middle, over that spread.
    """

    middle: Trees
    spread: Trees
    calibration: Calibration

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; `from_json` makes the same of them."""
        return {
            "features": list(NAMES),
            "middle": self.middle.as_json(),
            "spread": self.spread.as_json(),
            "calibration": self.calibration.as_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Refinement:
        """The refinement of `as_json`.

        Raises:
            KeyError: A part is missing.
            TypeError: A part is of another type.
            ValueError: It was fitted on other features, or a part is damaged.
        """
        if tuple(data["features"]) != NAMES:
            raise ValueError("features: expected those of this release")
        return cls(
            Trees.from_json(data["middle"], len(NAMES)),
            Trees.from_json(data["spread"], len(NAMES)),
            Calibration.from_json(data["calibration"]),
        )


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
