"""Reserving: one lease on room in a scope and in every scope above it."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from token_budget.errors import LedgerConflict
from token_budget.ledger.accounts import accounts_above, accounts_now, check_named, refusal
from token_budget.ledger.amounts import NOTHING, Amount
from token_budget.ledger.dialects import numbered, run
from token_budget.ledger.movements import of_scopes, taking
from token_budget.ledger.records import shown_round
from token_budget.ledger.scopes import keys_above, scope_of
from token_budget.ledger.sending import one_call
from token_budget.ledger.settling import find_round
from token_budget.ledger.tables import reservation, round_
from token_budget.storage_driver import RELEASED_EARLY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

    from token_budget.ledger.dialects import Transaction
    from token_budget.ledger.movements import Changed


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that is to be made.

    Attributes:
        id: Its name in the books.
        scope: The key of the attempt.
        owner: Who holds it.
        ttl: Seconds after its last entry at which it ends.
        amount: What it holds.
        sending: The round that is announced at once; None: none is.
    """

    id: str
    scope: str
    owner: str
    ttl: float
    amount: Amount
    sending: int | None

    def parameters(self, now: float) -> dict[str, Any]:
        """The parameters of every statement here."""
        sent = NOTHING if self.sending is None else one_call(self.amount)
        return {
            **numbered("key", keys_above(self.scope)),
            **self.amount.named("asked"),
            **self.amount.less(sent).named("held"),
            **sent.named("hold"),
            "id": self.id,
            "scope": self.scope,
            "owner": self.owner,
            "ttl": self.ttl,
            "lease": "open",
            "number": self.sending,
            "state": "sent",
            "now": now,
        }


_LEASE_NAMES = ("id", "scope", "accounts", "owner", "ttl", "lease", *NOTHING.named("held"))
_LEASE = {**{name: name for name in _LEASE_NAMES}, "made_at": "now", "renewed_at": "now"}
_ROUND_NAMES = ("scope", "state", *NOTHING.named("hold"))
_ROUND = {
    **{name: name for name in _ROUND_NAMES},
    "round": "number",
    "reservation": "id",
    "sent_at": "now",
}
_ROWS = ((reservation, _LEASE), (round_, _ROUND))
"""The rows of a lease that sends a round: columns, and the parameters that fill them."""


def new_id() -> str:
    """A name for a lease: later ones sort later, so that they go to the end of an index."""
    return f"{time.time_ns():016x}{uuid.uuid4().hex[:16]}"


def enter(connection: Transaction, lease: Lease, now: float) -> bool:
    """Hold what a lease asks for in every account above its scope, or do nothing at all.

    Args:
        connection: Of the caller's transaction; a server is told all of it in one statement.
        lease: The lease, with the round that it announces.
        now: Seconds since 1970.

    Returns:
        Whether it is held. It is not where it does not fit or says nothing of what is limited, a
        scope has no account yet, or the lease or the round is there already.
    """
    if connection.dialect.name != "postgresql":
        return _enter_by_steps(connection, lease, now)
    depth, sending = len(keys_above(lease.scope)), lease.sending is not None
    made = run(connection, _at_once(depth, sending), lease.parameters(now))
    return made.fetchone() is not None


def _enter_by_steps(connection: Transaction, lease: Lease, now: float) -> bool:
    """Where no statement has to be waited for."""
    depth, sending = len(keys_above(lease.scope)), lease.sending is not None
    parameters, take = lease.parameters(now), _taking(connection.dialect.name, depth, sending)
    taken = [key for (key,) in run(connection, take, parameters)]
    if taken:
        parameters["accounts"] = ",".join(str(one) for one in sorted(taken))
        for insert in _inserts(sending):
            run(connection, insert, parameters)
    return bool(taken)


def reserve(connection: Connection, lease: Lease, now: float) -> None:
    """As `enter`, where that did nothing: make the accounts that are missing, or say why.

    Args:
        connection: Of the caller's transaction.
        lease: The lease; that it is there already is no error.
        now: Seconds since 1970.

    Raises:
        BudgetExhausted: It does not fit in one of the accounts.
        LedgerConflict: Another reservation sent the round.
        LedgerValueError: The amount is 0 of something that is limited.
    """
    accounts_above(connection, lease.scope, now)
    if not enter(connection, lease, now) and not _is_made(connection, lease):
        _refuse(connection, lease, now)


def _is_made(connection: Connection, lease: Lease) -> bool:
    own = (reservation.c.scope == lease.scope, reservation.c.id == lease.id)
    known = sa.select(reservation.c.id).where(*own)
    return connection.scalar(known) is not None


def _refuse(connection: Connection, lease: Lease, now: float) -> None:
    """Say why nothing was entered; the accounts are locked since then."""
    number = lease.sending
    if number is not None and find_round(connection, lease.scope, number) is not None:
        place = shown_round(scope_of(lease.scope), number)
        raise LedgerConflict(place, "another reservation has sent the round")
    rows = accounts_now(connection, keys_above(lease.scope), now)
    check_named(rows, lease.amount)
    raise refusal(rows, lease.amount) or AssertionError("what fits everywhere was refused")


@lru_cache
def _taking(dialect: str, depth: int, sending: bool) -> Changed:
    """The statement that holds the amount, if the lease and its round are new."""
    scope: sa.BindParameter[str] = sa.bindparam("scope")
    conditions = [_is_new(reservation.c.scope == scope, reservation.c.id == sa.bindparam("id"))]
    if sending:
        conditions.append(
            _is_new(round_.c.scope == scope, round_.c.round == sa.bindparam("number"))
        )
    return taking(dialect, of_scopes(depth), *conditions, scopes=depth, named=True)


def _is_new(*own: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return ~sa.exists(sa.literal_column("1")).where(*own)


@lru_cache
def _inserts(sending: bool) -> tuple[sa.Insert, ...]:
    """Make a lease, and the round that it announces; ``accounts`` is where it holds."""
    return tuple(_inserted(table, filling) for table, filling in _ROWS[: 1 + sending])


@lru_cache
def _at_once(depth: int, sending: bool) -> sa.Select[Any]:
    """All of it in one statement; it has one row if the lease was made, else none."""
    taken = _taking("postgresql", depth, sending).cte("taken")
    ordered: sa.ColumnElement[str] = aggregate_order_by(sa.literal_column("','"), taken.c.id)
    accounts = sa.func.string_agg(sa.cast(taken.c.id, sa.Text), ordered).label("accounts")
    held = sa.select(accounts).having(sa.func.count() > sa.literal_column("0")).cte("held")
    made = (_inserted(table, filling, held) for table, filling in _ROWS[: 1 + sending])
    return sa.select(held, RELEASED_EARLY).add_cte(
        *(one.cte(f"{one.table.name}_made") for one in made)
    )


def _inserted(table: sa.Table, filling: Mapping[str, str], held: sa.CTE | None = None) -> sa.Insert:
    """A row of parameters; with ``held``, only if that has a row, whose accounts are taken."""
    known = {} if held is None else {"accounts": held.c.accounts}
    values = (
        known.get(parameter, sa.bindparam(parameter, type_=table.c[name].type))
        for name, parameter in filling.items()
    )
    row = sa.select(*values)
    source = row if held is None else row.select_from(held)
    return sa.insert(table).from_select(list(filling), source)
