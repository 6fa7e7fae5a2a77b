"""What one answer teaches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from estimators.adaptation import (
    OFFSET_TOKENS,
    TRUNCATED_WEIGHT,
    expected_beyond,
)
from estimators.calibration import moved_by, widened
from estimators.groups import RECENT, ROUGHNESS
from estimators.placement import placed
from estimators.reckoning import reckon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.adaptation import Learner
    from estimators.phase_description import PhaseDescription
    from estimators.prior import FormatPrior
    from estimators.reckoning import Reckoning

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
    source: str = "",
    by_model: float | None = None,
) -> None:
    """Teach a learner what a phase took.

    Args:
        learner: Changed in place.
        phase: What was known before it ran.
        fitted: The prior of its format.
        tokens: What its answer took.
        files: What each deliverable took; None: only the whole is known.
        truncated: The answer was cut off: ``tokens`` is a lower bound.
        source: What the phase is called, such as a commit; shown where it moved an estimate.
        by_model: Whether a language model turned out to have written it; None: nobody knows.

    Raises:
        ValueError: The tokens are negative.
    """
    if tokens < 0:
        raise ValueError(f"tokens: expected 0 or more, found {tokens}")
    if tokens < LEAST_TOKENS or not phase.deliverables:
        return
    now = learner.now()
    reckoned = reckon(phase, fitted.sizes, now)
    place = placed(fitted, phase, reckoned, now)
    author = phase.authorship if by_model is None else by_model
    if author is not None:
        learner.see_author(author)
    quantiles = widened(moved_by(place.quantiles, now.moved), place.spread)
    learner.move_quantiles(math.log(tokens / place.median), quantiles, truncated=truncated)
    teach(learner, reckoned, tokens, files=files, truncated=truncated, source=source)


def teach(  # noqa: PLR0913 - as `learn`
    learner: Learner,
    reckoned: Reckoning,
    tokens: int,
    *,
    files: Sequence[int] | None = None,
    truncated: bool = False,
    source: str = "",
) -> None:
    """Teach a learner how far a phase fell from its point estimate, before any refinement."""
    bound = math.log(tokens / reckoned.median)
    off = expected_beyond(bound) if truncated else bound
    weight = TRUNCATED_WEIGHT if truncated else 1.0
    share = weight / len(reckoned.parts)  # a phase of many files counts as one
    deviations = _deviations(reckoned, files, off)
    for chain, held, deviation in zip(
        reckoned.file_groups, reckoned.file_shifts, deviations, strict=True
    ):
        learner.believe(chain, held + deviation, held, share, source)
    for chain, held in zip(reckoned.phase_groups, reckoned.phase_shifts, strict=True):
        learner.believe(chain, held + off, held, weight, source)
    learner.believe((RECENT,), off, 0.0, weight)
    learner.believe((ROUGHNESS,), abs(off), 0.0, weight)
    learner.phases += 1
    learner.truncated += truncated


def _deviations(reckoned: Reckoning, files: Sequence[int] | None, off: float) -> list[float]:
    """How far each file is off; where only the whole is known, as far as that."""
    if files is None:
        return [off] * len(reckoned.parts)
    pairs = zip(files, reckoned.parts, strict=True)
    return [_deviation(tokens, part.tokens) for tokens, part in pairs]


def _deviation(tokens: float, predicted: float) -> float:
    return math.log((tokens + OFFSET_TOKENS) / (predicted + OFFSET_TOKENS))
