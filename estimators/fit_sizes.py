"""Fit how many tokens a file takes: weights that make the sum of a phase's files its median."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from estimators.classify import kind_of
from estimators.features import file_features, phase_context
from estimators.sizes import LARGEST_LOG_TOKENS, SizeModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from estimators.features import Features
    from estimators.observed import ObservedPhase

Repositories = dict[str, list["ObservedPhase"]]
"""Observed phases by repository, oldest first."""

RIDGE = 10.0
"""Weight of the squared weights: shrinks what few phases speak for."""

FILE_LOSS = 0.05
"""Weight of the loss of single files beside that of whole phases."""

LOSS_WIDTH = 0.3
"""Below this deviation of a logarithm the loss is a square, above it an absolute value."""

START_DIGITS = 6
"""Decimals of the weights that the minimisation starts from."""

LEAST_FILES = 30
LEAST_REPOSITORIES = 3
"""A feature is fitted if so many files of so many repositories have it: one that few repositories
have fits those at hand and predicts others worse."""

STEPS = 60
"""Of the minimisation; the loss changes by less than 0.1 % afterwards."""

WEIGHT_DIGITS = 4
"""Weights are kept to this many decimals of a logarithm: 0.01 %."""


def fit_sizes(repositories: Repositories, output_format: str) -> SizeModel:
    """Weights that make the sum of a phase's files its median.

    They minimise, over phases, the absolute deviation of the logarithm of the sum from that of the
    real total (smooth near 0), and a little of the same over files, plus a ridge.
    """
    phases = [phase for own in repositories.values() for phase in own]
    rows = [row for phase in phases for row in _feature_rows(phase)]
    names = _spoken_for(rows, repositories)
    weights = _minimised(_matrix(rows, names), phases, output_format)
    fitted = dict(zip(names, (round(one, WEIGHT_DIGITS) for one in weights.tolist()), strict=True))
    return SizeModel(fitted, _typical_sizes(phases))


def _feature_rows(phase: ObservedPhase) -> list[Features]:
    context = phase_context(phase.deliverables(), phase.title)
    return [
        file_features(one.path, one.action, math.log1p(one.existing_tokens), context)
        for one in phase.files
    ]


def _spoken_for(rows: Sequence[Features], repositories: Repositories) -> list[str]:
    """The features that enough files of enough repositories have, in order."""
    files: Counter[str] = Counter()
    having: dict[str, set[str]] = defaultdict(set)
    owners = (name for name, own in repositories.items() for phase in own for _ in phase.files)
    for owner, row in zip(owners, rows, strict=True):
        present = [name for name, value in row.items() if value]
        files.update(present)
        for name in present:
            having[name].add(owner)
    least = min(LEAST_REPOSITORIES, len(repositories))
    return sorted(n for n in files if files[n] >= LEAST_FILES and len(having[n]) >= least) or ["1"]


def _matrix(rows: Sequence[Features], names: Sequence[str]) -> csr_matrix:
    """Features as a sparse matrix, shape (files, names)."""
    from scipy.sparse import csr_matrix

    column = {name: number for number, name in enumerate(names)}
    places = [
        (number, column[name], value)
        for number, row in enumerate(rows)
        for name, value in row.items()
        if value and name in column
    ]
    rows_, columns, values = zip(*places, strict=True)
    return csr_matrix((values, (rows_, columns)), shape=(len(rows), len(names)))


def _minimised(
    matrix: csr_matrix, phases: Sequence[ObservedPhase], output_format: str
) -> NDArray[np.float64]:
    """The weights of the least loss, from a ridge regression of single files onwards."""
    from scipy.optimize import minimize

    counts = np.array([len(phase.files) for phase in phases])
    owner = np.repeat(np.arange(len(phases)), counts)
    file_logs = np.log1p([one.tokens(output_format) for phase in phases for one in phase.files])
    totals = np.log([phase.tokens(output_format) for phase in phases])
    share = counts[owner] ** -0.5
    transposed = matrix.T.tocsr()
    gram = (transposed.multiply(share) @ matrix).toarray() + RIDGE * np.eye(matrix.shape[1])
    # Rounded, so that the number of threads of the linear algebra leaves no trace in the result.
    start = np.round(np.linalg.solve(gram, transposed @ (share * file_logs)), START_DIGITS)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logs = np.clip(matrix @ weights, 0.0, LARGEST_LOG_TOKENS)
        sizes = np.exp(logs)
        sums = np.bincount(owner, sizes, minlength=len(phases))
        off, slope = _bent(np.log(sums) - totals)
        file_off, file_slope = _bent(logs - file_logs)
        gradient = (slope / sums)[owner] * sizes + FILE_LOSS * share * file_slope
        value = off.sum() + FILE_LOSS * (share * file_off).sum() + RIDGE / 2 * weights @ weights
        return float(value), transposed @ gradient + RIDGE * weights

    options = {"maxiter": STEPS, "maxcor": 15}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    weights: NDArray[np.float64] = found.x
    return weights


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
