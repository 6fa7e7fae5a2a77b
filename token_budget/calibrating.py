"""How an estimator fares on a history: every phase predicted from those before it alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from estimators.adaptation import Adaptation, Learner
from estimators.learning import LEAST_TOKENS, learn
from estimators.metrics import coverage, mdape, smape
from estimators.output import OutputEstimator
from estimators.phase_description import PhaseDescription
from estimators.prior import Prior

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from estimators.observed import ObservedPhase
    from token_budget.observed_answers import ObservedAnswer

LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""The quantiles that are compared with what happened."""

BUDGET_LEVEL = 0.9
"""The quantile that a phase is budgeted by."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was predicted of phases: tokens.

    Attributes:
        quantiles: The quantiles at `LEVELS`, one row a phase; grows as phases are predicted.
    """

    quantiles: list[tuple[float, ...]] = field(default_factory=list)

    def add(self, estimator: OutputEstimator, phase: PhaseDescription) -> None:
        """Predict one more phase."""
        estimate = estimator.predict(
            phase.deliverables,
            description=phase.description,
            output_format=phase.output_format,
        )
        self.quantiles.append(tuple(map(estimate.quantile, LEVELS)))

    def at(self, level: float) -> list[float]:
        """One quantile of every phase; the level is one of `LEVELS`."""
        place = LEVELS.index(level)
        return [row[place] for row in self.quantiles]

    @property
    def median(self) -> list[float]:
        """The 0.5 quantile of every phase."""
        return self.at(0.5)

    @property
    def held(self) -> list[float]:
        """The quantile of every phase that it would have been budgeted by."""
        return self.at(BUDGET_LEVEL)


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
    walked = Walked([], Predicted(), Predicted(), Adaptation())
    for one in phases:
        tokens = [file.tokens(output_format) for file in one.files]
        if sum(tokens) < LEAST_TOKENS:
            continue
        phase = PhaseDescription(one.deliverables(), one.title, output_format=output_format)
        now = learner.now()
        walked.actual.append(sum(tokens))
        walked.cold.add(shipped, phase)
        walked.adapted.add(OutputEstimator(shipped.prior, {output_format: now}), phase)
        by_model = float(one.ai_written)
        learn(learner, phase, fitted, sum(tokens), files=tokens, source=one.name, by_model=by_model)
    return Walked(walked.actual, walked.cold, walked.adapted, learner.learnt())


def learnt(
    walks: Mapping[str, Walked],
    known: Mapping[str, Adaptation],
    answers: Iterable[ObservedAnswer] = (),
) -> dict[str, Adaptation]:
    """What is to be kept: what was learnt of a format, or what was known where nothing was.

    Args:
        walks: By output format.
        known: What was learnt earlier.
        answers: Real ones that were observed, the oldest first: known already where nothing was
            learnt of their format, else learnt after its history.
    """
    from token_budget.observed_answers import with_answers

    walked = {name: one.learnt for name, one in walks.items() if one.actual}
    again = [one for one in answers if one.phase.output_format in walked]
    return with_answers(Prior.shipped(), {**known, **walked}, again)


def figures(walked: Walked) -> dict[str, Any]:
    """How well phases were predicted before and after, and what a budget by it would have done.

    Returns:
        Values that JSON can hold; without any phase only their number. ``standard_error`` is what
        chance alone would do to the coverage of so many phases if the quantile were right.
    """
    number = len(walked.actual)
    if not number:
        return {"phases": 0}
    return {
        "phases": number,
        "actual_tokens": sum(walked.actual),
        "standard_error_0.5": round(standard_error(0.5, number), 4),
        "standard_error_0.9": round(standard_error(BUDGET_LEVEL, number), 4),
        "before": _compared(walked.cold, walked.actual),
        "after": _compared(walked.adapted, walked.actual),
    }


def standard_error(level: float, phases: int) -> float:
    """Of the share of so many phases under a right quantile: sqrt(level (1 - level) / phases)."""
    return math.sqrt(level * (1 - level) / phases)


def _compared(predicted: Predicted, actual: list[int]) -> dict[str, Any]:
    held = predicted.held
    shares = {level: round(coverage(predicted.at(level), actual), 4) for level in LEVELS}
    return {
        "smape": round(smape(predicted.median, actual), 2),
        "mdape": round(mdape(predicted.median, actual), 2),
        "coverage_0.5": shares[0.5],
        "coverage_0.9": shares[BUDGET_LEVEL],
        "held_tokens": round(sum(held)),
        "held_over_actual": round(sum(held) / sum(actual), 2),
        "too_small": sum(a > b for a, b in zip(actual, held, strict=True)),
        "reliability": {f"{level:g}": share for level, share in shares.items()},
    }
