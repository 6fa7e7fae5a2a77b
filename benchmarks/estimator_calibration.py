"""How well is the size of an answer predicted, on repositories that the fit never saw?

    python benchmarks/estimator_calibration.py --history FILES... [--format ndjson] [--json]

Leave-one-repository-out: for every repository the sizes and the calibration are fitted on the
others, then each of its phases of 200 tokens or more is predicted from what is known before it
runs: cold, with nothing known of the repository, and adapted, having observed its earlier phases.
Baselines in the same run: complexity tiers, fixed weights, the additive formula of an agent
platform, and the median of the other repositories' phases. A second table compares all at equal
coverage: each is scaled until its budget holds nine phases of ten.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from benchmarks.baselines import additive_formula, complexity_tiers, fixed_weights
from benchmarks.calibration_tables import equal_coverage_table, table
from estimators.fit import fit_format, long_phases, read_repositories
from estimators.metrics import coverage, mdape, pinball, smape
from estimators.output import OutputEstimator
from estimators.prior import Prior

if TYPE_CHECKING:
    from collections.abc import Iterator

    from estimators.fit import Repositories
    from estimators.observed import BrokenLine, ObservedPhase

LEVELS = (0.5, 0.9)

FIRST_PHASES = 100
"""Coverage of the adapted quantile is counted once so many phases were observed."""

FILE_COUNTS = {"1 file": (1, 1), "2 to 3 files": (2, 3), "4 files or more": (4, 10**6)}

Format = Literal["ndjson", "whole_file", "diff"]


@dataclass(frozen=True)
class Result:
    """What was predicted for the phases of one repository; one entry a phase.

    Attributes:
        repository: Its name.
        files: How many the phase has.
        order: How many phases of the repository came before.
        actual: Tokens that it took.
        predicted: Tokens, by what predicted them.
    """

    repository: str
    files: list[int]
    order: list[int]
    actual: list[int]
    predicted: dict[str, list[float]]


def main(
    history: Annotated[list[Path], typer.Option(help="History files; may be repeated.")],
    more: Annotated[list[Path] | None, typer.Argument(help="More history files.")] = None,
    output_format: Annotated[Format, typer.Option("--format", help="Answer format.")] = "ndjson",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print a row a repository, all phases together, by number of files, and the mean."""
    broken: list[BrokenLine] = []
    repositories = read_repositories(sorted([*history, *(more or ())]), broken)
    for line in broken:
        print(f"{line.file}:{line.line}: left out: {line.reason}", file=sys.stderr)
    results = leave_one_out(repositories, output_format)
    together = pooled(results)
    rows = [row(one) for one in results]
    report = {
        "format": output_format,
        "rows": rows,
        "pooled": row(together),
        "by_files": by_files(together),
        "mean": mean_row(rows),
        "equal_coverage": at_equal_coverage(together),
        "worst": max(rows, key=lambda one: one["smape"])["repository"],
    }
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        console = Console(width=150)
        console.print(table(report))
        console.print(equal_coverage_table(report["equal_coverage"]))
        print(f"worst repository, cold: {report['worst']}")


def leave_one_out(repositories: Repositories, output_format: str) -> list[Result]:
    """Predict every repository by what the others teach."""
    names = [n for n, own in repositories.items() if long_phases(own, output_format)]
    if len(names) < 2:
        raise typer.BadParameter("expected histories of two repositories or more")
    shown = track(names, "fitting", console=Console(stderr=True), disable=not sys.stderr.isatty())
    return [held_out(repositories, name, output_format) for name in shown]


def held_out(repositories: Repositories, name: str, output_format: str) -> Result:
    """Predict one repository by what the others teach."""
    others = {other: own for other, own in repositories.items() if other != name}
    fitted = fit_format(others, output_format)
    estimator = OutputEstimator(Prior({output_format: fitted}, tuple(others), 0))
    phases = long_phases(repositories[name], output_format)
    cold = [quantiles(estimator, one, output_format) for one in phases]
    adapted = list(walked(estimator, phases, output_format))
    return Result(
        repository=name,
        files=[len(phase.files) for phase in phases],
        order=list(range(len(phases))),
        actual=[phase.tokens(output_format) for phase in phases],
        predicted={
            **{f"cold {LEVELS[n]:g}": [one[n] for one in cold] for n in range(len(LEVELS))},
            **{f"adapted {LEVELS[n]:g}": [one[n] for one in adapted] for n in range(len(LEVELS))},
            **baselines(phases, median_of(others, output_format)),
        },
    )


def walked(
    estimator: OutputEstimator, phases: list[ObservedPhase], output_format: str
) -> Iterator[list[float]]:
    """Predict, then observe, the oldest phase first."""
    for phase in phases:
        yield quantiles(estimator, phase, output_format)
        estimator = estimator.adapt([phase], output_format)


