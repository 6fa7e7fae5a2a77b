"""How an estimator fares on a history: every phase predicted from those before it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.adaptation import Adaptation, Learner
from estimators.learning import LEAST_TOKENS, learn
from estimators.output import OutputEstimator
from estimators.reckoning import PhaseDescription

if TYPE_CHECKING:
    from collections.abc import Iterable

    from estimators.observed import ObservedPhase


@dataclass(slots=True)
class Predicted:
    """What was predicted of phases: tokens, one entry a phase.

    Attributes:
        median: The 0.5 quantile.
        held: The 0.9 quantile.
    """

    median: list[float]
    held: list[float]

    def add(self, estimator: OutputEstimator, phase: PhaseDescription) -> None:
        """Predict one more phase."""
        estimate = estimator.predict(
            phase.deliverables,
            description=phase.description,
            output_format=phase.output_format,
        )
        self.median.append(estimate.median)
        self.held.append(estimate.quantile(0.9))


@dataclass(frozen=True, slots=True)
class Walked:
    """A history, walked from its oldest phase on.

    Attributes:
        actual: What each phase took, in tokens; those too short to teach anything are left out.
        cold: What was predicted with nothing learnt.
        adapted: What was predicted having seen the phases before.
        learnt: What is known at the end.
    """

    actual: list[int]
    cold: Predicted
    adapted: Predicted
    learnt: Adaptation


def walk(shipped: OutputEstimator, phases: Iterable[ObservedPhase], output_format: str) -> Walked:
    """Predict every phase, then learn it.

    Args:
        shipped: The estimator to begin with.
        phases: The oldest first.
        output_format: Which of their lengths to predict and learn.
    """
    fitted = shipped.prior.formats[output_format]
    learner = Learner.of(Adaptation())
    walked = Walked([], Predicted([], []), Predicted([], []), Adaptation())
    for one in phases:
        tokens = [file.tokens(output_format) for file in one.files]
        if sum(tokens) < LEAST_TOKENS:
            continue
        phase = PhaseDescription(one.deliverables(), one.title, output_format=output_format)
        now = Adaptation(learner.beliefs, tuple(learner.moved), learner.phases)
        walked.actual.append(sum(tokens))
        walked.cold.add(shipped, phase)
        walked.adapted.add(OutputEstimator(shipped.prior, {output_format: now}), phase)
        learn(learner, phase, fitted, sum(tokens), files=tokens)
    return Walked(walked.actual, walked.cold, walked.adapted, learner.learnt())
