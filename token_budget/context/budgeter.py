"""The context of every phase of one workspace: index, history and embedder, opened once.

`BudgetPolicy.context` asks it; it can be used without a policy too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from token_budget.context.artifact_files import RunArtifacts, read_artifacts
from token_budget.context.artifacts import first_part, substitutions
from token_budget.context.cache_database import CacheDatabase, cache_url
from token_budget.context.change_history import ChangeHistory
from token_budget.context.embeddings.cap import NO_LIMIT, EmbeddingCap
from token_budget.context.embeddings.embedding import Embedding
from token_budget.context.embeddings.vector_cache import VectorCache
from token_budget.context.errors import FileChanged
from token_budget.context.history_reading import head_of, read_history
from token_budget.context.history_store import HISTORY_PART, HistoryStore
from token_budget.context.index import ChunkIndex
from token_budget.context.pinning import pinned_paths
from token_budget.context.query import query_for
from token_budget.context.selection import select_context
from token_budget.context.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from estimators.deliverable import Deliverable
    from token_budget.context.artifacts import Artifact, Substitutions
    from token_budget.context.budget import ContextBudget
    from token_budget.context.embeddings.protocol import Embedder
    from token_budget.context.query import ContextQuery
    from token_budget.context.ranking import Compare
    from token_budget.context.selected import ContextSelection
    from token_budget.counting import TokenCounter
    from token_budget.spec import Phase


class ContextBudgeter:
    """Chooses contexts; keep one as long as a run, so that nothing is read twice.

    Not safe to be used by several threads at once.
    """

    def __init__(  # noqa: PLR0913 - each is a setting with a default
        self,
        workspace: Path,
        counter: TokenCounter,
        *,
        embedder: Embedder | None = None,
        embedding_cap: int = NO_LIMIT,
        vectors: VectorCache | None = None,
        artifacts: bool = False,
    ) -> None:
        """Open the index of a workspace; it is read with the first context.

        Args:
            workspace: The folder that phases are about.
            counter: Counts ``cl100k_base`` tokens.
            embedder: Who compares texts by their meaning; None: words alone do.
            embedding_cap: Texts that a phase may have embedded; 0: embeddings are off; -1: no
                limit. Those whose vectors are kept already are free.
            vectors: Where vectors are kept; None: with the workspace.
            artifacts: Whether summaries of a run stand in for files that are only read.

        Raises:
            ConfigError: A setting cannot be used.
            WorkspaceError: The workspace is no folder, or cannot be listed.
        """
        EmbeddingCap(embedding_cap)  # refuses what is no cap before anything is read
        self._workspace, self._counter = workspace, counter
        self._embedder, self._cap, self._artifacts = embedder, embedding_cap, artifacts
        self._index = ChunkIndex(workspace, counter=counter)
        self._vectors = vectors
        self._sources: Sources | None = None
        self._head = ""

    def select(
        self,
        phase: Phase,
        deliverables: Sequence[Deliverable],
        budget: ContextBudget,
        progress: Callable[[int, int], None] | None = None,
    ) -> ContextSelection:
        """What of the workspace goes into the prompt of a phase.

        Args:
            phase: The phase.
            deliverables: Its deliverables, resolved against the workspace.
            budget: How much there is room for.
            progress: Told how many of how many files have been read.

        Raises:
            ConfigError: The id of the run cannot name a folder of summaries.
            PinnedFilesTooLarge: In strict mode: the pinned files do not fit whole, or are there
                and are not read.
            WorkspaceError: The workspace cannot be listed any more.
        """
        query = query_for(phase, deliverables)
        wanted = (*query.deliverables, *query.read_only, *query.scope)
        refreshed = self._index.refresh(progress, include=wanted)
        left = self._left_by_run(phase)
        selection = select_context(
            query,
            self._read_sources(),
            budget,
            compare=self._compare(),
            substitutions=self._substitutions(left, query),
            left_out=refreshed.left_out,
        )
        said = (*selection.warnings, *refreshed.warnings, *_passed_over(left))
        return replace(selection, warnings=said)

    def _read_sources(self) -> Sources:
        """The index, with the history of the branch: read again when the branch has moved."""
        head = head_of(self._workspace)
        if self._sources is None or head != self._head:
            store = HistoryStore(CacheDatabase(self._cache_url(), HISTORY_PART))
            history = read_history(self._workspace, store)
            self._sources = Sources(self._index, ChangeHistory(history.commits, history.reason))
            self._head = head
        return self._sources

    def _compare(self) -> Compare | None:
        if self._embedder is None:
            return None
        if self._vectors is None:
            self._vectors = VectorCache.opened(self._cache_url())
        return Embedding(self._embedder, self._vectors, EmbeddingCap(self._cap)).similarities

    def _left_by_run(self, phase: Phase) -> RunArtifacts:
        """The summaries of the phase's run, where they are wanted."""
        if not self._artifacts or not phase.run_id:
            return RunArtifacts()
        return read_artifacts(self._workspace, phase.run_id)

    def _substitutions(self, left: RunArtifacts, query: ContextQuery) -> Substitutions:
        """What stands for files that are only read: summaries, and the beginnings of reports."""
        files = self._index.files()
        only_read = frozenset(pinned_paths(query, files)) - {*query.deliverables}
        reports = [path for path in sorted(only_read) if left.holds(path)]
        parts = [part for one in reports if (part := self._first_part(one)) is not None]
        return substitutions((*left.artifacts, *parts), files, only_read, self._counter.count)

    def _first_part(self, path: str) -> Artifact | None:
        """The beginning of a report; None: it is not what was indexed any more."""
        try:
            return first_part(path, self._index.files()[path].sha256, self._index.text(path))
        except FileChanged:
            return None

    def _cache_url(self) -> str:
        return cache_url(self._workspace.absolute())


def _passed_over(left: RunArtifacts) -> tuple[str, ...]:
    if not left.unaddressed:
        return ()
    what = f"{left.unaddressed:,} reports of the run do not say which content of which file"
    return (f"{what} they are about: they stand for none",)
