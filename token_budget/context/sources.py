"""What the signals of a ranking read: the index, the history, the texts of files."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

from token_budget.context.change_history import ChangeHistory
from token_budget.context.errors import FileChanged, FileNotIndexed
from token_budget.context.file_text import lines_of
from token_budget.context.signals.line_ages import chunk_ages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from token_budget.context.bm25 import Bm25
    from token_budget.context.signals.line_ages import Ages
    from token_budget.context.surroundings import Surroundings
    from token_budget.context.values import Chunk, SourceFile


REMEMBERED_FILES = 2_000
"""Files whose lines are remembered; those read longest ago go first. About 50 MB."""


class Searchable(Protocol):
    """What a ranking needs of an index; `index.ChunkIndex` has it."""

    def files(self) -> Mapping[str, SourceFile]:
        """Every file, by path."""

    def chunks(self, paths: Iterable[str] | None = None) -> Mapping[str, tuple[Chunk, ...]]:
        """The chunks of some files, or of all."""

    def chunk_count(self) -> int:
        """How many chunks all files have."""

    def search(
        self,
        words: Mapping[str, float],
        limit: int,
        *,
        parameters: Bm25 | None = None,
    ) -> list[tuple[Chunk, float]]:
        """The best chunks, the best first."""

    def scores(
        self, words: Mapping[str, float], chunks: Sequence[Chunk], *, parameters: Bm25 | None = None
    ) -> NDArray[np.float64]:
        """The score of each of some chunks."""

    def search_files(
        self, words: Mapping[str, float], limit: int, *, parameters: Bm25 | None = None
    ) -> list[tuple[str, float]]:
        """The best files, the best first."""

    def surroundings(self) -> Surroundings:
        """The files by their folders, names and words, and who imports whom."""

    def text(self, path: str) -> str:
        """What stands in a file."""

    def outline(self, path: str) -> str:
        """The signatures of a file."""


class Sources:
    """The index and the history of one workspace, and what was read of its files.

    Keep one as long as the index: what is read of a file is remembered until the file changes.

    Attributes:
        index: The index.
        history: The history; an empty one where there is no git.
    """

    def __init__(self, index: Searchable, history: ChangeHistory | None = None) -> None:
        """Take the index, and the history where there is one."""
        self.index = index
        self.history = history or ChangeHistory(reason="no history was given")
        self._read: OrderedDict[str, _ReadFile] = OrderedDict()
        self._ages: dict[str, tuple[str, dict[int, Ages]]] = {}

    def lines(self, path: str) -> Sequence[str] | None:
        """The lines of a file without their ends; None if it is not what was indexed any more."""
        read = self._file(path)
        return read.lines if read else None

    def ages(self, chunks: Sequence[Chunk]) -> list[Ages]:
        """The commits that changed each of some chunks, as `line_ages.chunk_ages` says."""
        if not self.history.commits:
            return [()] * len(chunks)
        known = {path: self._ages_in(path) for path in {chunk.path for chunk in chunks}}
        return [known[chunk.path].get(chunk.first_line, ()) for chunk in chunks]

    def _ages_in(self, path: str) -> Mapping[int, Ages]:
        """The ages of a file's chunks by their first lines."""
        sha256 = self.index.files()[path].sha256
        known = self._ages.get(path)
        if known is None or known[0] != sha256:
            chunks = self.index.chunks([path])[path]
            ages = chunk_ages(chunks, self.history) if chunks else []
            first_lines = [chunk.first_line for chunk in chunks]
            self._ages[path] = known = sha256, dict(zip(first_lines, ages, strict=True))
        return known[1]

    def _file(self, path: str) -> _ReadFile | None:
        sha256 = self.index.files()[path].sha256
        known = self._read.get(path)
        if known is None or known.sha256 != sha256:
            try:
                known = _ReadFile(sha256, lines_of(self.index.text(path)))
            except (FileChanged, FileNotIndexed):
                return None
            self._remember(path, known)
        return known

    def _remember(self, path: str, known: _ReadFile) -> None:
        self._read[path] = known
        self._read.move_to_end(path)
        if len(self._read) > REMEMBERED_FILES:
            self._read.popitem(last=False)


class _ReadFile:
    """A file as it was read."""

    def __init__(self, sha256: str, lines: Sequence[str]) -> None:
        self.sha256, self.lines = sha256, lines
