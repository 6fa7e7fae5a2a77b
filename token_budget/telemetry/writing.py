"""Records into tables, in the transaction of the caller: that of the settle, for a round."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from token_budget.ledger.dialects import insert_if_absent
from token_budget.ledger.scopes import checked_scope, key_of
from token_budget.telemetry.context_facts import ContextFacts
from token_budget.telemetry.records import day_of
from token_budget.telemetry.tables import NO_CATEGORY, telemetry_phase, telemetry_round

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from token_budget.telemetry.records import PhaseRecord, RoundRecord


def write_round(connection: Connection, record: RoundRecord) -> bool:
    """Enter a round, once.

    Args:
        connection: Of the transaction that settles it: ``settle(…, record=partial(write_round,
            record=…))``.
        record: What became of it.

    Returns:
        Whether it was entered now; a round that stands there already stays as it is.

    Raises:
        LedgerValueError: The scope cannot be used.
    """
    own = {"round": record.round, "unused": record.unused}
    said = {"stop_reason": record.stop_reason, "request_id": record.request_id}
    return _entered(connection, telemetry_round, {**_common(record), **own, **said})


def write_phase(connection: Connection, record: PhaseRecord) -> bool:
    """Enter a phase, once; as `write_round`."""
    estimate = record.estimate
    own = {name: getattr(record, name) for name in ("rounds", "visible", "operations_applied")}
    judged = {
        "within_median": record.within(estimate.median),
        "within_upper": record.within(estimate.upper),
    }
    ids = {"request_ids": json.dumps(record.request_ids)}
    values = {**_common(record), **own, **judged, **ids, **_context(record.context)}
    return _entered(connection, telemetry_phase, values)


_SAME = ("at", "model", "ceiling", "bound", "reserved", "used", "output", "thinking",
         "continuation_tokens", "wasted", "truncated", "operations_kept", "operations_rejected",
         "outcome")  # fmt: skip
"""Columns that are fields of both records."""


def _common(record: RoundRecord | PhaseRecord) -> dict[str, Any]:
    estimate = record.estimate
    return {
        "scope": key_of(checked_scope(record.scope)),
        "day": day_of(record.at),
        "category": record.category or NO_CATEGORY,
        "estimated_median": estimate.median,
        "estimated_upper": estimate.upper,
        "calibration": estimate.calibration,
        **{name: getattr(record, name) for name in _SAME},
    }


def _context(facts: ContextFacts | None) -> dict[str, Any]:
    """The columns of a context; all are null where there was none."""
    if facts is None:
        return dict.fromkeys(ContextFacts.__slots__)
    columns = {name: getattr(facts, name) for name in ContextFacts.__slots__}
    return {**columns, "substituted_paths": json.dumps(facts.substituted_paths)}


def _entered(connection: Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    statement = insert_if_absent(connection.dialect.name, table).returning(table.c.scope)
    return connection.execute(statement, values).first() is not None