def quantiles(estimator: OutputEstimator, phase: ObservedPhase, output_format: str) -> list[float]:
    """The quantiles of a phase at `LEVELS`: tokens."""
    estimate = estimator.predict(
        phase.deliverables(), description=phase.title, output_format=output_format
    )
    return [estimate.quantile(level) for level in LEVELS]


def baselines(phases: list[ObservedPhase], usual: float) -> dict[str, list[float]]:
    """What rules of thumb say of the same phases."""
    return {
        "tiers": [complexity_tiers(phase) for phase in phases],
        "weights": [fixed_weights(phase) for phase in phases],
        "formula": [additive_formula(phase) for phase in phases],
        "median": [usual] * len(phases),
    }


def median_of(repositories: Repositories, output_format: str) -> float:
    """The median phase of the training repositories: tokens."""
    long = (phase for own in repositories.values() for phase in long_phases(own, output_format))
    return float(np.median([phase.tokens(output_format) for phase in long]))


def pooled(results: list[Result]) -> Result:
    """All phases as if they were of one repository."""
    names = results[0].predicted
    return Result(
        repository="all phases",
        files=[files for one in results for files in one.files],
        order=[order for one in results for order in one.order],
        actual=[tokens for one in results for tokens in one.actual],
        predicted={name: [t for one in results for t in one.predicted[name]] for name in names},
    )


def chosen(result: Result, keep: list[bool], name: str) -> Result:
    """Those phases of a result that are kept."""
    return Result(
        repository=name,
        files=list(compress(result.files, keep)),
        order=list(compress(result.order, keep)),
        actual=list(compress(result.actual, keep)),
        predicted={name: list(compress(own, keep)) for name, own in result.predicted.items()},
    )


def row(result: Result) -> dict[str, Any]:
    """The figures of a repository, or of other phases that belong together."""
    actual, predicted = result.actual, result.predicted
    later = chosen(result, [order >= FIRST_PHASES for order in result.order], "later")
    over = {
        how: float(np.median(np.divide(predicted[f"{how} 0.9"], actual)))
        for how in ("cold", "adapted")
    }
    return {
        "repository": result.repository,
        "phases": len(actual),
        "smape": smape(predicted["cold 0.5"], actual),
        "smape_adapted": smape(predicted["adapted 0.5"], actual),
        "smape_tiers": smape(predicted["tiers"], actual),
        "smape_weights": smape(predicted["weights"], actual),
        "smape_formula": smape(predicted["formula"], actual),
        "smape_median": smape(predicted["median"], actual),
        "mdape": mdape(predicted["cold 0.5"], actual),
        "mdape_adapted": mdape(predicted["adapted 0.5"], actual),
        "pinball_0.9": pinball(predicted["cold 0.9"], actual, 0.9),
        "pinball_0.9_adapted": pinball(predicted["adapted 0.9"], actual, 0.9),
        "q0.9_over_actual": over["cold"],
        "q0.9_over_actual_adapted": over["adapted"],
        "coverage_0.5": coverage(predicted["cold 0.5"], actual),
        "coverage_0.9": coverage(predicted["cold 0.9"], actual),
        "coverage_0.9_adapted": (
            coverage(later.predicted["adapted 0.9"], later.actual) if later.actual else None
        ),
    }


def at_equal_coverage(result: Result, level: float = 0.9) -> list[dict[str, Any]]:
    """Every budget scaled until it holds this share of the phases: what it then costs.

    Returns:
        By budget: how many phases it holds as it is, the factor that it needs, and, scaled, the
        median of budget / actual, the tokens budgeted in all over those used, and pinball loss.
    """
    budgets = ["cold 0.9", "adapted 0.9", "tiers", "weights", "formula", "median"]
    return [_scaled(name, result.predicted[name], result.actual, level) for name in budgets]


def _scaled(name: str, budget: list[float], actual: list[int], level: float) -> dict[str, Any]:
    factor = float(np.quantile(np.divide(actual, budget), level))
    scaled = [factor * one for one in budget]
    return {
        "budget": name,
        "covered": coverage(budget, actual),
        "factor": factor,
        "over_actual": float(np.median(np.divide(scaled, actual))),
        "budgeted_over_used": sum(scaled) / sum(actual),
        "pinball": pinball(scaled, actual, level),
    }


def by_files(result: Result) -> list[dict[str, Any]]:
    """The figures by the number of files of a phase."""
    return [
        row(chosen(result, [least <= files <= most for files in result.files], name))
        for name, (least, most) in FILE_COUNTS.items()
        if any(least <= files <= most for files in result.files)
    ]


def mean_row(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean of the repositories' figures."""
    figures = [name for name in rows[0] if name not in {"repository", "phases"}]
    means = {name: mean_of([one[name] for one in rows]) for name in figures}
    return {"repository": "mean of repositories", "phases": sum(r["phases"] for r in rows), **means}


def mean_of(figures: list[float | None]) -> float | None:
    """The mean of those that are there."""
    known = [one for one in figures if one is not None]
    return float(np.mean(known)) if known else None


if __name__ == "__main__":
    typer.run(main)
