"""An attempt that ended: its record into the books, what it teaches into the workspace's state."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from estimators.prior import Prior
from token_budget.estimator_store import EstimatorStore
from token_budget.ledger.ledger import Ledger
from token_budget.storage import Database
from token_budget.storage_place import state_url
from token_budget.telemetry.observing import lesson_of
from token_budget.telemetry.recording import phase_record
from token_budget.telemetry.store import Telemetry

if TYPE_CHECKING:
    from pathlib import Path

    from token_budget.remaining import Remaining
    from token_budget.telemetry.recording import EndedAttempt
    from token_budget.telemetry.records import PhaseRecord


def record_attempt(workspace: Path, ledger: Remaining, ended: EndedAttempt) -> PhaseRecord:
    """Write the record of an attempt, and learn from it; each is done once, however often asked.

    The record goes where the settles went: to the ledger's database, or, where there is no ledger,
    to the workspace's. What is learnt goes to the workspace's.

    Raises:
        LedgerValueError: A round is of another attempt, or a figure cannot be true.
        StorageUnavailable: A database cannot be written; call again when it can.
        DamagedState: What was learnt there cannot be used; the record is written.
    """
    record = phase_record(ended)
    lesson, prior = lesson_of(record, ended), Prior.shipped()
    with closing(Database(state_url(workspace))) as own:
        books = ledger.database if isinstance(ledger, Ledger) else own
        Telemetry(books).write(record, ended.rounds)
        EstimatorStore(own).observe(lesson.answer, lambda known: lesson.added_to(known, prior))
    return record
