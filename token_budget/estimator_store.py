"""Where an estimator keeps what it has learnt, and which commits were mined."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from estimators.adaptation import Adaptation
from token_budget.errors import DamagedState
from token_budget.storage import Database, estimator_state, mined_commit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.engine import Connection

Adaptations = dict[str, Adaptation]
"""What was learnt, by output format."""

EXPORT_VERSION = 1
"""Counts up whenever the meaning of an exported state changes."""

WRITTEN_AT_ONCE = 200
"""Mined commits that are written in one transaction: a transaction waits for the disk."""


class EstimatorStore:
    """The state of the estimator of a workspace; processes may share it."""

    def __init__(self, database: Database) -> None:
        """Use an open database."""
        self.database = database

    def load(self) -> Adaptations:
        """What was learnt; nothing where nothing was.

        Raises:
            StorageUnavailable: The database cannot be read.
            DamagedState: What stands there cannot be used.
        """
        with self.database.reading() as connection:
            return self._loaded(connection)

    def update(self, change: Callable[[Adaptations], Mapping[str, Adaptation]]) -> None:
        """Replace what was learnt by what ``change`` makes of it, while nobody else writes.

        Raises:
            StorageUnavailable: The database cannot be written; nothing is changed.
            DamagedState: What stands there cannot be used; nothing is changed.
        """
        with self.database.writing() as connection:
            changed = change(self._loaded(connection))
            connection.execute(sa.delete(estimator_state))
            rows = [
                {"output_format": name, "body": json.dumps(known.as_json())}
                for name, known in changed.items()
            ]
            if rows:
                connection.execute(sa.insert(estimator_state), rows)

    def reset(self) -> None:
        """Forget what was learnt; mined commits are kept."""
        with self.database.writing() as connection:
            connection.execute(sa.delete(estimator_state))

    def exported(self) -> dict[str, Any]:
        """What was learnt, as a value that JSON can hold; `merge` takes it elsewhere."""
        formats = {name: known.as_json() for name, known in self.load().items()}
        return {"version": EXPORT_VERSION, "formats": formats}

    def merge(self, exported: Mapping[str, Any]) -> None:
        """Add what another store has learnt.

        Raises:
            DamagedState: It is of another version or damaged; nothing is changed.
        """
        if exported.get("version") != EXPORT_VERSION:
            found = exported.get("version")
            raise DamagedState(
                "exported state", f"expected version {EXPORT_VERSION}, found {found!r}"
            )
        theirs = _read(exported.get("formats", {}), "exported state")

        def merged(mine: Adaptations) -> Adaptations:
            none = Adaptation()
            names = {**mine, **theirs}
            return {n: mine.get(n, none).merged(theirs.get(n, none)) for n in names}

        self.update(merged)

    def commits(self, repository: str) -> StoredCommits:
        """The mined commits of a repository: a cache for `estimators.history.mine`."""
        return StoredCommits(self.database, repository)

    def _loaded(self, connection: Connection) -> Adaptations:
        rows = connection.execute(sa.select(estimator_state)).all()
        return _read({row.output_format: row.body for row in rows}, self.database.shown)


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


def _read(formats: Mapping[str, Any], source: str) -> Adaptations:
    try:
        parsed = {n: json.loads(one) if isinstance(one, str) else one for n, one in formats.items()}
        return {name: Adaptation.from_json(one) for name, one in parsed.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedState(source, f"what the estimator learnt is damaged: {error!r}") from error
