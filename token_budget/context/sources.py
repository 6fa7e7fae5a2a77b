"""What the signals of a ranking read: the index, the history, the texts of files."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from token_budget.context.change_history import ChangeHistory, line_key
from token_budget.context.errors import FileChanged, FileNotIndexed
from token_budget.context.file_text import lines_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from token_budget.context.bm25 import Bm25
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

    def search(
        self,
        words: Mapping[str, float],
        limit: int,
        *,
        paths: Collection[str] | None = None,
        parameters: Bm25 | None = None,
    ) -> list[tuple[Chunk, float]]:
        """The best chunks, of these files or of all, the best first."""

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

    def lines(self, path: str) -> Sequence[str] | None:
        """The lines of a file without their ends; None if it is not what was indexed any more."""
        read = self._file(path)
        return read.lines if read else None

    def line_keys(self, path: str) -> Sequence[int]:
        """`change_history.line_key` of every line; none if it is not what was indexed any more."""
        read = self._file(path)
        return read.keys if read else ()

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

    @cached_property
    def keys(self) -> Sequence[int]:
        return [line_key(line) for line in self.lines]
