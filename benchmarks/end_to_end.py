"""How are real commits of ten files and more carried out, by us and by the old way?

    python -m benchmarks.end_to_end [--repo PATH ...] [--phases 10] [--json]

Every commit is a phase: its message and what happens to each file. It is carried out through the
test server, the SDK and the executor, in a real workspace, with the ceiling that the policy chooses
and what earlier phases of the repository taught; `--history` teaches commits before them as well.
Its author is faithful and thinks for a drawn number of tokens; the tokenizer's factor is drawn.
Baseline on the same phases, with the same prompts: a ceiling by complexity; what is cut off is
asked for again, whole, with 1.5 times the ceiling, three times at the most.
"""

from __future__ import annotations

import json
import random
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from benchmarks.continuation_commits import first_commits
from benchmarks.continuation_targets import cases_of
from benchmarks.end_to_end_phases import phase_of
from benchmarks.end_to_end_ways import Carried, before, ours
from benchmarks.messages_api.authors import AUTHORS, Thinking
from benchmarks.messages_api.server import MessagesServer
from token_budget.cli.output import plain_console
from token_budget.config import Provider  # noqa: TC001 - typer reads it
from token_budget.policy import BudgetPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.continuation_commits import ChangedFiles
    from benchmarks.continuation_targets import Case

LEAST_FILES = 10
LARGEST_DIFF = 400_000
"""Characters of a commit's diff; a larger one is no phase."""

THINKING_MEDIAN, THINKING_SPREAD = 1_500, 0.8
"""Thinking tokens of an answer are drawn from a log-normal distribution."""


@dataclass(frozen=True, slots=True)
class Both:
    """A phase that was carried out in both ways."""

    repo: str
    phase: str
    files: int
    ours: Carried
    before: Carried


