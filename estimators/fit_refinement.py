"""Fit how far phases fall from their point estimate, and what an estimator adds that has learnt.

All of it rests on phases of repositories that the sizes behind their estimates were not fitted on:
repositories are divided into folds, and those of each are walked, oldest phase first, by what the
others teach. The trees are fitted across the same folds before their residuals are taken.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from estimators.adaptation import Adaptation, Learner
from estimators.calibration import calibrated, group_of
from estimators.fit_sizes import fit_sizes
from estimators.learning import teach
from estimators.phase_description import PhaseDescription
from estimators.phase_features import phase_row
from estimators.reckoning import reckon
from estimators.refinement import Refinement
from estimators.trees import LEAF, Node, Tree, Trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from estimators.fit_sizes import Repositories
    from estimators.observed import ObservedPhase
    from estimators.sizes import SizeModel

FOLDS = 4
"""Parts that repositories are divided into to find residuals on unseen ones."""

TREE_SETTINGS = {
    "learning_rate": 0.08,
    "min_samples_leaf": 200,
    "l2_regularization": 5.0,
    "max_features": 0.4,
}
MIDDLE = {"loss": "absolute_error", "max_iter": 120, "max_leaf_nodes": 14, **TREE_SETTINGS}
SPREAD = {"loss": "squared_error", "max_iter": 40, "max_leaf_nodes": 8, **TREE_SETTINGS}
"""Of the boosting. On unseen repositories, adapted, 80 trees of 10 leaves for the middle have a
SMAPE of 43.5 and 160 of 16 leaves one of 43.3; with 120 of 14 the data file stays under 1 MB."""

NOTHING = Adaptation()
"""What an estimator knows that has learnt nothing."""

LARGEST_RESIDUAL = 3.0
"""Phases that are off by more, in logarithms, are fitted as if they were off by so much."""

LEAST_DEVIATION = 0.05
"""Added to deviations before their logarithm is fitted: one near 0 by chance says little."""

NUMBER_DIGITS = 5
"""Decimals that are kept of thresholds and answers."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """The estimate of a phase before it is refined.

    Attributes:
        group: Of `estimators.calibration.group_of`.
        row: The features of the phase.
        residual: The logarithm of real over predicted tokens.
    """

    group: str
    row: tuple[float, ...]
    residual: float


@dataclass(frozen=True, slots=True)
class UnseenPhase:
    """A phase as it was estimated before it was known.

    Attributes:
        repository: Where it comes from.
        fold: Which part of the repositories that is in.
        cold: With nothing learnt: as if nobody said who writes it and, where a language model
            did, once more as if that had been said.
        adapted: Likewise, with the earlier phases of the repository learnt.
    """

    repository: str
    fold: int
    cold: tuple[Estimated, ...]
    adapted: tuple[Estimated, ...]


def unseen_phases(repositories: Repositories, output_format: str) -> list[UnseenPhase]:
    """Every phase, estimated by what the repositories of other folds teach."""
    from joblib import Parallel, delayed

    folds = range(min(FOLDS, len(repositories)))
    found = Parallel()(delayed(_fold)(repositories, output_format, fold) for fold in folds)
    return list(chain.from_iterable(found))


def _fold(repositories: Repositories, output_format: str, fold: int) -> list[UnseenPhase]:
    """The phases of one part of the repositories, by what the others teach."""
    unseen = list(repositories)[fold::FOLDS]
    seen = {name: own for name, own in repositories.items() if name not in unseen}
    sizes = fit_sizes(seen or repositories, output_format)
    walks = (_walked(repositories[name], sizes, output_format, fold, name) for name in unseen)
    return list(chain.from_iterable(walks))


def _walked(
    phases: Sequence[ObservedPhase],
    sizes: SizeModel,
    output_format: str,
    fold: int,
    repository: str,
) -> Iterator[UnseenPhase]:
    """Estimate, then learn, the oldest phase first."""
    learner = Learner.of(Adaptation())
    for one in phases:
        phase = PhaseDescription(one.deliverables(), one.title, output_format=output_format)
        files = [file.tokens(output_format) for file in one.files]
        tokens, known = sum(files), learner.now()
        described = (phase, replace(phase, by_model=1.0))[: 1 + one.ai_written]
        yield UnseenPhase(
            repository=repository,
            fold=fold,
            cold=tuple(_estimated(said, tokens, sizes, NOTHING) for said in described),
            adapted=tuple(_estimated(said, tokens, sizes, known) for said in described),
        )
        reckoned = reckon(phase, sizes, known)
        learner.see_author(float(one.ai_written))
        teach(learner, reckoned, tokens, files=files)


def _estimated(
    phase: PhaseDescription, tokens: int, sizes: SizeModel, known: Adaptation
) -> Estimated:
    reckoned = reckon(phase, sizes, known)
    row = phase_row(phase, reckoned, known, sizes)
    group = group_of(phase.deliverables, reckoned.by_model)
    return Estimated(group, row, math.log(tokens / reckoned.median))


def fit_refinement(phases: Sequence[UnseenPhase], how: Literal["cold", "adapted"]) -> Refinement:
    """Trees for the middle and the spread, and quantiles of what they leave."""
    unseen = [one for one in phases for _ in getattr(one, how)]
    estimated: list[Estimated] = [one for phase in phases for one in getattr(phase, how)]
    groups = [one.group for one in estimated]
    rows = np.array([one.row for one in estimated])
    folds = np.array([one.fold for one in unseen])
    counts = Counter(one.repository for one in unseen)
    weights = np.array([counts[one.repository] ** -0.5 for one in unseen])
    residuals = np.array([one.residual for one in estimated])
    near = np.clip(residuals, -LARGEST_RESIDUAL, LARGEST_RESIDUAL)
    middle, moved = _boosted(rows, near, weights, folds, MIDDLE)
    left = residuals - moved
    deviations = np.log(np.abs(left) + LEAST_DEVIATION)
    usual = round(float(np.average(deviations, weights=weights)), NUMBER_DIGITS)
    spread, wide = _boosted(rows, deviations - usual, weights, folds, SPREAD)
    spreads = np.exp(wide).tolist()
    calibration = calibrated(left.tolist(), groups, _even_weights(unseen), spreads)
    return Refinement(middle, spread, calibration)


def _even_weights(unseen: Sequence[UnseenPhase]) -> list[float]:
    """By which all repositories count the same."""
    counts = Counter(one.repository for one in unseen)
    return [1 / counts[one.repository] for one in unseen]


def _boosted(
    rows: NDArray[np.float64],
    target: NDArray[np.float64],
    weights: NDArray[np.float64],
    folds: NDArray[np.int64],
    settings: Mapping[str, Any],
) -> tuple[Trees, NDArray[np.float64]]:
    """Trees fitted on all rows, and for every row what trees say that were fitted on other folds.

    With one fold there are no others: the rows are then predicted by what was fitted on them.
    """
    unseen = np.empty_like(target)
    for fold in np.unique(folds):
        own = folds == fold
        seen = ~own if (~own).any() else own
        unseen[own] = _fitted(rows[seen], target[seen], weights[seen], settings).predict(rows[own])
    return _trees(_fitted(rows, target, weights, settings)), unseen


def _fitted(
    rows: NDArray[np.float64],
    target: NDArray[np.float64],
    weights: NDArray[np.float64],
    settings: Mapping[str, Any],
) -> Any:  # noqa: ANN401 - scikit-learn carries no types
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(early_stopping=False, random_state=0, **settings)
    return model.fit(rows, target, sample_weight=weights)


def _trees(model: Any) -> Trees:  # noqa: ANN401 - scikit-learn carries no types
    """The fitted trees as plain numbers; a test holds them against the model's own predictions."""
    start = round(float(np.ravel(model._baseline_prediction)[0]), NUMBER_DIGITS)
    return Trees(start, tuple(_tree(predictor.nodes) for [predictor] in model._predictors))


def _tree(nodes: Any) -> Tree:  # noqa: ANN401 - a structured array
    return tuple(
        Node(LEAF, round(float(node["value"]), NUMBER_DIGITS))
        if node["is_leaf"]
        else Node(
            int(node["feature_idx"]),
            round(float(node["num_threshold"]), NUMBER_DIGITS),
            int(node["left"]),
            int(node["right"]),
        )
        for node in nodes
    )
