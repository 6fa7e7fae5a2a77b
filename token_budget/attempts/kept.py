"""Attempts that outlive their process: what came of an unfinished one, the result of a finished.

They stand in the workspace's state by run and phase, with the digest of the phase that they were
about: a phase that was changed since is a new one.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.errors import DamagedState
from token_budget.storage import Database
from token_budget.storage_place import state_url
from token_budget.storage_tables import kept_attempt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from token_budget.spec import Phase


@dataclass(frozen=True, slots=True)
class KeptAttempt:
    """The last attempt at a phase.

    Attributes:
        finished: Whether it was completed, and applied if that was asked for.
        body: Of a finished one its result; of another one the first request, the responses and
            what the model was shown.
    """

    finished: bool
    body: Mapping[str, Any]


def digest_of(phase: Phase, model: str, output_format: str) -> str:
    """What tells this phase from every other, and from itself after a change.

    Args:
        phase: All that its spec says.
        model: Who is asked.
        output_format: How the answer is written.
    """
    said = phase.model_dump(mode="json")
    text = json.dumps([said, model, output_format], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class KeptAttempts:
    """The attempts that a workspace keeps."""

    def __init__(self, workspace: Path) -> None:
        """Nothing is opened before it is needed."""
        self._url = state_url(workspace)

    def find(self, phase: Phase, spec: str) -> KeptAttempt | None:
        """The last attempt at exactly this phase; None: there is none.

        Raises:
            DamagedState: It cannot be read.
            StorageUnavailable: The state cannot be read.
        """
        query = sa.select(kept_attempt).where(*_is(phase), kept_attempt.c.spec == spec)
        with closing(Database(self._url)) as database, database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        try:
            return KeptAttempt(row.finished, json.loads(row.body))
        except ValueError as error:
            reason = f"the attempt at {phase.phase_id!r} is no JSON: {error}"
            raise DamagedState(database.shown, reason) from error

    def keep(self, phase: Phase, spec: str, attempt: KeptAttempt) -> None:
        """Replace the last attempt at a phase.

        Raises:
            StorageUnavailable: The state cannot be written.
        """
        row = {
            "run": phase.run_id,
            "phase": phase.phase_id,
            "spec": spec,
            "finished": attempt.finished,
            "body": json.dumps(attempt.body),
        }
        with closing(Database(self._url)) as database, database.writing() as connection:
            connection.execute(sa.delete(kept_attempt).where(*_is(phase)))
            connection.execute(sa.insert(kept_attempt).values(row))

    def forget(self, phase: Phase) -> None:
        """Keep no attempt at a phase.

        Raises:
            StorageUnavailable: The state cannot be written.
        """
        with closing(Database(self._url)) as database, database.writing() as connection:
            connection.execute(sa.delete(kept_attempt).where(*_is(phase)))


def _is(phase: Phase) -> tuple[sa.ColumnElement[bool], ...]:
    return kept_attempt.c.run == phase.run_id, kept_attempt.c.phase == phase.phase_id
