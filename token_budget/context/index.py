"""The index of a workspace: its files, their chunks, words, outlines and imports.

    index = ChunkIndex(Path("."))
    index.refresh()
    best = index.search(words_of("How are token counts cached?"), limit=20)

It is kept in the workspace's ``.token-budget/cache.db`` and changed in place: only files whose stat
changed are read again.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from token_budget.context.cache_database import CacheDatabase, cache_url
from token_budget.context.candidate_rules import CandidateRules
from token_budget.context.candidates import check_is_folder
from token_budget.context.errors import FileChanged, FileNotIndexed
from token_budget.context.file_record import IndexSettings
from token_budget.context.file_records import FileRecords
from token_budget.context.file_text import NotText, read_text
from token_budget.context.imports.resolver import ImportResolver
from token_budget.context.index_store import INDEX_PART, IndexStore
from token_budget.context.lexical_index import LexicalIndex
from token_budget.context.splitting.blocks import ChunkSize
from token_budget.context.surroundings import Surroundings
from token_budget.counting import TokenCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from token_budget.context.bm25 import Bm25
    from token_budget.context.file_record import FileRecord
    from token_budget.context.values import Chunk, Refreshed, SourceFile


class ChunkIndex:
    """The index of one workspace; not safe to refresh while another thread uses it.

    Attributes:
        root: The workspace.
        database: Where the index is kept; its warnings say what happened to it.
    """

    def __init__(  # noqa: PLR0913 - all but the root have a default and are given by name
        self,
        root: Path,
        database: CacheDatabase | None = None,
        counter: TokenCounter | None = None,
        *,
        rules: CandidateRules | None = None,
        size: ChunkSize | None = None,
        jobs: int | None = None,
    ) -> None:
        """Open the index of a workspace; nothing is read before `refresh`.

        Args:
            root: The workspace.
            database: Where the index is kept, opened with `INDEX_PART`; None: in the workspace.
            counter: Whose engine counts; None: the faster one that is installed.
            rules: Which files are left out; None: the defaults.
            size: How large chunks should be; None: the default.
            jobs: Processes for a large refresh; None: one a core.

        Raises:
            WorkspaceError: The root is no folder, or cannot be listed.
        """
        check_is_folder(root)
        self.root = root
        self.database = database or CacheDatabase(cache_url(root.absolute()), INDEX_PART)
        engine = (counter or TokenCounter()).engine
        settings = IndexSettings(rules or CandidateRules(), size or ChunkSize(), engine)
        # In the workspace's own cache the index moves with the workspace.
        place = "." if database is None else str(root.resolve())
        store = IndexStore(self.database, place, settings.fingerprint())
        self._most_bytes = settings.rules.max_file_bytes
        self._records = FileRecords(root, store, settings, jobs)
        self._told = 0
        self._files: dict[str, SourceFile] | None = None
        self._chunk_count: int | None = None
        self._imports: dict[str, frozenset[str]] | None = None
        self._surroundings: Surroundings | None = None
        self._decoded: dict[str, tuple[Chunk, ...]] = {}
        self._numbers: dict[str, dict[int, int]] = {}
        self._lexical: LexicalIndex | None = None

    def refresh(
        self, progress: Callable[[int, int], None] | None = None, include: Iterable[str] = ()
    ) -> Refreshed:
        """Bring the index up to what stands in the workspace now.

        Args:
            progress: Told how many of how many files have been read; for progress bars.
            include: Files and folders that come in whatever git and the rules say of them.

        Raises:
            WorkspaceError: The root is no folder any more.
        """
        difference = self._records.refresh(progress, include)
        lexical, changed = self._lexical, difference.changed | difference.removed
        if changed:
            self._forget()
        if lexical and changed and not lexical.wants_remaking(changed):
            lexical.update(self._records.words(difference.changed), difference.removed)
            self._lexical = lexical
        refreshed = difference.refreshed
        return replace(refreshed, warnings=(*self._said_by_database(), *refreshed.warnings))

    def files(self) -> Mapping[str, SourceFile]:
        """Every file of the index, by path; sorted."""
        if self._files is None:
            indexed = sorted(self._records.indexed.items())
            self._files = {path: record.source_file() for path, record in indexed}
        return MappingProxyType(self._files)

    def chunks(self, paths: Iterable[str] | None = None) -> Mapping[str, tuple[Chunk, ...]]:
        """The chunks of some files, or of all, in order.

        Raises:
            FileNotIndexed: The index does not hold one of the paths.
        """
        return {path: self._chunks_of(path) for path in (self.files() if paths is None else paths)}

    def chunk_count(self) -> int:
        """How many chunks all files have together; none of them is made for it."""
        if self._chunk_count is None:
            self._chunk_count = sum(one.chunk_count for one in self._records.indexed.values())
        return self._chunk_count

    def search(
        self,
        words: Mapping[str, float],
        limit: int,
        *,
        parameters: Bm25 | None = None,
    ) -> list[tuple[Chunk, float]]:
        """The best chunks by BM25 over their words and those of their paths, the best first.

        Args:
            words: The words of the query, as `words.words_of` writes them, with their weights.
            limit: How many at most.
            parameters: Of BM25; None: the usual ones.
        """
        found = self._searchable().chunks(words, limit, parameters)
        return [(self._chunks_of(path)[number], score) for path, number, score in found]

    def scores(
        self, words: Mapping[str, float], chunks: Sequence[Chunk], *, parameters: Bm25 | None = None
    ) -> NDArray[np.float64]:
        """The score of each of some chunks, as `search` has it; 0 for those that have no word.

        Args:
            words: As of `search`.
            chunks: Of the index.
            parameters: Of BM25; None: the usual ones.
        """
        searchable = self._searchable()
        by_path = {path: self._numbers_of(path) for path in {chunk.path for chunk in chunks}}
        places = [(chunk.path, by_path[chunk.path][chunk.first_line]) for chunk in chunks]
        return searchable.scores(words, places, parameters)

    def search_files(
        self, words: Mapping[str, float], limit: int, *, parameters: Bm25 | None = None
    ) -> list[tuple[str, float]]:
        """The best files by BM25 over the words of the whole file and its path, the best first."""
        return self._searchable().files(words, limit, parameters)

    def imports(self) -> Mapping[str, frozenset[str]]:
        """The files that each file imports; a file that imports none of these is not in it."""
        if self._imports is None:
            indexed = self._records.indexed.items()
            statements = {path: record.import_values() for path, record in indexed}
            self._imports = ImportResolver(statements).imports()
        return MappingProxyType(self._imports)

    def surroundings(self) -> Surroundings:
        """The files by their folders, names and words, and who imports whom."""
        if self._surroundings is None:
            self._surroundings = Surroundings(self.files(), self.imports())
        return self._surroundings

    def text(self, path: str) -> str:
        """What stands in a file: that of which `files` and `chunks` speak.

        Raises:
            FileNotIndexed: The index does not hold the path.
            FileChanged: The file is not what was indexed, or is gone.
        """
        record = self._record(path)
        try:
            read = read_text(self.root / path, self._most_bytes)
        except (OSError, NotText) as error:
            raise FileChanged(path) from error
        if read.sha256 != record.sha256:
            raise FileChanged(path)
        return read.text

    def outline(self, path: str) -> str:
        """The signatures of a file and the first lines of its docstrings, with line numbers.

        Raises:
            FileNotIndexed: The index does not hold the path.
        """
        return self._record(path).outline

    def mode(self, path: str) -> str:
        """How the chunks and the outline of a file were found: see `source_structure.Structure`.

        Raises:
            FileNotIndexed: The index does not hold the path.
        """
        return self._record(path).mode

    def close(self) -> None:
        """Give back the connections to the cache."""
        self.database.close()

    def _said_by_database(self) -> list[str]:
        """What happened to the cache since this was asked last."""
        said = self.database.warnings[self._told :]
        self._told += len(said)
        return said

    def _forget(self) -> None:
        """What is derived from the records is made again when it is next asked for."""
        self._files = self._imports = self._surroundings = self._lexical = None
        self._chunk_count = None
        self._decoded, self._numbers = {}, {}

    def _record(self, path: str) -> FileRecord:
        record = self._records.get(path)
        if record is None:
            raise FileNotIndexed(path)
        return record

    def _chunks_of(self, path: str) -> tuple[Chunk, ...]:
        if path not in self._decoded:
            self._decoded[path] = self._record(path).chunk_values()
        return self._decoded[path]

    def _numbers_of(self, path: str) -> dict[int, int]:
        """The numbers of a file's chunks by their first lines."""
        if path not in self._numbers:
            chunks = self._chunks_of(path)
            self._numbers[path] = {chunk.first_line: place for place, chunk in enumerate(chunks)}
        return self._numbers[path]

    def _searchable(self) -> LexicalIndex:
        if self._lexical is None:
            before = self._records.indexed
            words = self._records.words(before)
            if self._records.indexed != before:  # some had to be read again
                self._forget()
            self._lexical = LexicalIndex(words)
        return self._lexical
