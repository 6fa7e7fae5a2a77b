"""Old records made into sums: on request, and without a figure of any report changing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from token_budget.ledger.dialects import insert_or_add
from token_budget.telemetry.context_reasons import keep_reasons
from token_budget.telemetry.sums import DIMENSIONS, LIVE, before, figures
from token_budget.telemetry.tables import telemetry_sum

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did.

    Attributes:
        rounds: Records of rounds that are sums now.
        phases: Records of phases that are sums now.
    """

    rounds: int
    phases: int


def compact(connection: Connection, day: date) -> Compacted:
    """Add the records of earlier days to the sums of their day, model and category; delete them.

    What single records said beside that is gone: request ids, scopes, bounds. An attempt must not
    be recorded again after that, because nothing remembers that it was.

    Args:
        connection: Of a transaction that writes.
        day: The first day that is kept as it is, UTC.
    """
    if connection.dialect.name == "postgresql":
        # A record of an old day that is committed between the sums and the deletion would be lost.
        names = ", ".join(table.name for table, _ in LIVE)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    keep_reasons(connection, day)
    rounds, phases = (_compact(connection, table, sums, day) for table, sums in LIVE)
    return Compacted(rounds, phases)


def _compact(
    connection: Connection,
    table: sa.Table,
    sums: Mapping[str, sa.ColumnElement[int]],
    day: date,
) -> int:
    rows = connection.execute(before(table, sums, day)).all()
    add = insert_or_add(connection.dialect.name, telemetry_sum)
    for row in rows:
        keys: dict[str, str] = {name: row._mapping[name] for name in DIMENSIONS}
        connection.execute(add, {**keys, **figures(row, sums)})
    return connection.execute(sa.delete(table).where(table.c.day < day.isoformat())).rowcount
