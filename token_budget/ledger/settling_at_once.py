"""Settling at once: a round that used no more than was held for it, under a lease that is alive.

So most rounds end. The statement makes sure of it, and does nothing where it is not so; whoever
settles then goes the longer way of `settle`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.ledger.amounts import KINDS, Amount
from token_budget.ledger.dialects import first, numbered, run_all
from token_budget.ledger.leases import accounts_of
from token_budget.ledger.model_sums import adding, adding_to, counted
from token_budget.ledger.movements import accounts, changing, of_ids, of_listed
from token_budget.ledger.records import Round
from token_budget.ledger.scopes import scope_of
from token_budget.ledger.settling import RENEWED_AFTER
from token_budget.ledger.tables import account, reservation, round_
from token_budget.ledger.usage import COUNTS
from token_budget.storage_driver import RELEASED_EARLY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.sql.dml import ReturningUpdate

    from token_budget.ledger.debit import Debit
    from token_budget.ledger.dialects import Change
    from token_budget.ledger.leases import LeaseKey
    from token_budget.storage_entries import DriverTransaction

_SAME = (*COUNTS, "model", "provider", "request_id", "micro_usd", "price_source", "estimated")
"""Columns of a round that are parameters by the same names."""


def settle_at_once(
    transaction: DriverTransaction, key: LeaseKey, debit: Debit, now: float
) -> Round | None:
    """Enter what a round used in place of what was held for it, if nothing stands against it.

    Args:
        transaction: A server is told all of it in one statement.
        key: The reservation, whose owner settles.
        debit: What is to be entered.
        now: Seconds since 1970.

    Returns:
        The round as it stands in the books. None: nothing was done, because the reservation did
        not send it, its lease has ended or is to be renewed, the round was settled before, or more
        was used than was held for it.
    """
    parameters = _parameters(key, debit, now)
    if transaction.dialect.name == "postgresql":
        row = first(transaction, _everywhere(), parameters)
        return None if row is None else _entered(row, key, debit, now)
    return _settle_by_steps(transaction, key, debit, now, parameters)


def _settle_by_steps(
    transaction: DriverTransaction,
    key: LeaseKey,
    debit: Debit,
    now: float,
    parameters: Mapping[str, Any],
) -> Round | None:
    """Where no statement has to be waited for."""
    row = first(transaction, _round(), parameters)
    if row is None:
        return None
    ids = accounts_of(row)
    run_all(
        transaction,
        (adding(transaction.dialect.name, len(ids)), _moving(transaction.dialect.name, len(ids))),
        {**row._asdict(), **numbered("id", ids), **counted(debit, row.spent_micro_usd)},
    )
    return _entered(row, key, debit, now)


def _parameters(key: LeaseKey, debit: Debit, now: float) -> dict[str, Any]:
    scope, reservation_id = key
    return {
        "scope": scope,
        "id": reservation_id,
        "lease": "open",
        "number": debit.number,
        "now": now,
        "used_output_tokens": debit.usage.output,
        "used_total_tokens": debit.usage.total,
        "used_calls": 1,
        **debit.attributes(),
        **debit.usage.counts(),
    }


def _entered(row: Any, key: LeaseKey, debit: Debit, now: float) -> Round:  # noqa: ANN401
    return Round(
        scope=scope_of(key[0]),
        round=debit.number,
        reservation=key[1],
        state="settled",
        held=Amount.from_row(row, "hold"),
        spent=debit.usage.amount(row.spent_micro_usd),
        usage=debit.usage,
        **debit.attributes(),
        sent_at=row.sent_at,
        settled_at=now,
    )


def _used(kind: str) -> sa.ColumnElement[int]:
    """A figure that was used; without a price, all that was held of money."""
    if kind == "micro_usd":
        return sa.func.coalesce(sa.bindparam(kind, type_=sa.BigInteger), round_.c.hold_micro_usd)
    return sa.bindparam(f"used_{kind}", type_=sa.BigInteger)


@lru_cache
def _lease() -> sa.Select[Any]:
    """The lease and the accounts that it holds in, locked; none if it ended or is to be renewed."""
    now: sa.BindParameter[float] = sa.bindparam("now", type_=sa.Double)
    share: sa.ColumnElement[float] = sa.literal_column(str(RENEWED_AFTER))
    own = (
        reservation.c.scope == sa.bindparam("scope"),
        reservation.c.id == sa.bindparam("id"),
        # A literal would let a server go through the index of all leases that are open.
        reservation.c.lease == sa.bindparam("lease"),
        now - reservation.c.renewed_at <= share * reservation.c.ttl,
    )
    return sa.select(reservation.c.id, reservation.c.accounts).where(*own).with_for_update()


def _settling(lease: sa.ColumnElement[str]) -> sa.Update:
    """The update of a round that a lease has sent and that used no more than was held."""
    fits = (_used(kind) <= round_.c[f"hold_{kind}"] for kind in KINDS)
    sent = (
        round_.c.scope == sa.bindparam("scope"),
        round_.c.round == sa.bindparam("number"),
        round_.c.state == sa.literal_column("'sent'"),
        round_.c.reservation == lease,
    )
    change = {name: sa.bindparam(name, type_=round_.c[name].type) for name in _SAME}
    return (
        sa.update(round_)
        .where(*sent, *fits)
        .values(
            state=sa.literal_column("'settled'"),
            late=sa.false(),
            settled_at=sa.bindparam("now", type_=sa.Double),
            **change,
            **{f"spent_{kind}": _used(kind) for kind in KINDS},
        )
    )


_FIGURES = [round_.c[f"{prefix}_{kind}"] for prefix in ("hold", "spent") for kind in KINDS]
"""What there was and is of a round's figures."""


