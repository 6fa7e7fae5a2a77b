"""Fit the shipped prior: ``python -m estimators.fit --history FILES…``.

The same files give the same bytes: nothing is drawn by chance. Needs scipy (the extra ``fit``); a
prediction needs none.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from estimators.calibration import calibrated, group_of
from estimators.classify import kind_of
from estimators.errors import EstimatorError, HistoryError
from estimators.features import file_features, phase_context
from estimators.learning import LEAST_TOKENS
from estimators.observed import FORMATS, BrokenLine, ObservedPhase, read_history
from estimators.prior import FormatPrior, Prior
from estimators.sizes import LARGEST_LOG_TOKENS, SizeModel, shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from estimators.calibration import Calibration
    from estimators.features import Features

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

FOLDS = 4
"""Parts that repositories are divided into to find residuals on unseen ones."""

DEFAULT_OUTPUT = Path(__file__).parent / "data" / "prior.json"

Repositories = dict[str, list[ObservedPhase]]


def fit_prior(repositories: Repositories, formats: Iterable[str] = FORMATS) -> Prior:
    """Fit every format on whole repositories.

    Args:
        repositories: Observed phases by repository, oldest first.
        formats: Answer formats to fit.
    """
    fitted = {name: fit_format(repositories, name) for name in formats}
    return Prior(fitted, tuple(repositories), sum(map(len, repositories.values())))


def fit_format(repositories: Repositories, output_format: str) -> FormatPrior:
    """Sizes on all repositories; calibration on those that the sizes behind it did not see.

    Raises:
        HistoryError: No phase is long enough.
    """
    long = {name: long_phases(phases, output_format) for name, phases in repositories.items()}
    kept = {name: phases for name, phases in long.items() if phases}
    if not kept:
        reason = f"expected a phase of {LEAST_TOKENS} tokens or more in the format {output_format}"
        raise HistoryError(", ".join(repositories) or "history", reason)
    return FormatPrior(fit_sizes(kept, output_format), fit_calibration(kept, output_format))


def long_phases(phases: Sequence[ObservedPhase], output_format: str) -> list[ObservedPhase]:
    """The phases that are long enough to take part."""
    return [phase for phase in phases if phase.tokens(output_format) >= LEAST_TOKENS]


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


def fit_calibration(repositories: Repositories, output_format: str) -> Calibration:
    """Quantiles of the residuals on repositories that the sizes were not fitted on."""
    names = list(repositories)
    residuals: list[float] = []
    groups: list[str] = []
    weights: list[float] = []
    for fold in range(min(FOLDS, len(names))):
        unseen = names[fold::FOLDS]
        seen = {name: repositories[name] for name in names if name not in unseen}
        sizes = fit_sizes(seen or repositories, output_format)
        for name in unseen:
            phases = repositories[name]
            residuals += [residual(phase, output_format, sizes) for phase in phases]
            groups += [group_of(phase.deliverables()) for phase in phases]
            weights += [1 / len(phases)] * len(phases)
    return calibrated(residuals, groups, weights)


def residual(phase: ObservedPhase, output_format: str, sizes: SizeModel) -> float:
    """The natural logarithm of the real tokens over the sum of the shares."""
    parts = shares(phase.deliverables(), phase.title, output_format, sizes)
    return math.log(phase.tokens(output_format) / sum(part.tokens for part in parts))


def read_repositories(
    files: Iterable[str | Path], broken: list[BrokenLine] | None = None
) -> Repositories:
    """The phases of history files by repository; those of a repository in the order of the files.

    Raises:
        HistoryError: A file cannot be read, or a line is broken and nobody takes it.
    """
    repositories: Repositories = {}
    for phase in read_history(files, broken):
        repositories.setdefault(phase.repo, []).append(phase)
    return repositories


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m estimators.fit", description=__doc__)
    parser.add_argument("--history", nargs="+", type=Path, required=True, metavar="FILE")
    parser.add_argument("--output", type=Path, default=DEFAULT_OUTPUT)
    chosen = parser.parse_args(arguments)
    broken: list[BrokenLine] = []
    try:
        prior = fit_prior(read_repositories(sorted(chosen.history), broken))
    except EstimatorError as error:
        parser.error(str(error))
    for line in broken:
        print(f"{line.file}:{line.line}: left out: {line.reason}", file=sys.stderr)
    text = json.dumps(prior.as_json(), separators=(",", ":"), sort_keys=True)
    chosen.output.write_text(text + "\n", encoding="utf-8")
    print(f"{chosen.output}: {prior.phases:,} phases of {len(prior.repositories)} repositories")


if __name__ == "__main__":
    main()
