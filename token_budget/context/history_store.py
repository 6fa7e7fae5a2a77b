"""Where the changes of past commits are kept between runs: in the cache, one row a commit."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from token_budget.context.cache_parts import CachePart
from token_budget.context.change_history import FileChange
from token_budget.context.touched_lines import HunkPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from token_budget.context.cache_database import CacheDatabase

NAMES_AT_ONCE = 500
"""Names in one statement; databases bound the number of values in one."""

MOST_ROWS = 20_000
"""More rows than this are dropped all at once: about 20 MB, of many branches or repositories."""

_tables = sa.MetaData()
_commit = sa.Table(
    "past_commit",
    _tables,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("changes", sa.LargeBinary, nullable=False),
)

HISTORY_PART = CachePart("change history", 2, _tables)


class HistoryStore:
    """What commits changed, by their object names: never out of date."""

    def __init__(self, database: CacheDatabase) -> None:
        """Use a cache that has `HISTORY_PART`."""
        self._database = database

    def changes(self, names: Sequence[str]) -> dict[str, tuple[FileChange, ...]]:
        """What is kept of these commits.

        Raises:
            StorageUnavailable: The cache cannot be read.
        """
        return self._database.guarded(lambda: self._changes(names))

    def keep(self, changes: Mapping[str, Iterable[FileChange]]) -> None:
        """Keep what some commits changed.

        Raises:
            StorageUnavailable: The cache cannot be written.
        """
        rows: list[dict[str, object]] = [
            {"name": name, "changes": _packed(each)} for name, each in changes.items()
        ]
        self._database.guarded(lambda: self._keep(rows))

    def _changes(self, names: Sequence[str]) -> dict[str, tuple[FileChange, ...]]:
        found: dict[str, tuple[FileChange, ...]] = {}
        with self._database.reading() as connection:
            for start in range(0, len(names), NAMES_AT_ONCE):
                wanted = _commit.c.name.in_(names[start : start + NAMES_AT_ONCE])
                for name, packed in connection.execute(sa.select(_commit).where(wanted)):
                    found[name] = _unpacked(packed)
        return found

    def _keep(self, rows: list[dict[str, object]]) -> None:
        with self._database.writing() as connection:
            held = connection.scalar(sa.select(sa.func.count()).select_from(_commit)) or 0
            doomed = [row["name"] for row in rows]
            everything = held + len(rows) > MOST_ROWS
            connection.execute(
                sa.delete(_commit)
                if everything
                else sa.delete(_commit).where(_commit.c.name.in_(doomed))
            )
            connection.execute(sa.insert(_commit), rows)


def _packed(changes: Iterable[FileChange]) -> bytes:
    values = [[one.path, one.old_path, one.hunks] for one in changes]
    return zlib.compress(json.dumps(values, separators=(",", ":")).encode(), level=1)


def _unpacked(packed: bytes) -> tuple[FileChange, ...]:
    values = json.loads(zlib.decompress(packed))
    return tuple(
        FileChange(path, old, tuple(HunkPlace(*hunk) for hunk in hunks))
        for path, old, hunks in values
    )
