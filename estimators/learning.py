"""What one answer teaches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from estimators.adaptation import (
    OFFSET_TOKENS,
    TRUNCATED_WEIGHT,
    Adaptation,
    expected_beyond,
)
from estimators.calibration import group_of
from estimators.reckoning import reckon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.adaptation import Learner
    from estimators.prior import FormatPrior
    from estimators.reckoning import PhaseDescription, Reckoning

LEAST_TOKENS = 200
"""Shorter phases are neither behind the prior nor learnt from: nobody needs a budget for them, and
they would bend the others."""


def learn(  # noqa: PLR0913 - what happened, in words of its own
    learner: Learner,
    phase: PhaseDescription,
    fitted: FormatPrior,
    tokens: int,
    *,
    files: Sequence[int] | None = None,
    truncated: bool = False,
) -> None:
    """Teach a learner what a phase took.

    Args:
        learner: Changed in place.
        phase: What was known before it ran.
        fitted: The prior of its format.
        tokens: What its answer took.
        files: What each deliverable took; None: only the whole is known.
        truncated: The answer was cut off: ``tokens`` is a lower bound.

    Raises:
        ValueError: The tokens are negative.
    """
    if tokens < 0:
        raise ValueError(f"tokens: expected 0 or more, found {tokens}")
    if tokens < LEAST_TOKENS or not phase.deliverables:
        return
    now = Adaptation(learner.beliefs, tuple(learner.moved))
    reckoned = reckon(phase, fitted, now)
    quantiles = fitted.calibration.residuals(group_of(phase.deliverables), now.moved)
    bound = math.log(tokens / reckoned.median)
    learner.move_quantiles(bound, quantiles, truncated=truncated)
    off = expected_beyond(bound) if truncated else bound
    weight = TRUNCATED_WEIGHT if truncated else 1.0
    _learn_files(learner, reckoned, off, files, weight)
    for chain, held in zip(reckoned.phase_groups, reckoned.phase_shifts, strict=True):
        learner.believe(chain, held + off, held, weight)
    learner.phases += 1
    learner.truncated += truncated


def _learn_files(
    learner: Learner,
    reckoned: Reckoning,
    off: float,
    files: Sequence[int] | None,
    weight: float,
) -> None:
    """Every file counts by its share of the phase's number; unknown ones are off as the whole."""
    share = weight / len(reckoned.parts)
    for number, part in enumerate(reckoned.parts):
        held = reckoned.file_shifts[number]
        known = off if files is None else _deviation(files[number], part.tokens)
        learner.believe(reckoned.file_groups[number], held + known, held, share)


def _deviation(tokens: float, predicted: float) -> float:
    return math.log((tokens + OFFSET_TOKENS) / (predicted + OFFSET_TOKENS))