@lru_cache
def _round() -> ReturningUpdate[Any]:
    """The update alone; it has a row if the round was settled, else none."""
    lease, ids = (
        _lease().with_only_columns(column).scalar_subquery()
        for column in (reservation.c.id, reservation.c.accounts)
    )
    return _settling(lease).returning(*_FIGURES, round_.c.sent_at, ids.label("accounts"))


@lru_cache
def _moving(dialect: str, count: int) -> Change:
    """What follows from it in so many accounts; its parameters are the figures of the round."""
    figures: dict[str, sa.ColumnElement[int]] = {
        one.name: sa.bindparam(one.name, type_=one.type) for one in _FIGURES
    }
    return changing(dialect, accounts(of_ids(count)), _moved(figures))


def _moved(figures: Mapping[str, sa.ColumnElement[int]]) -> dict[str, sa.ColumnElement[int]]:
    """The new figures of an account, given those of the round."""
    return {
        **{f"spent_{k}": account.c[f"spent_{k}"] + figures[f"spent_{k}"] for k in KINDS},
        **{f"held_{k}": account.c[f"held_{k}"] - figures[f"hold_{k}"] for k in KINDS},
    }


@lru_cache
def _everywhere() -> sa.Select[Any]:
    """The update with all that follows from it in the accounts, in one statement of a server.

    The lease is locked before the round, and the round before the accounts, as by all who change
    them; and what the lease holds in is read as it is then.
    """
    lease = _lease().cte("lease")
    settling = _settling(sa.select(lease.c.id).scalar_subquery())
    ids = sa.select(lease.c.accounts).scalar_subquery()
    settled = settling.returning(*_FIGURES, round_.c.sent_at, ids.label("accounts")).cte("settled")
    own = {one.name: sa.select(one).scalar_subquery() for one in settled.c}
    move_all = changing("postgresql", accounts(of_listed(own["accounts"])), _moved(own))
    moved = move_all.returning(account.c.id).cte("moved")
    known = _summed(own["spent_micro_usd"])
    sums = adding_to("postgresql", sa.select(moved.c.id), known).cte("summed")
    return sa.select(settled, RELEASED_EARLY).add_cte(sums)


def _summed(micro_usd: sa.ColumnElement[int]) -> dict[str, sa.ColumnElement[Any]]:
    """What the sums of a model take, said by the parameters of the round's update."""
    counts = {name: sa.bindparam(name, type_=sa.BigInteger) for name in COUNTS}
    unpriced = sa.bindparam("micro_usd", type_=sa.BigInteger).is_(None)
    return {
        **counts,
        "model": sa.bindparam("model", type_=sa.Text),
        "rounds": sa.literal_column("1"),
        "estimated": sa.cast(sa.bindparam("estimated", type_=sa.Boolean), sa.Integer),
        "late": sa.literal_column("0"),
        "unpriced": sa.cast(unpriced, sa.Integer),
        "micro_usd": micro_usd,
    }
