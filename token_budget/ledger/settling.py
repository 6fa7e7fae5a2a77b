"""The one way to debit: a round is settled once, with what it really used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.errors import LedgerConflict, LedgerError
from token_budget.ledger.accounts import left_of, locked
from token_budget.ledger.amounts import KINDS, NOTHING, Amount
from token_budget.ledger.leases import accounts_of, lease, renew
from token_budget.ledger.model_sums import adding, counted
from token_budget.ledger.movements import move
from token_budget.ledger.records import Round, shown_round
from token_budget.ledger.scopes import scope_of, shown_scope
from token_budget.ledger.sending import one_call
from token_budget.ledger.stopping import stop_overrun
from token_budget.ledger.tables import round_
from token_budget.storage_driver import committing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection, Row

    from token_budget.ledger.debit import Debit
    from token_budget.ledger.leases import LeaseKey

    Alongside = Callable[[Connection, Round], None]

_FIND = sa.select(round_).where(
    round_.c.scope == sa.bindparam("key"), round_.c.round == sa.bindparam("number")
)

_VALUES = {column: sa.bindparam(f"to_{column.name}", type_=column.type) for column in round_.c}
_INSERT = sa.insert(round_).values(_VALUES)
_UPDATE = (
    sa.update(round_)
    .where(*(column == value for column, value in _VALUES.items() if column.primary_key))
    .values({column: value for column, value in _VALUES.items() if not column.primary_key})
)

RENEWED_AFTER = 0.1
"""The share of a lease after which settling begins it anew."""


def settle(  # noqa: PLR0913 - an entry, its time, and what comes with it
    connection: Connection,
    key: LeaseKey,
    debit: Debit,
    now: float,
    alongside: Alongside | None = None,
    *,
    by_owner: bool = False,
) -> Round:
    """Enter what a round used, in place of what was held for it, and commit.

    Args:
        connection: Of the caller's transaction.
        key: The reservation.
        debit: What is to be entered.
        now: Seconds since 1970.
        alongside: What else belongs to the entry; called once for each round, before it is entered
            and the accounts are locked.
        by_owner: Whether the owner of the reservation settles, and so is alive.

    Returns:
        The round as it stands in the books.

    Raises:
        LedgerConflict: It was settled with other figures.
        LedgerError: Nobody made the reservation.
    """
    row = lease(connection, key, debit.number)
    if row is None:
        raise LedgerError(shown_scope(scope_of(key[0])), f"there is no reservation {key[1]}")
    if row.round_state == "settled":
        return _settled_before(connection, row, debit)
    if row.round_reservation not in (None, row.id):
        return settle(connection, (row.scope, row.round_reservation), debit, now, alongside)
    entered = _entry(connection, row, debit, now)
    if alongside is not None:
        alongside(connection, entered)
    with committing(connection):
        _keep_lease(connection, row, entered, now, by_owner=by_owner)
        _move(connection, row, debit, entered)
    return entered


def _keep_lease(
    connection: Connection, row: Row[Any], entered: Round, now: float, *, by_owner: bool
) -> None:
    """Take from a lease what was held for a round that it did not announce; begin it anew.

    A lease that has lasted for less than `RENEWED_AFTER` of its time is left as it is: most rounds
    end so soon that there is nothing to write.
    """
    old = now - row.renewed_at > RENEWED_AFTER * row.ttl
    if row.round_state is None and entered.held:
        renew(connection, row, Amount.from_row(row, "held").less(entered.held), now)
    elif by_owner and old and row.lease == "open":
        renew(connection, row, Amount.from_row(row, "held"), now)


def find_round(connection: Connection, key: str, number: int) -> Round | None:
    """The round of a scope; None: it was never sent nor settled."""
    row = connection.execute(_FIND, {"key": key, "number": number}).first()
    return None if row is None else Round.from_row(row)


def _settled_before(connection: Connection, row: Row[Any], debit: Debit) -> Round:
    known = find_round(connection, row.scope, debit.number)
    if known is None or (known.usage, known.model) != (debit.usage, debit.model):
        place = shown_round(scope_of(row.scope), debit.number)
        found = None if known is None else f"{known.usage} of {known.model}"
        raise LedgerConflict(
            place, f"it was settled with other figures: {found}, not {debit.usage} of {debit.model}"
        )
    return known


def _entry(connection: Connection, row: Row[Any], debit: Debit, now: float) -> Round:
    """The round as it will stand in the books."""
    hold = _hold_of(row)
    used = debit.usage.amount(hold.micro_usd if debit.micro_usd is None else debit.micro_usd)
    # Nobody's room is asked for where all that was used was held, so nothing is locked yet.
    asking = used.only(hold, where_zero=True)
    rows = locked(connection, accounts_of(row)) if asking else ()
    spent, overrun = split(used, hold, rows)
    return Round(
        scope=scope_of(row.scope),
        round=debit.number,
        reservation=row.id,
        state="settled",
        held=hold,
        spent=spent,
        overrun=overrun,
        usage=debit.usage,
        **debit.attributes(),
        late=row.lease != "open",
        sent_at=row.sent_at,
        settled_at=now,
    )


def _move(connection: Connection, row: Row[Any], debit: Debit, entered: Round) -> None:
    """Enter a round, and in its accounts; this locks them, so it comes last."""
    ids, unknown = accounts_of(row), row.round_state == "unknown"
    write = _INSERT if row.round_state is None else _UPDATE
    columns = {f"to_{name}": value for name, value in entered.columns().items()}
    cost = entered.spent.micro_usd + entered.overrun.micro_usd
    move(
        connection,
        ids,
        free=NOTHING if unknown else entered.held,
        known=entered.held if unknown else NOTHING,
        spent=entered.spent,
        overrun=entered.overrun,
        changes=(write, adding(connection.dialect.name, len(ids))),
        parameters={**columns, **counted(debit, cost, late=entered.late)},
    )
    if entered.overrun and not entered.late:
        stop_overrun(connection, row.scope, ids, entered.round)


def _hold_of(row: Row[Any]) -> Amount:
    """What is held for a round; if it was not announced, all that its lease holds unsent."""
    if row.round_state in ("sent", "unknown"):
        return Amount.from_row(row, "hold")
    if row.round_state == "written off":
        return NOTHING
    pool = Amount.from_row(row, "held")
    return one_call(pool) if pool.calls else pool


def split(used: Amount, hold: Amount, rows: Sequence[Row[Any]]) -> tuple[Amount, Amount]:
    """What was used, as what is debited and what overran.

    Of what was held, no more than that is debited. Of what nothing was held of, because it was not
    limited or because the hold was given back, all is debited if there is room for it everywhere.

    Args:
        used: What was used.
        hold: What was held for it.
        rows: The accounts that it counts in, locked.
    """
    unheld = used.only(hold, where_zero=True)
    fitting = Amount(
        **{
            kind: value
            for kind in KINDS
            if (value := getattr(unheld, kind)) and all(_has_room(row, kind, value) for row in rows)
        }
    )
    spent = used.at_most(hold) + fitting
    return spent, used.less(spent)


def _has_room(row: Row[Any], kind: str, value: int) -> bool:
    left = left_of(row, kind)
    return left is None or value <= left
