"""The output-size estimator: deliverables in, a calibrated distribution of tokens out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.calibration import group_of
from estimators.distribution import Distribution
from estimators.errors import UnknownFormatError
from estimators.estimate import PHASE_SCALE, Contribution, OutputEstimate
from estimators.prior import Prior
from estimators.sizes import shares
from estimators.unexplained import (
    NO_DELIVERABLES_SPREAD,
    NO_DELIVERABLES_TOKENS,
    described_shift,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.deliverable import Deliverable
    from estimators.prior import FormatPrior
    from estimators.sizes import Share


@dataclass(frozen=True, slots=True)
class OutputEstimator:
    """Predicts how many tokens the answer to a phase takes; an immutable value.

    Attributes:
        prior: What was fitted.
    """

    prior: Prior

    @classmethod
    def pretrained(cls) -> OutputEstimator:
        """The estimator of this release.

        Raises:
            ModelDataError: Its data file is missing or damaged.
        """
        return cls(Prior.shipped())

    def predict(
        self,
        deliverables: Sequence[Deliverable],
        *,
        description: str = "",
        category: str | None = None,
        complexity: str | None = None,
        output_format: str = "ndjson",
    ) -> OutputEstimate:
        """Estimate the visible output of a phase.

        Args:
            deliverables: What it writes.
            description: What it is about; its first line is read as the title of a commit is.
            category: Such as ``backend``; a weak prior without data.
            complexity: ``low``, ``medium`` or ``high``; a weak prior without data.
            output_format: ``ndjson``, ``whole_file`` or ``diff``.

        Returns:
            ``cl100k_base`` tokens of the mined form, without meta and done.

        Raises:
            UnknownFormatError: Nothing was fitted for the format.
        """
        fitted = self.prior.formats.get(output_format)
        if fitted is None:
            raise UnknownFormatError(output_format, tuple(self.prior.formats))
        shift, reasons = described_shift(category, complexity)
        parts = shares(deliverables, description, output_format, fitted.sizes)
        if not parts:
            return _of_nothing(output_format, shift, reasons)
        distribution = _distribution(fitted, deliverables, parts, shift)
        return OutputEstimate(
            distribution=distribution,
            output_format=output_format,
            contributions=_contributions(deliverables, parts, distribution.median),
            reasons=(*reasons, *_vague(parts)),
            calibration=fitted.calibration.describe(group_of(deliverables)),
        )


def _distribution(
    fitted: FormatPrior, deliverables: Sequence[Deliverable], parts: Sequence[Share], shift: float
) -> Distribution:
    """The sum of the shares, spread as phases alike are, and wider by what names no file."""
    whole = sum(part.tokens for part in parts)
    spread = sum(part.tokens * part.spread for part in parts) / whole
    alike = fitted.calibration.distribution(whole, group_of(deliverables))
    return alike.scaled(math.exp(shift), spread).at_least(sum(part.least for part in parts))


def _contributions(
    deliverables: Sequence[Deliverable], parts: Sequence[Share], median: float
) -> tuple[Contribution, ...]:
    """Every deliverable's share, then what scales their sum to the median."""
    whole = sum(part.tokens for part in parts)
    own = (
        Contribution(one, part.tokens, part.reason)
        for one, part in zip(deliverables, parts, strict=True)
    )
    scale = (
        f"{PHASE_SCALE}: x{median / whole:.2f}, what the phase's own words and floors make of it"
    )
    return (*own, Contribution(None, median - whole, scale))


def _vague(parts: Sequence[Share]) -> list[str]:
    vague = sum(part.spread > 0 for part in parts)
    if not vague:
        return []
    return [f"{vague} of {len(parts)} deliverables name no file: the estimate is wider for it"]


def _of_nothing(output_format: str, shift: float, reasons: Sequence[str]) -> OutputEstimate:
    """A phase without usable deliverables: a wide prior."""
    median = NO_DELIVERABLES_TOKENS * math.exp(shift)
    scale = f"{PHASE_SCALE}: a phase of which no file is known"
    return OutputEstimate(
        distribution=Distribution.log_normal(median, NO_DELIVERABLES_SPREAD),
        output_format=output_format,
        contributions=(Contribution(None, median, scale),),
        reasons=("no usable deliverable: a wide estimate for a phase of usual size", *reasons),
        calibration="none: a prior without data",
    )
