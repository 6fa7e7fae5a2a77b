"""Fit how many tokens a file takes: weights that make the sum of a phase's files its median."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from estimators.classify import kind_of
from estimators.features import file_features, phase_context
from estimators.sizes import LARGEST_LOG_TOKENS, SizeModel
from estimators.title_terms import title_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from estimators.features import Features
    from estimators.observed import ObservedPhase

Repositories = dict[str, list["ObservedPhase"]]
"""Observed phases by repository, oldest first."""

RIDGE = 20.0
"""Weight of the squared weights: shrinks what few phases speak for."""

TERM_RIDGE = 100.0
"""Weight of the squared weights of a title's terms, of which there are many."""

FILE_LOSS = 0.05
"""Weight of the loss of single files beside that of whole phases."""

LOSS_WIDTH = 0.1
"""Below this deviation of a logarithm the loss is a square, above it an absolute value."""

START_DIGITS = 6
"""Decimals of the weights that the minimisation starts from."""

LEAST_FILES = 30
LEAST_REPOSITORIES = 6
"""A feature is fitted if so many files of so many repositories have it: one that few repositories
have fits those at hand and predicts others worse."""

LEAST_TERM_PHASES = 100
LEAST_TERM_REPOSITORIES = 10
"""Likewise of the terms of titles."""

STEPS = 60
"""Of the minimisation; the loss changes by less than 0.1 % afterwards."""

WEIGHT_DIGITS = 4
"""Weights are kept to this many decimals of a logarithm: 0.01 %."""


def fit_sizes(repositories: Repositories, output_format: str) -> SizeModel:
    """Weights that make the sum of a phase's files its median.

    They minimise, over phases, the absolute deviation of the logarithm of the sum from that of the
    real total (smooth near 0), and a little of the same over files, plus a ridge.
    """
    owned = [(name, phase) for name, own in repositories.items() for phase in own]
    phases = [phase for _, phase in owned]
    rows = [(name, row) for name, phase in owned for row in _feature_rows(phase)]
    terms = [(name, dict.fromkeys(title_terms(phase.title), 1.0)) for name, phase in owned]
    spoken = _spoken_for(rows, LEAST_FILES, min(LEAST_REPOSITORIES, len(repositories))) or ["1"]
    least = min(LEAST_TERM_REPOSITORIES, len(repositories))
    spoken_terms = _spoken_for(terms, LEAST_TERM_PHASES, least)
    weights, term_weights = _minimised(
        _matrix(rows, spoken), _matrix(terms, spoken_terms), phases, output_format
    )
    return SizeModel(
        _named(spoken, weights), _named(spoken_terms, term_weights), _typical_sizes(phases)
    )


def _named(names: Sequence[str], weights: NDArray[np.float64]) -> dict[str, float]:
    return {
        name: round(weight, WEIGHT_DIGITS)
        for name, weight in zip(names, weights.tolist(), strict=True)
        if round(weight, WEIGHT_DIGITS)
    }


def _feature_rows(phase: ObservedPhase) -> list[Features]:
    context = phase_context(phase.deliverables(), phase.title, by_model=float(phase.ai_written))
    return [
        file_features(one.path, one.action, math.log1p(one.existing_tokens), context)
        for one in phase.files
    ]


def _spoken_for(
    rows: Iterable[tuple[str, Features]], least_rows: int, least_repositories: int
) -> list[str]:
    """The features that enough rows of enough repositories have, in order."""
    counts: Counter[str] = Counter()
    having: dict[str, set[str]] = defaultdict(set)
    for owner, row in rows:
        present = [name for name, value in row.items() if value]
        counts.update(present)
        for name in present:
            having[name].add(owner)
    return sorted(
        name
        for name, count in counts.items()
        if count >= least_rows and len(having[name]) >= least_repositories
    )


def _matrix(rows: Sequence[tuple[str, Features]], names: Sequence[str]) -> csr_matrix:
    """Features as a sparse matrix, shape (rows, names)."""
    from scipy.sparse import csr_matrix

    column = {name: number for number, name in enumerate(names)}
    columns, values, ends = array("i"), array("d"), array("q", [0])
    for _, row in rows:
        for name, value in row.items():
            if value and name in column:
                columns.append(column[name])
                values.append(value)
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(rows), len(names)))


def _minimised(
    matrix: csr_matrix, terms: csr_matrix, phases: Sequence[ObservedPhase], output_format: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The weights of the least loss, from a ridge regression of single files onwards.

    Args:
        matrix: Features of files, shape (files, features).
        terms: Of titles, shape (phases, terms).
        phases: Whose files these are.
        output_format: Which of their lengths is fitted.

    Returns:
        Of features, and of terms: natural logarithms of tokens.
    """
    from scipy.optimize import minimize

    counts = np.array([len(phase.files) for phase in phases])
    owner = np.repeat(np.arange(len(phases)), counts)
    file_logs = np.log1p([one.tokens(output_format) for phase in phases for one in phase.files])
    totals = np.log([phase.tokens(output_format) for phase in phases])
    share = counts[owner] ** -0.5
    transposed, terms_transposed = matrix.T.tocsr(), terms.T.tocsr()
    features = matrix.shape[1]
    gram = (transposed.multiply(share) @ matrix).toarray() + RIDGE * np.eye(features)
    # Rounded, so that the number of threads of the linear algebra leaves no trace in the result.
    start = np.round(np.linalg.solve(gram, transposed @ (share * file_logs)), START_DIGITS)

    def loss(both: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, term_weights = both[:features], both[features:]
        logs = np.clip(matrix @ weights, 0.0, LARGEST_LOG_TOKENS)
        sizes = np.exp(logs)
        sums = np.bincount(owner, sizes, minlength=len(phases))
        off, slope = _bent(np.log(sums) + terms @ term_weights - totals)
        file_off, file_slope = _bent(logs - file_logs)
        gradient = (slope / sums)[owner] * sizes + FILE_LOSS * share * file_slope
        value = off.sum() + FILE_LOSS * (share * file_off).sum()
        value += RIDGE / 2 * weights @ weights + TERM_RIDGE / 2 * term_weights @ term_weights
        of_weights = transposed @ gradient + RIDGE * weights
        of_terms = terms_transposed @ slope + TERM_RIDGE * term_weights
        return float(value), np.concatenate([of_weights, of_terms])

    options = {"maxiter": STEPS, "maxcor": 15}
    both = np.concatenate([start, np.zeros(terms.shape[1])])
    found = minimize(loss, both, jac=True, method="L-BFGS-B", options=options)
    return found.x[:features], found.x[features:]


def _bent(deviation: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """An absolute value that is smooth near 0, and its slope."""
    loss = np.sqrt(deviation**2 + LOSS_WIDTH**2)
    return loss, deviation / loss


def _typical_sizes(phases: Sequence[ObservedPhase]) -> dict[str, float]:
    """The median logarithm of the size of modified files, by kind and over all."""
    sizes: dict[str, list[float]] = defaultdict(list)
    for phase in phases:
        for one in phase.files:
            if one.action == "modify":
                size = math.log1p(one.existing_tokens)
                sizes[kind_of(one.path)].append(size)
                sizes["unknown"].append(size)
    found = {
        kind: round(float(np.median(own)), WEIGHT_DIGITS) for kind, own in sorted(sizes.items())
    }
    return {"unknown": 0.0, **found}
