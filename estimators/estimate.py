"""What an estimator answers: a distribution, and where its median comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from estimators.deliverable import Deliverable
    from estimators.distribution import Distribution

PHASE_SCALE = "phase scale"
"""How the reason of the contribution starts that scales the others to the phase."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """A part of the median.

    Attributes:
        deliverable: Whose part it is; None: what scales the other parts to the phase.
        tokens: ``cl100k_base`` tokens of the mined form; the phase scale may be negative.
        why: The reason, or what finds it: most estimates are never explained. Not compared.
    """

    deliverable: Deliverable | None
    tokens: float
    why: str | Callable[[], str] = field(compare=False)

    @property
    def reason(self) -> str:
        """Why so many, in a few words."""
        return self.why if isinstance(self.why, str) else self.why()


@dataclass(frozen=True, slots=True)
class OutputEstimate:
    """How long the answer to a phase will be: ``cl100k_base`` tokens of the mined form.

    Attributes:
        distribution: The tokens of the whole answer.
        output_format: The format that was asked about.
        contributions: One for each deliverable, in their order, then the phase scale; they add up
            to the median.
        reasons: What the estimate rests on, in sentences.
        calibration: How its quantiles were calibrated, and on how many phases.
    """

    distribution: Distribution
    output_format: str
    contributions: tuple[Contribution, ...]
    reasons: tuple[str, ...]
    calibration: str

    @property
    def median(self) -> float:
        """The 0.5 quantile."""
        return self.distribution.median

    @property
    def mean(self) -> float:
        """The mean."""
        return self.distribution.mean

    def quantile(self, level: float) -> float:
        """The tokens that are not exceeded with this probability; from 0.05 to 0.999."""
        return self.distribution.quantile(level)
