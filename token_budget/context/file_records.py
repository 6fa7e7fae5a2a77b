"""What is known of all files of a workspace, kept in step with what stands there."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from token_budget.context.candidates import find_candidates
from token_budget.context.indexing import analysed_batch, analysed_in_batches
from token_budget.context.lexical_segment import FileWords
from token_budget.context.values import LeftOut, Refreshed
from token_budget.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from token_budget.context.candidates import Candidates
    from token_budget.context.file_record import FileRecord, IndexSettings
    from token_budget.context.file_text import Stamp
    from token_budget.context.index_store import IndexStore

SIZE_IN_STAMP = 2
"""Where the size is in a `Stamp`."""

SHOWN_FILES = 5
"""How many of the files that do not parse a warning names."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a refresh changed.

    Attributes:
        refreshed: What the index says of it.
        changed: Files that are new or other than before.
        removed: Files that are no part of the index any more.
    """

    refreshed: Refreshed
    changed: frozenset[str]
    removed: frozenset[str]


class FileRecords:
    """The records of one workspace, in memory and in the cache."""

    def __init__(
        self, root: Path, store: IndexStore, settings: IndexSettings, jobs: int | None
    ) -> None:
        """Use what the cache knows; it is read with the first refresh.

        Args:
            root: The workspace.
            store: Its rows in the cache.
            settings: What decides what is found out of a file.
            jobs: Processes for much work; None: one a core.
        """
        self._root, self._store, self._settings, self._jobs = root, store, settings, jobs
        self._records: dict[str, FileRecord] | None = None
        self._warnings: list[str] = []

    @property
    def indexed(self) -> dict[str, FileRecord]:
        """The files that are part of the index, by path."""
        known = self._records or {}
        return {path: record for path, record in known.items() if not record.left_out}

    def get(self, path: str) -> FileRecord | None:
        """What is known of a file that is part of the index; None: it is none."""
        record = (self._records or {}).get(path)
        return record if record and not record.left_out else None

    def refresh(
        self, progress: Callable[[int, int], None] | None, include: Iterable[str]
    ) -> Difference:
        """Look at the workspace, read what changed and keep what was found.

        Raises:
            WorkspaceError: The root is no folder any more.
        """
        started = time.perf_counter()
        records = self._loaded()
        before = self.indexed
        found = find_candidates(self._root, self._settings.rules, include)
        self._read(_stale(found, records), found, progress)
        gone = records.keys() - found.stamps.keys()
        for path in gone:
            del records[path]
        self._forget(gone)
        return self._difference(before, found, time.perf_counter() - started)

    def words(self, paths: Iterable[str]) -> dict[str, FileWords]:
        """What of some indexed files goes into a search; read from the cache where it is there."""
        known = self.indexed
        asked = {path: known[path] for path in paths if path in known}
        stored = self._stored_postings([path for path, one in asked.items() if not one.postings])
        words = {}
        for path, record in asked.items():
            postings = record.postings or stored.get((path, record.sha256))
            # Another process has changed the row, or the cache is gone.
            current = self._again(path) if postings is None else record
            if not current.left_out:
                words[path] = FileWords(postings or current.postings, current.chunk_count)
        return words

    def _loaded(self) -> dict[str, FileRecord]:
        if self._records is None:
            try:
                self._records = self._store.records()
            except StorageUnavailable as error:
                self._warnings.append(f"{error}; the index is made anew")
                self._records = {}
        return self._records

    def _read(
        self,
        stale: list[tuple[str, int]],
        found: Candidates,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        records, done = self._loaded(), 0
        batches = analysed_in_batches(self._root, stale, self._settings, found.wanted, self._jobs)
        for batch in batches:
            saved = self._saved(batch)
            for record in batch:
                records[record.path] = replace(record, postings=b"") if saved else record
            done += len(batch)
            if progress:
                progress(done, len(stale))

    def _saved(self, batch: list[FileRecord]) -> bool:
        try:
            self._store.save(batch)
        except StorageUnavailable as error:
            self._warnings.append(f"{error}; a part of the index is kept in memory only")
            return False
        return True

    def _forget(self, paths: Collection[str]) -> None:
        try:
            self._store.remove(paths)
        except StorageUnavailable as error:
            self._warnings.append(f"{error}; files that are gone will be looked for again")

    def _stored_postings(self, paths: list[str]) -> dict[tuple[str, str], bytes]:
        try:
            return {(path, sha256): held for path, sha256, held in self._store.postings(paths)}
        except StorageUnavailable as error:
            self._warnings.append(f"{error}; the files were read again")
            return {}

    def _difference(
        self, before: dict[str, FileRecord], found: Candidates, seconds: float
    ) -> Difference:
        after = self.indexed
        added, removed = after.keys() - before.keys(), before.keys() - after.keys()
        both = after.keys() & before.keys()
        changed = {path for path in both if after[path].sha256 != before[path].sha256}
        refreshed = Refreshed(
            files=len(after),
            added=len(added),
            changed=len(changed),
            removed=len(removed),
            left_out=self._left_out(found),
            warnings=(*found.warnings, *self._said(), *_not_parsed(after)),
            seconds=seconds,
        )
        return Difference(refreshed, frozenset(added | changed), frozenset(removed))

    def _left_out(self, found: Candidates) -> tuple[LeftOut, ...]:
        known = self._loaded().values()
        by_content = [LeftOut(one.path, one.left_out) for one in known if one.left_out]
        return tuple(sorted((*found.left_out, *by_content), key=lambda one: one.path))

    def _said(self) -> list[str]:
        """What went wrong since this was asked last; what happened often is said once."""
        said, self._warnings = list(dict.fromkeys(self._warnings)), []
        return said

    def _again(self, path: str) -> FileRecord:
        wanted = {path} if self._loaded()[path].wanted else set()
        (record,) = analysed_batch(self._root, [path], self._settings, wanted)
        self._loaded()[path] = record
        return record


def _stale(found: Candidates, records: dict[str, FileRecord]) -> list[tuple[str, int]]:
    """The files to be read, with their sizes in bytes."""
    return [
        (path, stamp[SIZE_IN_STAMP])
        for path, stamp in found.stamps.items()
        if _is_stale(records.get(path), stamp, wanted=path in found.wanted)
    ]


def _is_stale(record: FileRecord | None, stamp: Stamp, *, wanted: bool) -> bool:
    return record is None or record.stamp != stamp or record.wanted != wanted


def _not_parsed(records: dict[str, FileRecord]) -> Iterator[str]:
    """One warning for all files that their own grammar does not understand."""
    broken = [
        f"{path} ({record.mode.partition(': ')[2]})"
        for path, record in sorted(records.items())
        if ": " in record.mode
    ]
    if broken:
        more = f" and {len(broken) - SHOWN_FILES} more" if len(broken) > SHOWN_FILES else ""
        named = ", ".join(broken[:SHOWN_FILES])
        yield f"split by blank lines and indentation, not by grammar: {named}{more}"
