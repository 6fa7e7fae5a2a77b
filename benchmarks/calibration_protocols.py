"""Predict the phases of repositories: by what other repositories teach, or by what is shipped.

Both protocols walk every repository from its oldest phase on and predict each phase twice from what
was known before it ran: cold, with nothing known of the repository, and adapted, having observed
its earlier phases. *Leave-one-out* fits features, weights and calibration again on the other
repositories; the constants of `estimators.adaptation` are those of the release. *As shipped* takes
the prior of the release.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from joblib import Parallel, delayed

from benchmarks.baselines import (
    MEDIAN_OF_SHIPPED,
    additive_formula,
    complexity_tiers,
    fixed_weights,
)
from estimators.adaptation import Adaptation, Learner
from estimators.classify import kind_of, language_of
from estimators.errors import HistoryError
from estimators.fit import fit_format, long_phases
from estimators.learning import LEAST_TOKENS, learn
from estimators.output import OutputEstimator
from estimators.phase_description import PhaseDescription
from estimators.prior import Prior

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from estimators.fit import Repositories
    from estimators.observed import ObservedPhase

Protocol = Literal["leave-one-out", "as-shipped"]

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.99, 0.999)
"""The quantiles that are predicted."""

LEAST_REPOSITORIES = 2
"""Leaving one out leaves nothing to fit on where there are fewer."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One phase: what was predicted of it, and what it took.

    Attributes:
        repository: Whose phase it is.
        in_sample: Whether the prior behind the prediction was fitted on this repository.
        order: How many phases of the repository came before.
        files: How many files it has.
        kind: Of most of its files.
        language: Of most of its files.
        actual: Tokens that it took.
        cold: Quantiles at `LEVELS` with nothing known of the repository: tokens.
        adapted: Quantiles at `LEVELS` having observed the phases before: tokens.
        baselines: Budgets by rules of thumb: tokens, by name.
    """

    repository: str
    in_sample: bool
    order: int
    files: int
    kind: str
    language: str
    actual: int
    cold: tuple[float, ...]
    adapted: tuple[float, ...]
    baselines: Mapping[str, float]


def leave_one_out(
    repositories: Repositories, output_format: str, jobs: int | None = None
) -> Iterator[list[Forecast]]:
    """Predict every repository by what the others teach.

    Args:
        repositories: Observed phases by repository, oldest first.
        output_format: Which of their lengths to predict.
        jobs: Folds at once; None: what ``joblib.parallel_config`` says, else one.

    Returns:
        The forecasts of each repository of `with_long_phases`, in their order.

    Raises:
        HistoryError: Fewer than two repositories have phases that are long enough.
    """
    kept = with_long_phases(repositories, output_format)
    if len(kept) < LEAST_REPOSITORIES:
        long = f"phases of {LEAST_TOKENS} tokens or more in the format {output_format}"
        reason = (
            f"expected {LEAST_REPOSITORIES} repositories or more with {long} to leave one out, "
            f"found {len(kept)}"
        )
        raise HistoryError(", ".join(repositories) or "history", reason)
    return _side_by_side(held_out, ((kept, name, output_format) for name in kept), jobs)


def held_out(repositories: Repositories, name: str, output_format: str) -> list[Forecast]:
    """Predict one repository by what the others teach."""
    others = {other: own for other, own in repositories.items() if other != name}
    fitted = fit_format(others, output_format)
    estimator = OutputEstimator(Prior({output_format: fitted}, tuple(others), 0))
    return walk(estimator, repositories[name], output_format, median_of(others, output_format))


def as_shipped(
    repositories: Repositories, output_format: str, jobs: int | None = None
) -> Iterator[list[Forecast]]:
    """Predict every repository by the prior of the release.

    Args:
        repositories: As in `leave_one_out`.
        output_format: As there.
        jobs: Repositories at once; as there.

    Returns:
        The forecasts of each repository of `with_long_phases`, in their order.

    Raises:
        HistoryError: No repository has a phase that is long enough.
    """
    kept = with_long_phases(repositories, output_format)
    if not kept:
        reason = f"expected a phase of {LEAST_TOKENS} tokens or more in the format {output_format}"
        raise HistoryError(", ".join(repositories) or "history", reason)
    return _side_by_side(walk_shipped, ((own, output_format) for own in kept.values()), jobs)


def walk_shipped(phases: list[ObservedPhase], output_format: str) -> list[Forecast]:
    """Predict one repository by the prior of the release."""
    estimator = OutputEstimator.pretrained()
    return walk(estimator, phases, output_format, MEDIAN_OF_SHIPPED[output_format])


def walk(
    estimator: OutputEstimator, phases: list[ObservedPhase], output_format: str, usual: float
) -> list[Forecast]:
    """Predict every phase that is long enough, then learn it.

    Args:
        estimator: What predicts cold.
        phases: Of one repository, the oldest first.
        output_format: Which of their lengths to predict and learn.
        usual: The median of the training phases, the plainest baseline: tokens.
    """
    fitted = estimator.prior.formats[output_format]
    learner = Learner.of(Adaptation())
    forecasts = []
    for order, one in enumerate(long_phases(phases, output_format)):
        adapted = OutputEstimator(estimator.prior, {output_format: learner.learnt()})
        phase = PhaseDescription(one.deliverables(), one.title, output_format=output_format)
        forecasts.append(_forecast(order, one, phase, (estimator, adapted), usual))
        files = [file.tokens(output_format) for file in one.files]
        by_model = float(one.ai_written)
        learn(learner, phase, fitted, sum(files), files=files, by_model=by_model)
    return forecasts


def _forecast(
    order: int,
    one: ObservedPhase,
    phase: PhaseDescription,
    estimators: tuple[OutputEstimator, OutputEstimator],
    usual: float,
) -> Forecast:
    cold, adapted = (quantiles(estimator, phase) for estimator in estimators)
    return Forecast(
        repository=one.repo,
        in_sample=is_in_sample(one.repo, estimators[0].prior),
        order=order,
        files=len(one.files),
        kind=_most(kind_of(file.path) for file in one.files),
        language=_most(language_of(file.path) for file in one.files),
        actual=one.tokens(phase.output_format),
        cold=cold,
        adapted=adapted,
        baselines={
            "tiers": complexity_tiers(one),
            "weights": fixed_weights(one),
            "formula": additive_formula(one),
            "median": usual,
        },
    )


def quantiles(estimator: OutputEstimator, phase: PhaseDescription) -> tuple[float, ...]:
    """The quantiles of a phase at `LEVELS`: tokens."""
    estimate = estimator.predict(
        phase.deliverables, description=phase.description, output_format=phase.output_format
    )
    return tuple(estimate.quantile(level) for level in LEVELS)


def is_in_sample(repository: str, prior: Prior) -> bool:
    """Whether a prior was fitted on a repository.

    A clone without a remote is known by its folder alone: it is taken for the one of that name, so
    that no figure is better than it should be.
    """
    name = repository.lower()
    fitted = {known.lower() for known in prior.repositories}
    return name in fitted or name in {known.rpartition("/")[2] for known in fitted}


def with_long_phases(repositories: Repositories, output_format: str) -> Repositories:
    """The repositories that have a phase to predict."""
    return {name: own for name, own in repositories.items() if long_phases(own, output_format)}


def median_of(repositories: Repositories, output_format: str) -> float:
    """The median phase of the training repositories: tokens."""
    long = (phase for own in repositories.values() for phase in long_phases(own, output_format))
    return float(np.median([phase.tokens(output_format) for phase in long]))


def _most(names: Iterable[str]) -> str:
    """The most frequent name; of several, the first."""
    return Counter(names).most_common(1)[0][0]


def _side_by_side(
    work: Callable[..., list[Forecast]], arguments: Iterable[tuple[Any, ...]], jobs: int | None
) -> Iterator[list[Forecast]]:
    """In processes, or wherever ``joblib.parallel_config`` says; results keep their order."""
    calls = (delayed(work)(*given) for given in arguments)
    found: Iterator[list[Forecast]] = Parallel(n_jobs=jobs, return_as="generator")(calls)
    return found
