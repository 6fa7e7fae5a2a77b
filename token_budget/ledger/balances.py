"""What is left: for planning, and before every follow-up call of a tool loop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.ledger.accounts import accounts_now, left_of, refusal
from token_budget.ledger.amounts import NOTHING, Amount
from token_budget.ledger.leases import expired
from token_budget.ledger.limits import Limit
from token_budget.ledger.scopes import keys_above
from token_budget.ledger.tables import reservation
from token_budget.remaining import UNLIMITED, Balance

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection, Row

    from token_budget.errors import BudgetExhausted


def balance(connection: Connection, key: str, now: float) -> Balance:
    """What one scope still allows, by its own limits that are in force now.

    What ended leases hold unsent counts as left: whoever needs it gets it. A scope that is stopped,
    or whose calls are used up, has no output left.
    """
    rows = accounts_now(connection, [key], now)
    limited = [row for row in rows if row.stopped or not Limit.from_row(row).unlimited]
    if not limited:
        return UNLIMITED
    spare = reclaimable(connection, key, now)
    output = _least(left_of(row, "output_tokens", spare) for row in limited)
    return replace(
        _tokens(limited, spare),
        output_left=0 if _closed(limited, spare) else output,
        micro_usd_left=_least(left_of(row, "micro_usd", spare) for row in limited),
    )


def check_left(
    connection: Connection, key: str, needed: Amount, own: Amount, now: float
) -> BudgetExhausted | None:
    """The error for an amount that does not fit in a scope and every one above it.

    Args:
        connection: Of the caller's transaction.
        key: The scope.
        needed: What should fit.
        own: What the caller holds there already.
        now: Seconds since 1970.
    """
    keys = keys_above(key)
    ended = _ended(connection, now)
    credit = {one: own + _within(ended, one) for one in keys}
    return refusal(accounts_now(connection, keys, now), needed, credit)


def reclaimable(connection: Connection, key: str, now: float) -> Amount:
    """What leases that have ended hold unsent in a scope."""
    return _within(_ended(connection, now), key)


def _ended(connection: Connection, now: float) -> Sequence[Row[Any]]:
    """The leases that have ended and that nobody has reclaimed: never many."""
    return connection.execute(sa.select(reservation).where(expired(now))).all()


def _within(rows: Sequence[Row[Any]], key: str) -> Amount:
    inside = (row for row in rows if key in keys_above(row.scope))
    return sum((Amount.from_row(row, "held") for row in inside), NOTHING)


def _tokens(rows: Sequence[Row[Any]], spare: Amount) -> Balance:
    """Limit, spent and held of the account with the fewest tokens left."""
    lefts = {row.id: left_of(row, "total_tokens", spare) for row in rows}
    limited = [row for row in rows if lefts[row.id] is not None]
    row = min(limited, key=lambda row: lefts[row.id] or 0, default=rows[0])
    held = max(row.held_total_tokens - spare.total_tokens, 0) + row.unknown_total_tokens
    spent = row.spent_total_tokens + row.overrun_total_tokens
    return Balance(limit=row.limit_total_tokens, spent=spent, held=held)


def _closed(rows: Sequence[Row[Any]], spare: Amount) -> bool:
    calls = _least(left_of(row, "calls", spare) for row in rows)
    return any(row.stopped for row in rows) or (calls is not None and calls < 1)


def _least(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)
