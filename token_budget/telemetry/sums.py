"""The sums that reports are made of: defined once, for reports and for what is compacted."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from token_budget.telemetry.context_facts import CONTEXT_COUNTS, CONTEXT_MODES
from token_budget.telemetry.tables import SUMS, telemetry_phase, telemetry_round, telemetry_sum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.engine import Connection, Row

GroupedBy = Literal["day", "model", "category"]


DIMENSIONS: tuple[GroupedBy, ...] = ("day", "model", "category")


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """How many rows fulfil a condition."""
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _whole(table: sa.Table, *names: str) -> dict[str, sa.ColumnElement[int]]:
    return {name: sa.func.sum(table.c[name]) for name in names}


_r, _p = telemetry_round, telemetry_phase

ROUND_SUMS: dict[str, sa.ColumnElement[int]] = {
    "rounds": sa.func.count(),
    "truncated": _number(_r.c.truncated.is_(True)),
    "unknown_stop": _number(_r.c.truncated.is_(None)),
    **_whole(_r, "reserved", "used", "output", "thinking", "continuation_tokens"),
    **_whole(_r, "operations_kept", "operations_rejected"),
}

PHASE_SUMS: dict[str, sa.ColumnElement[int]] = {
    "phases": sa.func.count(),
    "complete": _number(_p.c.outcome == "complete"),
    "incomplete": _number(_p.c.outcome == "incomplete"),
    "failed": _number(_p.c.outcome == "failed"),
    "phase_rounds": sa.func.sum(_p.c.rounds),
    "phase_output": sa.func.sum(_p.c.output),
    **_whole(_p, "operations_applied", "wasted"),
    "median_judged": _number(_p.c.within_median.is_not(None)),
    "median_held": _number(_p.c.within_median.is_(True)),
    "upper_judged": _number(_p.c.within_upper.is_not(None)),
    "upper_held": _number(_p.c.within_upper.is_(True)),
    "contexts": _number(_p.c.context_mode.is_not(None)),
    **{name: _number(_p.c.context_mode == mode) for mode, name in CONTEXT_MODES.items()},
    **_whole(_p, *CONTEXT_COUNTS),
}

LIVE: tuple[tuple[sa.Table, dict[str, sa.ColumnElement[int]]], ...] = (
    (telemetry_round, ROUND_SUMS),
    (telemetry_phase, PHASE_SUMS),
)
"""The tables that are not compacted yet, each with its sums."""

_ALL = (*LIVE, (telemetry_sum, _whole(telemetry_sum, *SUMS)))


def one_snapshot(connection: Connection) -> None:
    """Make all that a fresh transaction reads be of one instant, as it is on SQLite anyway.

    Otherwise what is compacted between two queries would count twice.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def summed(connection: Connection, since: date | None = None) -> Counter[str]:
    """The sums of everything, compacted or not; a sum that is not there is 0.

    Args:
        connection: Of a snapshot.
        since: The first day, UTC; None: from the beginning.
    """
    found: Counter[str] = Counter()
    for table, sums in _ALL:
        for row in connection.execute(_query(table, sums, [], since)):
            found.update(figures(row, sums))
    return found


def grouped(
    connection: Connection, by: GroupedBy, since: date | None = None
) -> dict[str, Counter[str]]:
    """The sums of every day, model or category, in their order; as `summed`."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for table, sums in _ALL:
        for row in connection.execute(_query(table, sums, [by], since)):
            found[row._mapping[by]].update(figures(row, sums))
    return dict(sorted(found.items()))


def figures(row: Row[Any], names: Mapping[str, Any]) -> dict[str, int]:
    """The sums of a row; a server may give them as decimals, and a sum of nothing as null."""
    return {name: int(row._mapping[name] or 0) for name in names}


def _query(
    table: sa.Table,
    sums: Mapping[str, sa.ColumnElement[int]],
    by: Sequence[str],
    since: date | None,
) -> sa.Select[Any]:
    keys = [table.c[name] for name in by]
    query = sa.select(*keys, *_labelled(sums)).select_from(table).group_by(*keys)
    return query if since is None else query.where(table.c.day >= since.isoformat())


def _labelled(sums: Mapping[str, sa.ColumnElement[int]]) -> Iterator[sa.ColumnElement[int]]:
    return (column.label(name) for name, column in sums.items())


def before(table: sa.Table, sums: Mapping[str, sa.ColumnElement[int]], day: date) -> sa.Select[Any]:
    """The sums of what lies before a day, by day, model and category."""
    return _query(table, sums, DIMENSIONS, None).where(table.c.day < day.isoformat())
