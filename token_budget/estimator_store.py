"""Where the estimators keep what they have learnt in a workspace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from estimators.adaptation import Adaptation
from estimators.thinking import ThinkingEstimator
from token_budget.errors import AlreadyMerged, DamagedState
from token_budget.exported_state import ExportedState
from token_budget.learnt import Learnt
from token_budget.observed_answers import count_answers, insert_answer, read_answers
from token_budget.storage_tables import (
    estimator_state,
    mined_commit,
    new_origin,
    state_origin,
    thinking_state,
)
from token_budget.stored_commits import StoredCommits
from token_budget.telemetry.tables import observed_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from token_budget.observed_answers import ObservedAnswer
    from token_budget.storage import Database

_Source = TypeVar("_Source")
_Value = TypeVar("_Value")

Adaptations = dict[str, Adaptation]
"""What was learnt of visible output, by output format."""


class EstimatorStore:
    """What was learnt in a workspace; processes may share it."""

    def __init__(self, database: Database) -> None:
        """Use an open database."""
        self.database = database

    def learnt(self) -> Learnt:
        """All that was learnt; nothing where nothing was.

        Raises:
            StorageUnavailable: The database cannot be read.
            DamagedState: What stands there cannot be used.
        """
        with self.database.reading() as connection:
            return self._learnt(connection)

    def load(self) -> Adaptations:
        """What was learnt of visible output; raises as `learnt` does."""
        return dict(self.learnt().adaptations)

    def update(self, change: Callable[[Adaptations], Mapping[str, Adaptation]]) -> None:
        """Replace what was learnt of visible output by what ``change`` makes of it.

        Nobody else writes meanwhile.

        Raises:
            StorageUnavailable: The database cannot be written; nothing is changed.
            DamagedState: What stands there cannot be used; nothing is changed.
        """
        with self.database.writing() as connection:
            _write_adaptations(connection, change(self._adaptations(connection)))

    def update_thinking(self, change: Callable[[ThinkingEstimator], ThinkingEstimator]) -> None:
        """Replace what was learnt of thinking by what ``change`` makes of it; as `update`."""
        with self.database.writing() as connection:
            _write_thinking(connection, change(self._thinking(connection)))

    def observe(self, answer: ObservedAnswer, change: Callable[[Learnt], Learnt]) -> bool:
        """Keep what a real answer took, and replace what was learnt by what ``change`` makes of it.

        Returns:
            Whether that was done now: an attempt that was observed before is not learnt twice.

        Raises:
            StorageUnavailable: The database cannot be written; nothing is changed.
            DamagedState: What stands there cannot be used; nothing is changed.
        """
        with self.database.writing() as connection:
            if not insert_answer(connection, answer):
                return False
            known = change(self._learnt(connection))
            _write_adaptations(connection, known.adaptations)
            _write_thinking(connection, known.thinking)
            return True

    def relearn(
        self, change: Callable[[Adaptations, Sequence[ObservedAnswer]], Mapping[str, Adaptation]]
    ) -> None:
        """As `update`, for a change that also hears the observed answers, the oldest first."""
        with self.database.writing() as connection:
            answers = self._read(connection, read_answers)
            known = change(self._adaptations(connection), answers)
            _write_adaptations(connection, known)

    def observed(self) -> int:
        """How many real answers are kept."""
        with self.database.reading() as connection:
            return count_answers(connection)

    def reset(self, *, mined: bool = False) -> None:
        """Forget what was learnt, and from where; the database gets a new origin.

        Observed answers are forgotten too, or the next calibration would learn them again.

        Args:
            mined: Forget the mined commits too.

        Raises:
            StorageUnavailable: The database cannot be written; nothing is changed.
        """
        with self.database.writing() as connection:
            for table in (estimator_state, thinking_state, state_origin, observed_answer):
                connection.execute(sa.delete(table))
            connection.execute(sa.insert(state_origin).values(origin=new_origin(), own=True))
            if mined:
                connection.execute(sa.delete(mined_commit))

    def origins(self) -> frozenset[str]:
        """The databases that what is learnt here comes from, this one among them."""
        with self.database.reading() as connection:
            return _origins(connection)

    def exported(self) -> ExportedState:
        """What was learnt, and where; `merge` takes it elsewhere."""
        with self.database.reading() as connection:
            known = self._learnt(connection)
            return ExportedState(self.database.shown, _origins(connection), known)

    def merge(self, *exported: ExportedState) -> None:
        """Add what other stores have learnt: all of it, or, on an error, nothing.

        Raises:
            AlreadyMerged: Some of it is here already, or is in two of them.
            StorageUnavailable: The database cannot be written.
            DamagedState: What stands there cannot be used.
        """
        with self.database.writing() as connection:
            known = self._learnt(connection)
            for one in exported:
                _add_origins(connection, one)
                known = known.merged(one.learnt)
            _write_adaptations(connection, known.adaptations)
            _write_thinking(connection, known.thinking)

    def commits(self, repository: str) -> StoredCommits:
        """The mined commits of a repository: a cache for `estimators.history.mine`."""
        return StoredCommits(self.database, repository)

    def mined(self) -> dict[str, int]:
        """How many mined commits are kept, by repository."""
        repository = mined_commit.c.repository
        query = sa.select(repository, sa.func.count().label("number")).group_by(repository)
        with self.database.reading() as connection:
            return {row.repository: row.number for row in connection.execute(query)}

    def _learnt(self, connection: Connection) -> Learnt:
        return Learnt(self._adaptations(connection), self._thinking(connection))

    def _adaptations(self, connection: Connection) -> Adaptations:
        rows = connection.execute(sa.select(estimator_state)).all()
        return {row.output_format: self._parsed(row.body, Adaptation.from_json) for row in rows}

    def _thinking(self, connection: Connection) -> ThinkingEstimator:
        body = connection.scalar(sa.select(thinking_state.c.body))
        if body is None:
            return ThinkingEstimator()
        return self._parsed(body, ThinkingEstimator.from_json)

    def _parsed(self, body: str, from_json: Callable[[Mapping[str, Any]], _Value]) -> _Value:
        return self._read(body, lambda text: from_json(json.loads(text)))

    def _read(self, what: _Source, read: Callable[[_Source], _Value]) -> _Value:
        try:
            return read(what)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"what the estimator learnt is damaged: {error!r}"
            raise DamagedState(self.database.shown, reason) from error


def _write_adaptations(connection: Connection, known: Mapping[str, Adaptation]) -> None:
    rows = [
        {"output_format": name, "body": json.dumps(one.as_json())} for name, one in known.items()
    ]
    _replace(connection, estimator_state, rows)


def _write_thinking(connection: Connection, known: ThinkingEstimator) -> None:
    rows = [{"only": 1, "body": json.dumps(known.as_json())}] if known.records else []
    _replace(connection, thinking_state, rows)


def _replace(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(sa.delete(table))
    if rows:
        connection.execute(sa.insert(table), rows)


def _origins(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(sa.select(state_origin.c.origin)))


def _add_origins(connection: Connection, exported: ExportedState) -> None:
    shared = _origins(connection) & exported.origins
    if shared:
        reason = (
            f"merged before, or learnt here: it would count twice (origin {min(shared)});"
            " to take in a later export, reset and merge all exports anew"
        )
        raise AlreadyMerged(exported.source, reason)
    rows = [{"origin": origin, "own": False} for origin in sorted(exported.origins)]
    connection.execute(sa.insert(state_origin), rows)
