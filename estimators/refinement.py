"""Where an estimator puts a phase: a second model over what the first one says.

The sum of the shares, as adapted, is a good middle but the same spread for every phase. Boosted
trees see the phase as a whole, and how much is known of phases like it: one sum of trees moves the
middle, another says how far this phase may fall from it, over others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from estimators.calibration import Calibration
from estimators.phase_features import NAMES
from estimators.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Refinement:
    """What was fitted on phases as they were estimated by what other repositories teach.

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
