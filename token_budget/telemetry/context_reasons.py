"""Why contexts were not ranked by embeddings: how many phases gave each reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.ledger.dialects import insert_or_add
from token_budget.telemetry.tables import telemetry_phase, telemetry_reason

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.engine import Connection

_p = telemetry_phase.c


def reasons(connection: Connection, since: date | None = None) -> Counter[str]:
    """The phases of each reason, compacted or not.

    Args:
        connection: Of a snapshot.
        since: The first day, UTC; None: from the beginning.
    """
    kept = sa.select(telemetry_reason.c.day, telemetry_reason.c.reason, telemetry_reason.c.phases)
    found: Counter[str] = Counter()
    for query in (_live(), kept):
        every = query.subquery()
        rows = sa.select(every.c.reason, every.c.phases)
        if since is not None:
            rows = rows.where(every.c.day >= since.isoformat())
        for row in connection.execute(rows):
            found[row.reason] += int(row.phases)
    return found


def keep_reasons(connection: Connection, day: date) -> None:
    """Add the reasons of earlier days to those that are kept, before the phases are deleted.

    Args:
        connection: Of a transaction that writes.
        day: The first day that is kept as it is, UTC.
    """
    add = insert_or_add(connection.dialect.name, telemetry_reason)
    for row in connection.execute(_live().where(_p.day < day.isoformat())).all():
        connection.execute(add, {"day": row.day, "reason": row.reason, "phases": int(row.phases)})


def _live() -> sa.Select[Any]:
    """The phases of each day and reason that are not compacted."""
    phases = sa.func.count().label("phases")
    chosen = sa.select(_p.day, _p.context_reason.label("reason"), phases)
    return chosen.where(_p.context_reason != "").group_by(_p.day, _p.context_reason)
