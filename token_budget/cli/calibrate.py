"""``token-budget calibrate``: learn from the workspace's own history."""

from __future__ import annotations

from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.output import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from token_budget.calibrating import Walked
    from token_budget.calibration_input import CalibrationInput
    from token_budget.estimator_store import EstimatorStore


def calibrate(
    repo: Annotated[
        Path,
        typer.Option(
            exists=True,
            file_okay=False,
            help="The workspace: its history is mined, its state written.",
        ),
    ] = Path(),
    history: Annotated[
        list[Path] | None,
        typer.Option(help="Also learn from this file of observed phases; may be repeated."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Phases to mine: the newest.")] = 500,
    report: Annotated[
        Path | None, typer.Option(help="Write what was found, with plots, as one HTML file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Mine the workspace's git history and learn from it; later plans use what was learnt.

    Prints how well its phases would have been predicted before and after, each one from those
    before it alone. What was learnt earlier is replaced, also what was merged from other states:
    the same history gives the same state. Answers that were recorded are learnt again after it. A
    history that teaches nothing is refused, and the state stays as it is.
    """
    from token_budget.calibrating import learnt
    from token_budget.calibration_report import calibration_page
    from token_budget.cli.calibrate_table import print_calibration
    from token_budget.cli.replaced_file import replaced_file
    from token_budget.estimator_store import EstimatorStore
    from token_budget.pages.document import render
    from token_budget.storage import Database
    from token_budget.storage_place import state_url

    with replaced_file(report, "argument --report") if report else nullcontext() as page:
        gathered = _read(repo, history or ())
        with closing(Database(state_url(repo))) as database:
            store = EstimatorStore(database)
            if gathered.not_mined is None:
                _mine(repo, limit, store, gathered)
            walks = _walked(repo, gathered)
            found = _found(state_url(repo), gathered, walks, store)
            if page:
                page.write(render(calibration_page(found, walks)).encode())
            store.relearn(lambda known, answers: learnt(walks, known, answers))
    if as_json:
        print_json(found)
    else:
        print_calibration(found)


def _read(repo: Path, files: Sequence[Path]) -> CalibrationInput:
    """The history files; without any, the repository must be one.

    Raises:
        HistoryError: A file cannot be read or holds no phase, or there is no history at all.
    """
    from estimators.errors import RepositoryError
    from estimators.history import mine
    from token_budget.calibration_input import CalibrationInput
    from token_budget.cli.mine import count_tokens

    gathered = CalibrationInput()
    for file in files:
        gathered.read(file)
    try:
        mine(repo, count_tokens, limit=0)  # looks at the repository, reads no commit
    except RepositoryError as error:
        if not files:
            raise
        gathered.not_mined = f"no commit was mined: {error}"
    return gathered


def _mine(repo: Path, limit: int, store: EstimatorStore, gathered: CalibrationInput) -> None:
    """Add the phases of the workspace; a commit is read once, and then kept in the state."""
    from estimators.history import mine
    from token_budget.cli.mine import count_tokens, progress_bar

    commits = store.commits(str(repo.resolve()))
    with progress_bar([str(repo)], limit) as on_phase:
        for phase in mine(repo, count_tokens, limit=limit, cache=commits, report=gathered.mining):
            on_phase(1)
            gathered.phases.append(phase)
    commits.flush()


def _walked(repo: Path, gathered: CalibrationInput) -> dict[str, Walked]:
    """The history walked once for each output format.

    Raises:
        HistoryError: No phase of it teaches anything.
    """
    from estimators.errors import HistoryError
    from estimators.learning import LEAST_TOKENS
    from estimators.observed import FORMATS
    from estimators.output import OutputEstimator
    from token_budget.calibrating import walk

    shipped, phases = OutputEstimator.pretrained(), gathered.by_time()
    walks = {name: walk(shipped, phases, name) for name in FORMATS}
    if not any(one.actual for one in walks.values()):
        reason = (
            f"none of its {len(phases):,} phases took {LEAST_TOKENS} tokens or more:"
            " nothing was learnt, and what was learnt earlier is kept"
        )
        raise HistoryError(str(repo), reason)
    return walks


def _found(
    state: str, gathered: CalibrationInput, walks: dict[str, Walked], store: EstimatorStore
) -> dict[str, Any]:
    from token_budget.calibrating import figures

    phases = len(gathered.by_time())
    return {
        "state": state,
        "mined": gathered.mining.mined,
        "phases": phases,
        "merged_before": len(store.origins()) - 1,
        "observed_answers": store.observed(),
        "repeated": len(gathered.phases) - phases,
        "out_of_order": gathered.out_of_order,
        "not_mined": gathered.not_mined,
        "stopped": gathered.mining.stopped,
        "skipped_commits": dict(gathered.mining.skipped.most_common()),
        "left_out_files": dict(gathered.mining.left_out.most_common()),
        "broken_lines": [f"{one.file}:{one.line}: {one.reason}" for one in gathered.broken],
        "formats": {name: figures(one) for name, one in walks.items()},
    }
