"""How well is the size of an answer predicted, on repositories that the fit never saw?

    python benchmarks/estimator_calibration.py --history FILES... [--format ndjson] [--json]

Leave-one-repository-out: for every repository the sizes and the calibration are fitted on the
others, then each of its phases of 200 tokens or more is predicted from what is known before it
runs.
Baselines in the same run: complexity tiers and fixed weights.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.baselines import complexity_tiers, fixed_weights
from benchmarks.metrics import coverage, mdape, pinball, smape
from estimators.fit import fit_format, long_phases, read_repositories
from estimators.output import OutputEstimator
from estimators.prior import Prior

if TYPE_CHECKING:
    from estimators.fit import Repositories
    from estimators.observed import BrokenLine, ObservedPhase

LEVELS = (0.5, 0.9)

Format = Literal["ndjson", "whole_file", "diff"]


@dataclass(frozen=True)
class Result:
    """What was predicted for the phases of one repository; tokens, one entry a phase."""

    repository: str
    actual: list[int]
    predicted: dict[str, list[float]]


def main(
    history: Annotated[list[Path], typer.Option(help="History files; may be repeated.")],
    more: Annotated[list[Path] | None, typer.Argument(help="More history files.")] = None,
    output_format: Annotated[Format, typer.Option("--format", help="Answer format.")] = "ndjson",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print a row a repository, all phases together, and the mean of the repositories."""
    broken: list[BrokenLine] = []
    repositories = read_repositories(sorted([*history, *(more or ())]), broken)
    for line in broken:
        print(f"{line.file}:{line.line}: left out: {line.reason}", file=sys.stderr)
    results = leave_one_out(repositories, output_format)
    rows = [row(one) for one in results]
    summary = {"pooled": row(pooled(results)), "mean": mean_row(rows)}
    worst = max(rows, key=lambda one: one["smape"])["repository"]
    if as_json:
        print(
            json.dumps({"format": output_format, "rows": rows, "worst": worst, **summary}, indent=2)
        )
    else:
        Console(width=120).print(table(rows, summary, output_format))
        print(f"worst repository: {worst}")


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
    estimates = [
        estimator.predict(one.deliverables(), description=one.title, output_format=output_format)
        for one in phases
    ]
    return Result(
        repository=name,
        actual=[phase.tokens(output_format) for phase in phases],
        predicted={
            **{f"q{level:g}": [one.quantile(level) for one in estimates] for level in LEVELS},
            **baselines(phases),
        },
    )


def baselines(phases: list[ObservedPhase]) -> dict[str, list[float]]:
    """What rules of thumb say of the same phases."""
    return {
        "tiers": [complexity_tiers(phase) for phase in phases],
        "weights": [fixed_weights(phase) for phase in phases],
    }


def pooled(results: list[Result]) -> Result:
    """All phases as if they were of one repository."""
    names = results[0].predicted
    return Result(
        repository="all phases",
        actual=[tokens for one in results for tokens in one.actual],
        predicted={name: [t for one in results for t in one.predicted[name]] for name in names},
    )


def row(result: Result) -> dict[str, Any]:
    """The figures of a repository."""
    actual, predicted = result.actual, result.predicted
    return {
        "repository": result.repository,
        "phases": len(actual),
        "smape": smape(predicted["q0.5"], actual),
        "smape_tiers": smape(predicted["tiers"], actual),
        "smape_weights": smape(predicted["weights"], actual),
        "mdape": mdape(predicted["q0.5"], actual),
        "below_median": coverage(predicted["q0.5"], actual),
        "coverage_0.9": coverage(predicted["q0.9"], actual),
        "pinball_0.9": pinball(predicted["q0.9"], actual, 0.9),
        "q0.9_over_actual": float(np.median(np.divide(predicted["q0.9"], actual))),
        "covered_by_tiers": coverage(predicted["tiers"], actual),
        "covered_by_weights": coverage(predicted["weights"], actual),
    }


def mean_row(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean of the repositories' figures."""
    figures = [name for name in rows[0] if name not in {"repository", "phases"}]
    means = {name: float(np.mean([one[name] for one in rows])) for name in figures}
    return {"repository": "mean of repositories", "phases": sum(r["phases"] for r in rows), **means}


def table(rows: list[dict[str, Any]], summary: dict[str, Any], output_format: str) -> Table:
    """Every repository has its row."""
    made = Table(title=f"leave-one-repository-out, {output_format}", box=None, padding=(0, 1, 0, 0))
    made.add_column("repository")
    headings = (
        "phases", "SMAPE", "tiers", "weights", "MdAPE", "under p50", "under p90", "pinball .9",
        "p90/actual", "under tiers", "under weights",
    )  # fmt: skip
    for heading in headings:
        made.add_column(heading, justify="right")
    for one in [*rows, summary["pooled"], summary["mean"]]:
        name, phases, *figures = one.values()
        shares = {5, 6, 9, 10}
        shown = [f"{v:.3f}" if n in shares else f"{v:,.1f}" for n, v in enumerate(figures, start=1)]
        made.add_row(name, f"{phases:,}", *shown)
    return made


if __name__ == "__main__":
    typer.run(main)
