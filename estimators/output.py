"""The output-size estimator: deliverables in, a calibrated distribution of tokens out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from estimators.adaptation import Adaptation, Learner
from estimators.calibration import group_of, moved_by, spread_around
from estimators.deliverable import Deliverable
from estimators.distribution import Distribution
from estimators.errors import UnknownFormatError
from estimators.estimate import PHASE_SCALE, Contribution, OutputEstimate
from estimators.evidence import evidence
from estimators.learning import learn
from estimators.phase_description import PhaseDescription
from estimators.placement import placed, trust_in
from estimators.prior import Prior
from estimators.reckoning import Reckoning, chance_of_model, reason_of, reckon
from estimators.sizes import shares
from estimators.unexplained import (
    NO_DELIVERABLES_SPREAD,
    USUAL_FILE,
    USUAL_FILES,
    described_shift,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from estimators.observed import ObservedPhase
    from estimators.prior import FormatPrior


@dataclass(frozen=True, slots=True)
class OutputEstimator:
    """Predicts how many tokens the answer to a phase takes; an immutable value.

    Attributes:
        prior: What was fitted on the histories of other repositories.
        adaptations: What was learnt since, by output format.
    """

    prior: Prior
    adaptations: Mapping[str, Adaptation] = field(default_factory=dict)

    @classmethod
    def pretrained(cls) -> OutputEstimator:
        """The estimator of this release, which has learnt nothing of a workspace.

        Raises:
            ModelDataError: Its data file is missing or damaged.
        """
        return cls(Prior.shipped())

    def predict(  # noqa: PLR0913 - what a spec says, in words of its own
        self,
        deliverables: Sequence[Deliverable],
        *,
        description: str = "",
        category: str | None = None,
        complexity: str | None = None,
        acceptance_criteria: int = 0,
        output_format: str = "ndjson",
        by_model: float | None = None,
    ) -> OutputEstimate:
        """Estimate the visible output of a phase.

        Args:
            deliverables: What it writes.
            description: What it is about; its first line is read as the title of a commit is.
            category: Such as ``backend``; a weak prior until phases of it were observed.
            complexity: ``low``, ``medium`` or ``high``; likewise.
            acceptance_criteria: How many it has; likewise.
            output_format: ``ndjson``, ``whole_file`` or ``diff``.
            by_model: The chance that a language model writes it, whose new files are several
                times as large as those of people; None: as `PhaseDescription.authorship` and
                earlier phases tell.

        Returns:
            ``cl100k_base`` tokens of the mined form, without meta and done.

        Raises:
            UnknownFormatError: Nothing was fitted for the format.
        """
        phase = PhaseDescription(
            tuple(deliverables),
            description,
            category,
            complexity,
            acceptance_criteria,
            output_format,
            by_model,
        )
        fitted, known = self._fitted(output_format), self._known(output_format)
        shift, reasons = described_shift(category, complexity, acceptance_criteria)
        if not phase.deliverables:
            return _of_nothing(phase, fitted, known, shift, reasons)
        reckoned = reckon(phase, fitted.sizes, known)
        distribution = _distribution(fitted, phase, reckoned, known)
        return OutputEstimate(
            distribution=distribution,
            output_format=output_format,
            contributions=_contributions(reckoned, known, distribution.median),
            reasons=(*reasons, *_vague(reckoned)),
            calibration=_described(fitted, phase, known),
        )

    def observe(
        self, phase: PhaseDescription, tokens: int, *, truncated: bool = False, source: str = ""
    ) -> OutputEstimator:
        """The estimator that has seen one more answer.

        Takes time in proportion to what is known by now; `adapt` does not.

        Args:
            phase: What was known of it before it ran.
            tokens: What the answer took: ``cl100k_base`` tokens of the mined form. Phases of under
                `estimators.learning.LEAST_TOKENS` teach nothing: no such phase is behind the prior.
            truncated: The answer was cut off: it would have taken at least so many.
            source: What the phase is called; shown where it moved an estimate.

        Raises:
            UnknownFormatError: Nothing was fitted for the format.
            ValueError: The tokens are negative.
        """
        learner = Learner.of(self._known(phase.output_format))
        fitted = self._fitted(phase.output_format)
        learn(learner, phase, fitted, tokens, truncated=truncated, source=source)
        return self._with(phase.output_format, learner.learnt())

    def adapt(
        self, history: Iterable[ObservedPhase], output_format: str = "ndjson"
    ) -> OutputEstimator:
        """The estimator that has seen these phases, file by file, the oldest first.

        Args:
            history: Observed phases, oldest first.
            output_format: Which of their lengths to learn.

        Raises:
            UnknownFormatError: Nothing was fitted for the format.
        """
        fitted = self._fitted(output_format)
        learner = Learner.of(self._known(output_format))
        for one in history:
            phase = PhaseDescription(one.deliverables(), one.title, output_format=output_format)
            files = [file.tokens(output_format) for file in one.files]
            learn(
                learner,
                phase,
                fitted,
                sum(files),
                files=files,
                source=one.name,
                by_model=float(one.ai_written),
            )
        return self._with(output_format, learner.learnt())

    def _fitted(self, output_format: str) -> FormatPrior:
        fitted = self.prior.formats.get(output_format)
        if fitted is None:
            raise UnknownFormatError(output_format, tuple(self.prior.formats))
        return fitted

    def _known(self, output_format: str) -> Adaptation:
        return self.adaptations.get(output_format, Adaptation())

    def _with(self, output_format: str, known: Adaptation) -> OutputEstimator:
        return replace(self, adaptations={**self.adaptations, output_format: known})


def _distribution(
    fitted: FormatPrior, phase: PhaseDescription, reckoned: Reckoning, known: Adaptation
) -> Distribution:
    """The sum of the shares, spread as phases alike are, and wider by what names no file."""
    spread = sum(part.tokens * part.spread for part in reckoned.parts) / reckoned.whole
    place = placed(fitted, phase, reckoned, known)
    alike = spread_around(place.median, moved_by(place.quantiles, known.moved), place.spread)
    wide = alike.scaled(1.0, spread) if spread else alike
    return wide.at_least(sum(part.least for part in reckoned.parts))


def _contributions(
    reckoned: Reckoning, known: Adaptation, median: float
) -> tuple[Contribution, ...]:
    """Every deliverable's share, then what scales their sum to the median."""
    own = [
        Contribution(part.deliverable, part.tokens, partial(reason_of, part, shift, chain, known))
        for part, shift, chain in zip(
            reckoned.parts, reckoned.file_shifts, reckoned.file_groups, strict=True
        )
    ]
    scaled = partial(_scaled_by, median / reckoned.whole, reckoned, known)
    return (*own, Contribution(None, median - reckoned.whole, scaled))