def main(  # noqa: PLR0913, PLR0917 - options of a command
    repo: Annotated[list[Path] | None, typer.Option(help="Repositories; this one.")] = None,
    phases: Annotated[int, typer.Option(min=1, help="Commits of each, the newest.")] = 10,
    least_files: Annotated[int, typer.Option(min=1, help="Files of a commit.")] = LEAST_FILES,
    provider: Annotated[Provider, typer.Option(help="bedrock has low ceilings.")] = "anthropic",
    history: Annotated[int, typer.Option(min=0, help="Commits before them that teach.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print both ways side by side; exit 1 if a phase of ours was lost or is not exact."""
    found: list[Both] = []
    for repository in repo or [Path()]:
        commits = first_commits([repository], phases, least_files, largest=LARGEST_DIFF)
        found += carried_out(repository, commits, history, provider)
    rows = list(comparison(found))
    if as_json:
        print(json.dumps({"phases": [phase_row(one) for one in found], "rows": rows}, indent=2))
    else:
        console = plain_console()
        console.print(phase_table(found), "", table(rows, len(found)))
    if any(one.ours.lost or not one.ours.exact for one in found):
        raise SystemExit("a phase of ours was lost, or its files are not the commit's")


def carried_out(
    repository: Path,
    commits: list[ChangedFiles],
    history: int = 0,
    provider: Provider = "anthropic",
) -> Iterator[Both]:
    """Every commit in both ways, the oldest first, in one workspace."""
    seed = repository.resolve().name
    with tempfile.TemporaryDirectory() as folder:
        policy = BudgetPolicy(workspace=folder, provider=provider)
        if history:
            teach(policy, repository, commits[-1], history)
        for commit in reversed(commits):
            for case in cases_of(commit, ["ndjson"]):
                yield _in_both_ways(policy, commit, case, seed)


def teach(policy: BudgetPolicy, repository: Path, first: ChangedFiles, limit: int) -> None:
    """Learn from the commits before the first one, as ``token-budget calibrate`` does."""
    from estimators.history import mine
    from estimators.output import OutputEstimator
    from token_budget.calibrating import learnt, walk
    from token_budget.estimator_store import EstimatorStore
    from token_budget.storage import Database
    from token_budget.storage_place import state_url

    until = datetime.fromtimestamp(first.time - 1, UTC)
    mined = mine(repository, policy.counter.count, limit=limit, newest_first=False, until=until)
    walked = {"ndjson": walk(OutputEstimator.pretrained(), mined, "ndjson")}
    with closing(Database(state_url(policy.workspace))) as database:
        EstimatorStore(database).relearn(lambda known, answers: learnt(walked, known, answers))


def _in_both_ways(policy: BudgetPolicy, commit: ChangedFiles, case: Case, seed: str) -> Both:
    phase, server = phase_of(commit, seed), server_of(case, seed, commit.name)
    done = ours(policy, phase, commit, case, server)
    prices = policy.prices.sheet(policy.config.model, policy.config.provider)
    request, files = server.requests[0].body, len(commit.files)
    old = before(request, files, case, server_of(case, seed, commit.name), prices)
    return Both(seed, phase.title, len(commit.files), done, old)


def server_of(case: Case, seed: str, name: str) -> MessagesServer:
    """A server whose author has the commit in mind; the same draws for the same commit."""
    chance = random.Random(f"{seed} {name}")
    thinking = round(THINKING_MEDIAN * chance.lognormvariate(0, THINKING_SPREAD))
    author = Thinking(AUTHORS["faithful"](case.target), thinking, later=thinking // 4)
    factor = random.Random(seed).uniform(1.1, 1.8)
    return MessagesServer(author, factor=factor)


def comparison(found: list[Both]) -> Iterator[dict[str, Any]]:
    """A row a figure: both ways and the aim."""
    both = [[one.ours for one in found], [one.before for one in found]]
    calls = [sum(one.calls for one in each) for each in both]
    outputs = [sum(one.output for one in each) for each in both]
    cut = [sum(one.cut for one in each) for each in both]
    thrown = [sum(one.thrown for one in each) for each in both]
    shares = [100 * part / max(whole, 1) for part, whole in zip(cut, calls, strict=True)]
    waste = [100 * part / max(whole, 1) for part, whole in zip(thrown, outputs, strict=True)]
    count = max(len(found), 1)
    yield row("phases lost", _sums(both, "lost"), "0")
    yield row("phases whose files are the commit's", _sums(both, "exact"), "all")
    yield row("answers cut off", cut, "")
    yield row("answers cut off, %", shares, "under 10")
    yield row("calls a phase", [one / count for one in calls], "at most 1.1")
    yield row("output tokens", outputs, "")
    yield row("output tokens thrown away", thrown, "")
    yield row("output tokens thrown away, %", waste, "under 2")
    yield row("cost, $", [one / 1e6 for one in _sums(both, "micro_usd")], "")


def row(what: str, values: Iterable[float], aim: str) -> dict[str, Any]:
    mine, old = values
    return {"what": what, "ours": round(mine, 3), "before": round(old, 3), "aim": aim}


def phase_row(one: Both) -> dict[str, Any]:
    return {
        "repo": one.repo,
        "phase": one.phase,
        "files": one.files,
        "answer": one.ours.answer,
        "ours": _carried(one.ours),
        "before": _carried(one.before),
    }


def phase_table(found: list[Both]) -> Table:
    """A row a phase."""
    made = Table(title="phases", title_justify="left", box=None, padding=(0, 1, 0, 0))
    made.add_column("repository")
    names = ("files", "answer", "ceiling", "calls", "exact", "before: ceiling", "calls", "exact")
    for name in names:
        made.add_column(name, justify="right")
    for one in found:
        figures = (f"{one.files}", f"{one.ours.answer:,}", *_cells(one.ours), *_cells(one.before))
        made.add_row(one.repo, *figures)
    return made


def table(rows: list[dict[str, Any]], phases: int) -> Table:
    title = f"{phases} phases, all in all"
    made = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    made.add_column("what")
    for name in ("ours", "before", "aim"):
        made.add_column(name, justify="right")
    for one in rows:
        made.add_row(one["what"], _shown(one["ours"]), _shown(one["before"]), one["aim"])
    return made


def _sums(both: list[list[Carried]], name: str) -> list[int]:
    return [sum(getattr(one, name) for one in each) for each in both]


def _carried(one: Carried) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Carried.__slots__}


def _cells(one: Carried) -> tuple[str, str, str]:
    result = "lost" if one.lost else "yes" if one.exact else "no"
    return f"{one.ceiling:,}", f"{one.calls}", result


def _shown(value: float) -> str:
    return f"{value:,.2f}" if value != int(value) else f"{int(value):,}"


if __name__ == "__main__":
    typer.run(main)
