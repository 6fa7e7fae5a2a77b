"""Fit the shipped prior: ``python -m estimators.fit --history FILES…``.

The same files give the same bytes: nothing is drawn but by a fixed seed. Needs scikit-learn (the
extra ``fit``); a prediction does not. Formats are fitted through joblib, so that
`joblib.parallel_config` places them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from estimators.errors import EstimatorError, HistoryError
from estimators.fit_refinement import fit_refinement, unseen_phases
from estimators.fit_sizes import fit_sizes
from estimators.learning import LEAST_TOKENS
from estimators.observed import FORMATS, BrokenLine, ObservedPhase, read_history
from estimators.prior import FormatPrior, Prior

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from estimators.fit_sizes import Repositories

DEFAULT_OUTPUT = Path(__file__).parent / "data" / "prior.json"


def fit_prior(repositories: Repositories, formats: Iterable[str] = FORMATS) -> Prior:
    """Fit every format on whole repositories.

    Args:
        repositories: Observed phases by repository, oldest first.
        formats: Answer formats to fit.
    """
    from joblib import Parallel, delayed

    names = list(formats)
    fitted = Parallel()(delayed(fit_format)(repositories, name) for name in names)
    return Prior(
        dict(zip(names, fitted, strict=True)),
        tuple(repositories),
        sum(map(len, repositories.values())),
    )


def fit_format(repositories: Repositories, output_format: str) -> FormatPrior:
    """Sizes on all repositories; refinements on those that the sizes behind them did not see.

    Raises:
        HistoryError: No phase is long enough.
    """
    long = {name: long_phases(phases, output_format) for name, phases in repositories.items()}
    kept = {name: phases for name, phases in long.items() if phases}
    if not kept:
        reason = f"expected a phase of {LEAST_TOKENS} tokens or more in the format {output_format}"
        raise HistoryError(", ".join(repositories) or "history", reason)
    unseen = unseen_phases(kept, output_format)
    return FormatPrior(
        sizes=fit_sizes(kept, output_format),
        cold=fit_refinement(unseen, "cold"),
        adapted=fit_refinement(unseen, "adapted"),
    )


def long_phases(phases: Sequence[ObservedPhase], output_format: str) -> list[ObservedPhase]:
    """The phases that are long enough to take part."""
    return [phase for phase in phases if phase.tokens(output_format) >= LEAST_TOKENS]


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
