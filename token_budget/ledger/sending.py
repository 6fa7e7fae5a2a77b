"""Hold before send: what a reservation holds for a request, before it goes out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.errors import LeaseEnded, LedgerConflict, LedgerError
from token_budget.ledger.accounts import accounts_of_ids, check_named
from token_budget.ledger.amounts import NOTHING, Amount
from token_budget.ledger.dialects import run
from token_budget.ledger.leases import accounts_of, lease, renew
from token_budget.ledger.movements import take
from token_budget.ledger.records import shown_round
from token_budget.ledger.scopes import scope_of, shown_scope
from token_budget.ledger.tables import round_

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row

    from token_budget.ledger.leases import LeaseKey

_INSERT = sa.insert(round_)
_UPDATE = (
    sa.update(round_)
    .where(round_.c.scope == sa.bindparam("key"), round_.c.round == sa.bindparam("number"))
    .values({name: sa.bindparam(f"to_{name}") for name in NOTHING.named("hold")})
)


def open_lease(connection: Connection, key: LeaseKey, number: int = -1) -> Any:  # noqa: ANN401
    """A reservation that still holds, with its round of that number.

    Raises:
        LeaseEnded: It was released, or expired and was reclaimed.
        LedgerError: Nobody made it.
    """
    row = lease(connection, key, number)
    if row is None:
        raise LedgerError(shown_scope(scope_of(key[0])), f"there is no reservation {key[1]}")
    if row.lease != "open":
        reason = f"the reservation was {row.lease}: reserve anew before anything is sent"
        raise LeaseEnded(shown_scope(scope_of(row.scope)), reason)
    return row


def grow(connection: Connection, key: LeaseKey, amount: Amount, now: float, change: str) -> None:
    """Hold more; done once for each ``change``, however often it is asked.

    Raises:
        BudgetExhausted: It does not fit.
        LeaseEnded: The reservation holds nothing any more.
    """
    row = open_lease(connection, key)
    if row.last_change == change:
        return
    renew(connection, row, Amount.from_row(row, "held") + amount, now, change)
    take(connection, accounts_of(row), amount)


def announce(
    connection: Connection, key: LeaseKey, number: int, amount: Amount | None, now: float
) -> Amount:
    """Set aside what a request may take, and note that it is sent.

    What the reservation holds unsent is used first; the rest is taken anew. Announcing a round
    again raises what is set aside for it, if it was less.

    Args:
        connection: Of the caller's transaction.
        key: The reservation.
        number: The round.
        amount: The prompt and the ceiling; None: all that is held unsent, as one call.
        now: Seconds since 1970.

    Returns:
        What is set aside for the round.

    Raises:
        BudgetExhausted: It does not fit; nothing may be sent.
        LeaseEnded: The reservation holds nothing any more; nothing may be sent.
        LedgerConflict: The round was settled, or another reservation sent it.
    """
    row = open_lease(connection, key, number)
    _check_sendable(row, number)
    pool = Amount.from_row(row, "held")
    aside = Amount.from_row(row, "hold")
    missing = _wanted(amount, pool, aside).less(aside)
    fresh = missing.less(pool)
    total = aside + missing
    if fresh:
        check_named(accounts_of_ids(connection, accounts_of(row)), total)
    renew(connection, row, pool.less(missing), now)
    _write(connection, row, number, total, now)
    if fresh:
        take(connection, accounts_of(row), fresh)
    return total


def one_call(amount: Amount) -> Amount:
    """The amount of one request."""
    return amount if amount.calls == 1 else replace(amount, calls=1)


def _wanted(amount: Amount | None, pool: Amount, aside: Amount) -> Amount:
    """What should be set aside: where nothing is said, all that is held unsent."""
    if amount is None:
        return aside or one_call(pool)
    return one_call(amount + pool.only(amount, where_zero=True))


def _check_sendable(row: Row[Any], number: int) -> None:
    if row.round_state is None:
        return
    place = shown_round(scope_of(row.scope), number)
    if row.round_state != "sent":
        raise LedgerConflict(place, f"the round was sent before, and is {row.round_state}")
    if row.round_reservation != row.id:
        raise LedgerConflict(place, "another reservation has sent the round")


def _write(connection: Connection, row: Row[Any], number: int, hold: Amount, now: float) -> None:
    if row.round_state is None:
        own = {"scope": row.scope, "round": number, "reservation": row.id, "state": "sent"}
        connection.execute(_INSERT, {**own, "sent_at": now, **hold.named("hold")})
        return
    own = {"key": row.scope, "number": number}
    run(connection, _UPDATE, {**own, **hold.named("to_hold")})
