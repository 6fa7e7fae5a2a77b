"""Fit the weights of the ranking on past commits, and say what they find on commits not fitted on.

    python -m benchmarks.context_fit --repo PATH... [--commits 30] [--every 3] [--folds 5]
        [--output token_budget/data/context_weights.json] [--dry-run] [--json]

Every task is a past commit as `context_recall` has it, and every signal sees only ancestors. First
the weights of a first ranking are fitted, on every third of the commits, from the signals that
need no ranking; then, with its likeliest files as seeds, the weights of all. How: see
`context_fit_weights`. The same repositories at the same commits give the same bytes.

Cross-validated by leaving repositories out: *find*, each repository counting alike, what is shown
as packed (writing it out changes a few tokens). The first ranking is the same in every fold.
Beside the new weights: those that ship, which may have been fitted on the same commits, and
reciprocal rank fusion, which needs none.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from benchmarks.context_fit_tasks import TaskGatherer
from benchmarks.context_fit_weights import columns, fitted, fused_by_rank
from token_budget.context.weights import JUDGED, SHIPPED, WEIGHTS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from benchmarks.context_fit_tasks import FitTask, GatheredTasks

    Scores = Mapping[int, NDArray[np.float64]]

BUDGETS = (8_000, 27_000, 50_000)
FIRST_PASS = 3
"""The first ranking has few weights: every so many of the commits are enough."""

OUTPUT = Path(__file__).parents[1] / "token_budget" / "data" / WEIGHTS_FILE

Row = dict[str, Any]


def main(  # noqa: PLR0913, PLR0917 - one option an argument
    repo: Annotated[list[Path], typer.Option(help="A repository; several times.")],
    commits: Annotated[int, typer.Option(min=FIRST_PASS, help="Commits of each.")] = 30,
    every: Annotated[int, typer.Option(min=1, help="Every so many of those that qualify.")] = 3,
    folds: Annotated[int, typer.Option(min=2, help="Parts of the cross-validation.")] = 5,
    output: Annotated[Path, typer.Option(help="Where the weights are written.")] = OUTPUT,
    dry_run: Annotated[bool, typer.Option(help="Print, and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Gather, cross-validate, fit and write."""
    with tempfile.TemporaryDirectory() as folder:
        gatherers = [TaskGatherer(one, Path(folder)) for one in sorted(set(repo), key=str)]
        start = gathered_tasks(gatherers, commits // FIRST_PASS, every * FIRST_PASS)
        first = fitted_on(start)
        found = gathered_tasks(gatherers, commits, every, first)
    tasks = [task for one in found for task in one.tasks]
    rows = list(recall_rows(tasks, held_out_scores(tasks, folds)))
    weights = fitted_on(found)
    made = {"first": first, "weights": weights, "fitted_on": origins(found, commits, every)}
    if not dry_run:
        output.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"rows": rows, **made}, indent=2)) if as_json else show(rows, made)


def gathered_tasks(
    gatherers: Sequence[TaskGatherer],
    commits: int,
    every: int,
    first: Mapping[str, float] | None = None,
) -> list[GatheredTasks]:
    """The tasks of every repository, gathered on all cores."""
    from joblib import Parallel, cpu_count, delayed

    work = (delayed(one.gather)(commits, every, first) for one in gatherers)
    return list(Parallel(n_jobs=min(len(gatherers), cpu_count()))(work))


def fitted_on(found: Sequence[GatheredTasks]) -> dict[str, float]:
    """The weights of all features that the tasks of some repositories have.

    Raises:
        SystemExit: There is no task.
    """
    tasks = [task for one in found for task in one.tasks]
    if not tasks:
        named = ", ".join(one.repository for one in found)
        raise SystemExit(f"{named}: expected commits that change existing files")
    return fitted(tasks, names_of(tasks))


def names_of(tasks: Sequence[FitTask]) -> list[str]:
    """Every feature of some tasks, but those that commits cannot say anything of."""
    return [
        name for name in dict.fromkeys(n for one in tasks for n in one.names) if name not in JUDGED
    ]


def held_out_scores(tasks: Sequence[FitTask], folds: int) -> Scores:
    """The scores of each task, by its place, from weights that did not see its repository."""
    names = names_of(tasks)
    repositories = sorted({task.repository for task in tasks})
    found = {}
    for fold in range(min(folds, len(repositories))):
        held = set(repositories[fold::folds])
        weights = fitted([task for task in tasks if task.repository not in held], names)
        row = list(weights.values())
        found |= {
            place: columns(task, names) @ row
            for place, task in enumerate(tasks)
            if task.repository in held
        }
    return found


def recall_rows(tasks: Sequence[FitTask], held_out: Scores) -> Iterator[Row]:
    """The mean hunk recall of *find* by repository, and of all, in per cent."""
    shipped = SHIPPED["weights"]
    ways = {
        "reciprocal rank fusion": lambda _, task: fused_by_rank(task),
        "shipped weights": lambda _, task: task.scores(shipped),
        "new weights, held out": lambda place, _: held_out[place],
    }
    for way, scored in ways.items():
        found: dict[str, list[list[float]]] = defaultdict(list)
        for place, task in enumerate(tasks):
            if task.kind == "find":
                found[task.repository].append(task.recalls(scored(place, task), BUDGETS))
        means = {
            name: [fmean(each) for each in zip(*of, strict=True)] for name, of in found.items()
        }
        means["all"] = [fmean(each) for each in zip(*means.values(), strict=True)]
        for name, recalls in means.items():
            yield {
                "way": way,
                "repository": name,
                "recall": [round(100 * one, 1) for one in recalls],
            }


def origins(found: Sequence[GatheredTasks], commits: int, every: int) -> list[Row]:
    """What the weights were fitted on: enough to fit them again."""
    return [
        {
            "repository": one.repository,
            "newest": one.newest,
            "commits": commits,
            "every": every,
            "tasks": len(one.tasks),
        }
        for one in found
    ]


def show(rows: Sequence[Row], made: Mapping[str, Any]) -> None:
    """The recalls and the weights as tables."""
    budgets = (Column(f"{budget:,}", justify="right") for budget in BUDGETS)
    recalls = Table("way", "repository", *budgets, box=None)
    for one in rows:
        recalls.add_row(one["way"], one["repository"], *(f"{r:.1f}" for r in one["recall"]))
    weights = Table(
        "feature", *(Column(name, justify="right") for name in ("first", "all")), box=None
    )
    for name, weight in made["weights"].items():
        weights.add_row(name, str(made["first"].get(name, "")), str(weight))
    for table in (recalls, weights):
        Console().print(table)


if __name__ == "__main__":
    typer.run(main)
