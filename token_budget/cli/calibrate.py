"""``token-budget calibrate``: learn from the workspace's own history."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.output import plain_console, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from estimators.mining.mining_report import MiningReport
    from estimators.observed import BrokenLine, ObservedPhase
    from token_budget.calibrating import Walked
    from token_budget.estimator_store import EstimatorStore


def calibrate(
    repo: Annotated[
        Path, typer.Option(help="The workspace: its history is mined, its state written.")
    ] = Path(),
    history: Annotated[
        list[Path] | None,
        typer.Option(help="Also learn from this file of observed phases; may be repeated."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Phases to mine: the newest.")] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Mine the workspace's git history and learn from it; later plans use what was learnt.

    Prints how well its phases would have been predicted before and after, each one from those
    before it alone. What was learnt earlier is replaced: the same history gives the same state.
    """
    from estimators.mining.mining_report import MiningReport
    from estimators.observed import FORMATS
    from estimators.output import OutputEstimator
    from token_budget.calibrating import walk
    from token_budget.estimator_store import EstimatorStore
    from token_budget.storage import Database
    from token_budget.storage_place import state_url

    broken: list[BrokenLine] = []
    report = MiningReport()
    with closing(Database(state_url(repo))) as database:
        store = EstimatorStore(database)
        phases = sorted(
            [*_read(history or (), broken), *_mined(repo, limit, store, report)],
            key=lambda phase: phase.time,
        )
        shipped = OutputEstimator.pretrained()
        walks = {name: walk(shipped, phases, name) for name in FORMATS}
        store.update(lambda _: {name: one.learnt for name, one in walks.items()})
    found = {
        "state": state_url(repo),
        "mined": report.mined,
        "phases": len(phases),
        "skipped_commits": dict(report.skipped.most_common()),
        "broken_lines": [f"{one.file}:{one.line}: {one.reason}" for one in broken],
        "formats": {name: figures(one) for name, one in walks.items()},
    }
    if as_json:
        print_json(found)
    else:
        _print(found)


def _read(files: Sequence[Path], broken: list[BrokenLine]) -> Iterator[ObservedPhase]:
    from estimators.observed import read_history

    yield from read_history(files, broken)


def _mined(
    repo: Path, limit: int, store: EstimatorStore, report: MiningReport
) -> Iterator[ObservedPhase]:
    """The phases of the workspace; a commit is read once, and then kept in the state."""
    from estimators.history import mine
    from token_budget.cli.mine import count_tokens, progress_bar

    commits = store.commits(str(repo.resolve()))
    with progress_bar([str(repo)], limit) as on_phase:
        for phase in mine(repo, count_tokens, limit=limit, cache=commits, report=report):
            on_phase(1)
            yield phase
    commits.flush()


def figures(walked: Walked) -> dict[str, Any]:
    """How well phases were predicted before and after, and what a budget by it would have done."""
    from estimators.metrics import coverage, smape

    if not walked.actual:
        return {"phases": 0}
    return {
        "phases": len(walked.actual),
        "actual_tokens": sum(walked.actual),
        **{
            name: {
                "smape": round(smape(one.median, walked.actual), 2),
                "coverage_0.9": round(coverage(one.held, walked.actual), 4),
                "held_tokens": round(sum(one.held)),
                "too_small": sum(a > b for a, b in zip(walked.actual, one.held, strict=True)),
            }
            for name, one in (("before", walked.cold), ("after", walked.adapted))
        },
    }


def _print(found: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = plain_console()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("format", "", "phases", "SMAPE", "under p90", "too small", "p90 tokens"):
        table.add_column(name, justify="left" if name in {"format", ""} else "right")
    for name, one in found["formats"].items():
        if not one["phases"]:
            table.add_row(name, "no phase of 200 tokens or more")
            continue
        for when in ("before", "after"):
            row = one[when]
            table.add_row(
                name,
                when,
                f"{one['phases']:,}",
                f"{row['smape']:.1f}",
                f"{row['coverage_0.9']:.3f}",
                f"{row['too_small']:,}",
                f"{row['held_tokens']:,}",
            )
    console.print(table)
    console.print(Text(f"learnt from {found['phases']:,} phases, kept in {found['state']}"))
    for reason, number in found["skipped_commits"].items():
        console.print(Text(f"skipped {number:,} commits: {reason}"))
    for line in found["broken_lines"]:
        console.print(Text(f"left out {line}"))
