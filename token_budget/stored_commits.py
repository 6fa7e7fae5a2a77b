"""The commits that were mined, kept so that they are read once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.storage_tables import mined_commit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.storage import Database

WRITTEN_AT_ONCE = 200
"""Mined commits that are written in one transaction: a transaction waits for the disk."""


class StoredCommits:
    """Mined commits in the database; written in lots, the last one by `flush`."""

    def __init__(self, database: Database, repository: str) -> None:
        """Read every entry of the repository once."""
        self._database, self._repository = database, repository
        self._waiting: dict[str, str] = {}
        query = sa.select(mined_commit.c.commit, mined_commit.c.body)
        with database.reading() as connection:
            own = query.where(mined_commit.c.repository == repository)
            self._known = {row.commit: row.body for row in connection.execute(own)}

    def get(self, commit: str) -> Mapping[str, Any] | None:
        """The entry of a commit; None if there is none."""
        body = self._known.get(commit)
        return None if body is None else json.loads(body)

    def put(self, commit: str, entry: Mapping[str, Any]) -> None:
        """Keep the entry of a commit, in place of an earlier one."""
        self._known[commit] = self._waiting[commit] = json.dumps(entry)
        if len(self._waiting) >= WRITTEN_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        rows = [
            {"repository": self._repository, "commit": commit, "body": body}
            for commit, body in self._waiting.items()
        ]
        own = mined_commit.c.repository == self._repository
        with self._database.writing() as connection:
            stale = sa.delete(mined_commit).where(own, mined_commit.c.commit == sa.bindparam("key"))
            connection.execute(stale, [{"key": row["commit"]} for row in rows])
            connection.execute(sa.insert(mined_commit), rows)
        self._waiting.clear()