def _scaled_by(factor: float, reckoned: Reckoning, known: Adaptation) -> str:
    """What else than its files moved a phase, in words."""
    told = filter(None, (evidence(chain, known) for chain in reckoned.phase_groups))
    learnt = "; ".join(told)
    what = f"{PHASE_SCALE}: x{factor:.2f}, by what is said of the phase, floors"
    return f"{what} and earlier phases ({learnt})" if learnt else f"{what} and no earlier phases"


def _vague(reckoned: Reckoning) -> list[str]:
    vague = sum(part.spread > 0 for part in reckoned.parts)
    if not vague:
        return []
    of = len(reckoned.parts)
    return [f"{vague} of {of} deliverables name no file: the estimate is wider for it"]


def _described(fitted: FormatPrior, phase: PhaseDescription, known: Adaptation) -> str:
    refinement = fitted.adapted if trust_in(known) else fitted.cold
    group = group_of(phase.deliverables, chance_of_model(phase, known))
    conformal = refinement.calibration.describe(group)
    if not known.phases:
        return conformal
    cut = f", {known.truncated:,} of them cut off" if known.truncated else ""
    return f"{conformal}, adapted to {known.phases:,} phases{cut}"


def _of_nothing(
    phase: PhaseDescription,
    fitted: FormatPrior,
    known: Adaptation,
    shift: float,
    reasons: Sequence[str],
) -> OutputEstimate:
    """A phase without usable deliverables: a wide estimate from what its description says."""
    usual = replace(phase, deliverables=(Deliverable(USUAL_FILE),))
    [share] = shares(usual, fitted.sizes, chance_of_model(phase, known))
    median = USUAL_FILES * share.tokens * math.exp(shift)
    scale = f"{PHASE_SCALE}: a phase of which no file is known"
    of = "its description" if phase.description.strip() else "no description"
    reason = f"no usable deliverable: a wide estimate from {of}, for {USUAL_FILES:g} usual files"
    return OutputEstimate(
        distribution=Distribution.log_normal(median, NO_DELIVERABLES_SPREAD),
        output_format=phase.output_format,
        contributions=(Contribution(None, median, scale),),
        reasons=(reason, *reasons),
        calibration="none: a prior without data",
    )
