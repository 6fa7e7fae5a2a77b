"""Is what a commit changed in the context that is chosen for it, before it is made?

    python benchmarks/context_recall.py [--repo PATH ...] [--commits 40] [--every 1]
        [--budget 8000 ...] [--without-history] [--embedder openai:MODEL@DIMENSION=URL] [--json]

For real commits, the workspace as it was before each, and its message as the description of a
phase. Every signal sees only ancestors. *find*: the message is all that is known. *complete*: all
files that it changed but one are deliverables: is the missing one in?

Hunk recall: the share of the changed hunks (old lines) that lie wholly in what is shown as text.
File recall: the share of the changed files of which a changed line is shown. A path or an outline
is no text. Baselines, in the same run, over the same files and with the same counter: whole files
and 40-line windows by BM25 (words of the path doubled), and the predecessor's rule.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import context_baselines as baselines
from benchmarks.context_tasks import PastWorkspace, past_changes, tasks_of
from estimators.deliverable import Deliverable
from token_budget.context.budget import ContextBudget
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.change_history import ChangeHistory, History
from token_budget.context.history_reading import read_history
from token_budget.context.history_store import HISTORY_PART, HistoryStore
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.query import query_for
from token_budget.context.selection import select_context
from token_budget.context.sources import Sources
from token_budget.counting import TokenCounter
from token_budget.spec import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.context_tasks import ContextTask
    from token_budget.context.ranking import Compare

BUDGETS = (8_000, 27_000, 50_000)
OURS = "token-budget"

Shown = dict[str, list[tuple[int, int]]]
Key = tuple[str, str, str, int]


@dataclass
class Scores:
    """Figures of every method, by repository, task, method and budget."""

    hunks: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    files: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)
    modes: Counter[str] = field(default_factory=Counter)


def main(  # noqa: PLR0913, PLR0917 - one option an argument
    repo: Annotated[list[Path] | None, typer.Option(help="A repository; several times.")] = None,
    commits: Annotated[int, typer.Option(min=1, help="Commits of each.")] = 40,
    every: Annotated[int, typer.Option(min=1, help="Every so many of those that qualify.")] = 1,
    budget: Annotated[list[int] | None, typer.Option(help="Tokens; several times.")] = None,
    without_history: Annotated[bool, typer.Option(help="As if there were no git.")] = False,
    embedder: Annotated[str, typer.Option(help="Such as openai:MODEL@DIMENSION=URL.")] = "",
    embedder_key: Annotated[str, typer.Option(envvar="TOKEN_BUDGET_EMBEDDER_KEY")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print recall by task, method and budget: the mean over all commits, and by repository."""
    scores = Scores()
    compare = compared_by(embedder, embedder_key) if embedder else None
    for one in repo or [Path()]:
        measure(one, commits, every, tuple(budget or BUDGETS), scores, compare, without_history)
    rows = list(table_rows(scores))
    if as_json:
        slowest = max(scores.seconds, default=0.0)
        seconds = {"mean": fmean(scores.seconds or [0.0]), "slowest": slowest}
        report = {"rows": rows, "selection_seconds": seconds, "modes": scores.modes}
        print(json.dumps(report, indent=2))
        return
    Console().print(table(rows))
    Console().print("modes:", dict(scores.modes))


def compared_by(name: str, key: str) -> Compare:
    """The comparison by an embedder, without a limit; its vectors are kept for this run."""
    from token_budget.context.embeddings.embedding import Embedding
    from token_budget.context.embeddings.named import embedder_named
    from token_budget.context.embeddings.vector_cache import VectorCache

    return Embedding(
        embedder_named(name, key or None), VectorCache.opened("sqlite://")
    ).similarities


def measure(  # noqa: PLR0913, PLR0917 - what the command line says
    repository: Path,
    commits: int,
    every: int,
    budgets: Sequence[int],
    scores: Scores,
    compare: Compare | None,
    without_history: bool,
) -> None:
    """Add the figures of one repository."""
    name = repository.resolve().name.removesuffix(".git")
    name = repository.resolve().parent.name if name == "repo" else name
    counter = TokenCounter()
    with tempfile.TemporaryDirectory() as folder:
        workspace = PastWorkspace(repository, Path(folder, "workspace"))
        database = CacheDatabase(f"sqlite:///{folder}/cache.db", INDEX_PART, HISTORY_PART)
        index, store = ChunkIndex(workspace.folder, database, counter), HistoryStore(database)
        changes = list(past_changes(repository, commits, every))
        for change in track(changes, name, console=Console(file=sys.stderr), transient=True):
            workspace.put_to(change.parent)
            index.refresh()
            read = History() if without_history else read_history(workspace.folder, store)
            sources = Sources(index, ChangeHistory(read.commits, read.reason))
            texts = {path: index.text(path) for path in index.files()}
            for task in tasks_of(change, texts):
                for tokens in budgets:
                    made = {OURS: ours(task, sources, tokens, counter, compare, scores)}
                    made |= theirs(task, texts, tokens, counter)
                    judge(name, task, tokens, made, scores)
        index.close()


