"""What a fit of the ranking's weights learns from: past commits as figures of every signal.

Gathered as a selection would: the workspace as it was before the commit, the history up to there.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.context_recall import hunk_recall
from benchmarks.context_tasks import PastWorkspace, past_changes, tasks_of
from estimators.deliverable import Deliverable
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.change_history import ChangeHistory
from token_budget.context.features import features, neighbour_features
from token_budget.context.fitting import FRAME_TOKENS
from token_budget.context.gathering import gathered
from token_budget.context.history_reading import read_history
from token_budget.context.history_store import HISTORY_PART, HistoryStore
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.offers import SHARPNESS
from token_budget.context.packing import Offer, Parts, pack
from token_budget.context.query import query_for
from token_budget.context.ranking import likelihoods, scores
from token_budget.context.rendering import line_ranges
from token_budget.context.sources import Sources
from token_budget.context.values import Chunk
from token_budget.counting import TokenCounter
from token_budget.spec import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.context_tasks import ContextTask, Kind, Lines, PastChange
    from token_budget.context.packing import Packing

    Floats = NDArray[np.float64]
    Figures = NDArray[np.float32]


@dataclass(frozen=True)
class FileLines:
    """A file that has candidates, with all its chunks.

    Attributes:
        path: The file.
        path_tokens: As of `Offer`.
        outline_tokens: As of `Offer`.
        chunks: int32, one row a chunk: first line, last line, tokens, place among the candidates
            or -1.
    """

    path: str
    path_tokens: int
    outline_tokens: int
    chunks: NDArray[np.int32]


@dataclass(frozen=True)
class FitTask:
    """One commit, or a part of it, and what every signal says of the candidates.

    Attributes:
        repository: Whose commit.
        kind: *find* or *complete*.
        names: The features.
        figures: One row a candidate, one column a feature.
        wanted: The share of the commit's hunks that each candidate has; a hunk over several chunks
            counts in equal parts. Less than 1 in all where hunks are in no candidate.
        files: The files that may be shown.
        hunks: The lines that were changed, by path.
    """

    repository: str
    kind: Kind
    names: tuple[str, ...]
    figures: Figures
    wanted: Floats
    files: tuple[FileLines, ...]
    hunks: Mapping[str, Sequence[Lines]]

    def scores(self, weights: Mapping[str, float]) -> Floats:
        """The score of every candidate."""
        row = [weights.get(name, 0.0) for name in self.names]
        return np.asarray(self.figures @ np.array(row), np.float64)

    def recalls(self, scored: Floats, budgets: Sequence[int]) -> list[float]:
        """Hunk recall of what these scores put into each budget, packed but not written."""
        values = likelihoods(scored) ** SHARPNESS
        parts = Parts(_offer(one, values) for one in self.files)
        return [self._recall(pack(parts, budget - FRAME_TOKENS)) for budget in budgets]

    def _recall(self, packing: Packing) -> float:
        shown = {path: list(line_ranges(one.chunks)) for path, one in packing.files.items()}
        return hunk_recall(self.hunks, shown)


@dataclass(frozen=True)
class GatheredTasks:
    """The tasks of one repository.

    Attributes:
        repository: Its name.
        newest: The newest of its commits that is a task; empty: none is.
        tasks: The tasks, those of the newest commits first.
    """

    repository: str
    newest: str
    tasks: tuple[FitTask, ...]


class TaskGatherer:
    """Makes the tasks of one repository; what git and the index say is kept between two passes."""

    def __init__(self, repository: Path, folder: Path) -> None:
        """Use an empty or earlier ``folder`` for a work tree and a cache."""
        self.name = name_of(repository)
        self._repository, self._folder = repository, folder

    def gather(
        self, commits: int, every: int, first: Mapping[str, float] | None = None
    ) -> GatheredTasks:
        """The tasks of the newest commits.

        Args:
            commits: How many at most.
            every: Every so many of those that qualify.
            first: Weights of the first ranking; None: only the features that need none.
        """
        changes = list(past_changes(self._repository, commits, every))
        with tempfile.TemporaryDirectory() as folder:
            workspace = PastWorkspace(self._repository, Path(folder, "workspace"))
            cache = f"sqlite:///{self._folder}/{self.name.replace('/', '+')}.db"
            database = CacheDatabase(cache, INDEX_PART, HISTORY_PART)
            index = ChunkIndex(workspace.folder, database, TokenCounter(), jobs=1)
            store = HistoryStore(database)
            tasks = []
            for change in changes:
                workspace.put_to(change.parent)
                index.refresh()
                tasks += self._tasks(change, index, store, first)
            index.close()
        return GatheredTasks(self.name, changes[0].commit if changes else "", tuple(tasks))

    def _tasks(
        self,
        change: PastChange,
        index: ChunkIndex,
        store: HistoryStore,
        first: Mapping[str, float] | None,
    ) -> Iterator[FitTask]:
        read = read_history(index.root, store)
        sources = Sources(index, ChangeHistory(read.commits, read.reason))
        for task in tasks_of(change, index.files()):
            made = self._task(task, sources, first)
            if made is not None and made.wanted.sum() > 0:
                yield made

    def _task(
        self, task: ContextTask, sources: Sources, first: Mapping[str, float] | None
    ) -> FitTask | None:
        known = [Deliverable(path, "modify") for path in task.deliverables]
        phase = Phase(phase_id="x", description=task.change.message)
        signals = gathered(query_for(phase, known), sources)
        if not signals.chunks:
            return None
        made = features(signals)
        if first is not None:
            likely = likelihoods(scores(made, first))
            made |= neighbour_features(signals, likely, sources)
        files = [
            one for one in _files(signals.chunks, sources) if one.path not in task.deliverables
        ]
        return FitTask(
            repository=self.name,
            kind=task.kind,
            names=tuple(made),
            figures=np.stack(list(made.values()), axis=1).astype(np.float32),
            wanted=_wanted(files, task.wanted, len(signals.chunks)),
            files=tuple(files),
            hunks=task.wanted,
        )


def name_of(repository: Path) -> str:
    """``owner/name`` of a repository in a folder of that name, else the name of its folder."""
    folder = repository.resolve()
    named = folder.parent.name if folder.name == "repo" else folder.name
    return named.removesuffix(".git").replace("+", "/", 1)


def _files(chunks: Sequence[Chunk], sources: Sources) -> Iterator[FileLines]:
    places = {chunk: place for place, chunk in enumerate(chunks)}
    paths, files = dict.fromkeys(chunk.path for chunk in chunks), sources.index.files()
    for path, each in sources.index.chunks(paths).items():
        rows = [(c.first_line, c.last_line, c.tokens, places.get(c, -1)) for c in each]
        table = np.array(rows, np.int32)
        yield FileLines(path, files[path].path_tokens, files[path].outline_tokens, table)


def _wanted(
    files: Sequence[FileLines], hunks: Mapping[str, Sequence[Lines]], candidates: int
) -> Floats:
    wanted = np.zeros(candidates)
    share = 1 / sum(map(len, hunks.values()))
    for file in files:
        for first, last in hunks.get(file.path, ()):
            inside = file.chunks[(file.chunks[:, 0] <= last) & (file.chunks[:, 1] >= first)]
            known = inside[inside[:, 3] >= 0, 3]
            if len(known):
                wanted[known] += share / len(inside)
    return wanted


def _offer(file: FileLines, values: Floats) -> Offer:
    chunks = tuple(Chunk(file.path, *row, "", "") for row in file.chunks[:, :3].tolist())
    places = file.chunks[:, 3]
    worth = np.where(places >= 0, values[places], 0.0)
    return Offer(file.path, chunks, tuple(worth.tolist()), file.path_tokens, file.outline_tokens)
