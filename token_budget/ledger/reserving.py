"""Reserving: one lease on room in a scope and in every scope above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.ledger.accounts import accounts_above, accounts_of_ids, check_named
from token_budget.ledger.amounts import NOTHING, Amount
from token_budget.ledger.dialects import COUNTED, insert_if_absent
from token_budget.ledger.movements import take_above
from token_budget.ledger.sending import announce_first, one_call
from token_budget.ledger.tables import reservation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection


def reserve(
    connection: Connection,
    lasting: Mapping[str, Any],
    amount: Amount,
    number: int | None,
    now: float,
) -> None:
    """Hold an amount in every account above a scope, as one lease; once for each id.

    Args:
        connection: Of the caller's transaction.
        lasting: The columns id, scope, owner and ttl.
        amount: What to hold.
        number: The round that is announced at once; None: none is.
        now: Seconds since 1970.

    Raises:
        BudgetExhausted: It does not fit in one of them.
        LedgerConflict: Another reservation sent the round.
        LedgerValueError: The amount is 0 of something that is limited.
    """
    key, scope = lasting["id"], lasting["scope"]
    rows = accounts_above(connection, scope, now)
    check_named(rows, amount)
    found = [row.id for row in rows]
    sent = NOTHING if number is None else one_call(amount)
    if not _insert(connection, lasting, found, amount.less(sent), now):
        return
    if number is not None:
        announce_first(connection, key, scope, number, sent, now)
    taken = take_above(connection, scope, now, amount)
    if taken != found:
        check_named(accounts_of_ids(connection, taken), amount)
        _note_accounts(connection, key, taken)


def _insert(
    connection: Connection,
    lasting: Mapping[str, Any],
    accounts: Sequence[int],
    held: Amount,
    now: float,
) -> bool:
    """Write the lease; whether it was not there yet."""
    values = {
        **lasting,
        "accounts": _listed(accounts),
        "made_at": now,
        "renewed_at": now,
        "lease": "open",
        **held.named("held"),
    }
    made = insert_if_absent(connection.dialect.name, reservation)
    return connection.execute(made, values, execution_options=COUNTED).rowcount > 0


def _note_accounts(connection: Connection, key: str, accounts: Sequence[int]) -> None:
    """Add to a lease the period that somebody limited while it was made."""
    own = sa.update(reservation).where(reservation.c.id == key)
    connection.execute(own.values(accounts=_listed(accounts)))


def _listed(accounts: Sequence[int]) -> str:
    return ",".join(str(one) for one in accounts)