def ours(  # noqa: PLR0913, PLR0917 - what one measurement needs
    task: ContextTask,
    sources: Sources,
    tokens: int,
    counter: TokenCounter,
    compare: Compare | None,
    scores: Scores,
) -> Shown:
    """What our selection shows of each file."""
    phase = Phase(phase_id="x", description=task.change.message)
    known = [Deliverable(path, "modify") for path in task.deliverables]
    budget = ContextBudget(tokens, count=counter.count)
    started = time.perf_counter()
    found = select_context(query_for(phase, known), sources, budget, compare=compare)
    scores.seconds.append(time.perf_counter() - started)
    scores.modes[f"{found.mode}: {found.reason}" if found.reason else found.mode] += 1
    if counter.count(found.rendered) > tokens:
        raise AssertionError(f"over the budget: {task.change.commit}")
    return {item.path: list(item.lines) for item in found.items if item.lines}


def theirs(
    task: ContextTask, texts: Mapping[str, str], tokens: int, counter: TokenCounter
) -> dict[str, Shown]:
    """What the baselines show: deliverables first, whole, then what they find."""
    message = task.change.message
    count = counter.count
    files = [
        one for path, text in texts.items() for one in baselines.whole_files(text, path, count)
    ]
    parts = [one for path, text in texts.items() for one in baselines.windows(text, path, count)]
    known = [one for one in files if one.path in task.deliverables]
    return {
        "files by BM25": baselines.filled(baselines.by_bm25(message, files), tokens, known),
        "40 lines by BM25": baselines.filled(
            [one for one in baselines.by_bm25(message, parts) if one.path not in task.deliverables],
            tokens,
            known,
        ),
        "shared words": baselines.filled(
            baselines.by_shared_words(message, files, texts), tokens, known
        ),
    }


def judge(
    name: str, task: ContextTask, tokens: int, made: Mapping[str, Shown], scores: Scores
) -> None:
    for method, shown in made.items():
        key = name, task.kind, method, tokens
        scores.hunks[key].append(hunk_recall(task.wanted, shown))
        scores.files[key].append(file_recall(task.wanted, shown))


def hunk_recall(wanted: Mapping[str, Sequence[tuple[int, int]]], shown: Shown) -> float:
    """The share of the hunks that lie wholly in what is shown; ranges that touch are one."""
    hunks = [(path, hunk) for path, each in wanted.items() for hunk in each]
    return fmean(
        any(a <= first and last <= b for a, b in joined(shown.get(path, ())))
        for path, (first, last) in hunks
    )


def file_recall(wanted: Mapping[str, Sequence[tuple[int, int]]], shown: Shown) -> float:
    """The share of the files of which a changed line is shown."""
    return fmean(
        any(a <= last and first <= b for first, last in hunks for a, b in shown.get(path, ()))
        for path, hunks in wanted.items()
    )


def joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order; those that touch are one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def table_rows(scores: Scores) -> Iterator[dict[str, Any]]:
    """A row for each repository (and all), task and method: recalls in per cent by budget."""
    names = sorted({key[0] for key in scores.hunks})
    for name in [*names, *(["all"] if len(names) > 1 else [])]:
        for kind in ("find", "complete"):
            for method in dict.fromkeys(key[2] for key in scores.hunks):
                yield from row(scores, name, kind, method)


def row(scores: Scores, name: str, kind: str, method: str) -> Iterator[dict[str, Any]]:
    keys = [key for key in scores.hunks if key[1:3] == (kind, method) and name in {key[0], "all"}]
    budgets = sorted({key[3] for key in keys})
    recalls = {}
    for budget in budgets:
        own = [key for key in keys if key[3] == budget]
        hunks, files = (
            [one for key in own for one in each[key]] for each in (scores.hunks, scores.files)
        )
        recalls[str(budget)] = {
            "hunks": round(100 * fmean(hunks), 1),
            "files": round(100 * fmean(files), 1),
            "tasks": len(hunks),
        }
    if recalls:
        yield {"repository": name, "task": kind, "method": method, "recall": recalls}


def table(rows: Sequence[dict[str, Any]]) -> Table:
    budgets = list(dict.fromkeys(budget for one in rows for budget in one["recall"]))
    made = Table("repository", "task", "tasks", "method", box=None, padding=(0, 2, 0, 0))
    for what in ("hunks", "files"):
        for budget in budgets:
            made.add_column(f"{what} {int(budget):,}", justify="right")
    for one in rows:
        recall = one["recall"]
        figures = [f"{recall[b][what]:.1f}" for what in ("hunks", "files") for b in budgets]
        tasks = str(recall[budgets[0]]["tasks"])
        made.add_row(one["repository"], one["task"], tasks, one["method"], *figures)
    return made


if __name__ == "__main__":
    typer.run(main)
