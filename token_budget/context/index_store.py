"""Where what is known of the files is kept between runs: in the cache, one row a file."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.context.cache_parts import CachePart
from token_budget.context.file_record import FileRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.engine import RowMapping

    from token_budget.context.cache_database import CacheDatabase

KEPT_DAYS = 14
"""Rows that were made with other settings are kept this long: releases may take turns."""

PATHS_AT_ONCE = 500
"""Paths in one statement; databases bound the number of values in one."""

_tables = sa.MetaData()
_STAMP = ("modified_ns", "changed_ns", "stat_size", "inode")
_file = sa.Table(
    "indexed_file",
    _tables,
    sa.Column("settings", sa.Text, primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in _STAMP),
    sa.Column("wanted", sa.Boolean, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("left_out", sa.Text, nullable=False),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("size", "lines", "tokens")),
    sa.Column("encoding", sa.Text, nullable=False),
    sa.Column("outline", sa.Text, nullable=False),
    sa.Column("outline_tokens", sa.Integer, nullable=False),
    sa.Column("path_tokens", sa.Integer, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("chunks", sa.Text, nullable=False),
    sa.Column("chunk_count", sa.Integer, nullable=False),
    sa.Column("imports", sa.Text, nullable=False),
    sa.Column("postings", sa.LargeBinary, nullable=False),
)
_use = sa.Table(
    "index_use",
    _tables,
    sa.Column("settings", sa.Text, primary_key=True),
    sa.Column("used_at", sa.Float, nullable=False),
)

INDEX_PART = CachePart("chunk index", 2, _tables)

_PLAIN = tuple(
    field.name for field in fields(FileRecord) if field.name not in {"stamp", "postings"}
)


class IndexStore:
    """The rows of one workspace and one set of settings."""

    def __init__(self, database: CacheDatabase, workspace: str, settings: str) -> None:
        """Use a cache that has `INDEX_PART`.

        Args:
            database: The cache.
            workspace: What tells the workspace from others in the same database.
            settings: What tells these settings from others.
        """
        self._database = database
        self._key = f"{settings}:{workspace}"

    def records(self) -> dict[str, FileRecord]:
        """Everything but the postings, by path.

        Raises:
            StorageUnavailable: The cache cannot be read.
        """
        columns = [_file.c[name] for name in (*_PLAIN, *_STAMP)]
        wanted = sa.select(*columns).where(_file.c.settings == self._key)
        return self._database.guarded(lambda: self._read(wanted))

    def _read(self, wanted: sa.Select[Any]) -> dict[str, FileRecord]:
        with self._database.reading() as connection:
            rows = connection.execute(wanted).mappings()
            return {row["path"]: _record(row) for row in rows}

    def postings(self, paths: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """Path, SHA-256 of the file and postings, of those paths that are stored.

        Raises:
            StorageUnavailable: The cache cannot be read.
        """
        columns = (_file.c.path, _file.c.sha256, _file.c.postings)
        own = sa.select(*columns).where(_file.c.settings == self._key)
        for some in _batches(sorted(paths)):
            with self._database.reading() as connection:
                for row in connection.execute(own.where(_file.c.path.in_(some))):
                    yield row.path, row.sha256, row.postings

    def save(self, records: Sequence[FileRecord]) -> None:
        """Keep what is known of some files, in one transaction.

        Raises:
            StorageUnavailable: The cache cannot be written.
        """
        self._database.guarded(lambda: self._save(records))

    def _save(self, records: Sequence[FileRecord]) -> None:
        if not records:
            return
        with self._database.writing() as connection:
            for some in _batches([record.path for record in records]):
                connection.execute(self._these(some))
            connection.execute(sa.insert(_file), [self._row(record) for record in records])

    def remove(self, paths: Iterable[str]) -> None:
        """Forget files, and what nobody has used for long.

        Raises:
            StorageUnavailable: The cache cannot be written.
        """
        self._database.guarded(lambda: self._remove(sorted(paths)))

    def _remove(self, paths: Sequence[str]) -> None:
        now = time.time()
        old = sa.select(_use.c.settings).where(_use.c.used_at < now - KEPT_DAYS * 86_400)
        with self._database.writing() as connection:
            for some in _batches(paths):
                connection.execute(self._these(some))
            connection.execute(sa.delete(_use).where(_use.c.settings == self._key))
            connection.execute(sa.insert(_use).values(settings=self._key, used_at=now))
            connection.execute(sa.delete(_file).where(_file.c.settings.in_(old)))
            connection.execute(sa.delete(_use).where(_use.c.settings.in_(old)))

    def _these(self, paths: Sequence[str]) -> sa.Delete:
        return sa.delete(_file).where(_file.c.settings == self._key, _file.c.path.in_(paths))

    def _row(self, record: FileRecord) -> dict[str, object]:
        plain = {name: getattr(record, name) for name in (*_PLAIN, "postings")}
        return {"settings": self._key, **plain, **dict(zip(_STAMP, record.stamp, strict=True))}


def _record(row: RowMapping) -> FileRecord:
    modified, changed, size, inode = (row[name] for name in _STAMP)
    return FileRecord(
        **{name: row[name] for name in _PLAIN}, stamp=(modified, changed, size, inode)
    )


def _batches(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(paths), PATHS_AT_ONCE):
        yield paths[start : start + PATHS_AT_ONCE]
