"""Movements: the two statements that change the figures of accounts.

The accounts of a transaction include the root, which every other transaction wants as well. So a
movement comes last, just before the commit; it locks its accounts by itself, in the order of their
ids, so that none waits for one that waits for it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.ledger.accounts import USED, accounts_now, accounts_of_ids, refusal
from token_budget.ledger.amounts import KINDS, NOTHING, Amount
from token_budget.ledger.dialects import among, numbered
from token_budget.ledger.model_sums import adding
from token_budget.ledger.scopes import keys_above
from token_budget.ledger.tables import account

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection, Row
    from sqlalchemy.sql.dml import ReturningUpdate

    from token_budget.ledger.dialects import Insert

_locked = account.alias("locked")


def _by_id(count: int) -> sa.ColumnElement[bool]:
    return among(_locked.c.id, "id", count)


def _above(count: int) -> sa.ColumnElement[bool]:
    now: sa.BindParameter[float] = sa.bindparam("now")
    scopes = among(_locked.c.scope, "key", count)
    return sa.and_(scopes, _locked.c.starts <= now, _locked.c.ends > now)


def _change(which: sa.ColumnElement[bool]) -> sa.Update:
    """An update of some accounts, which it locks in order; SQLite has one lock for all."""
    ids = sa.select(_locked.c.id).where(which).order_by(_locked.c.id).with_for_update()
    return sa.update(account).where(account.c.id.in_(ids))


def _fits(kind: str) -> sa.ColumnElement[bool]:
    limit = account.c[f"limit_{kind}"]
    spent, held, unknown, overrun = (account.c[f"{prefix}_{kind}"] for prefix in USED)
    used = spent + held + unknown + overrun
    return sa.or_(limit.is_(None), used + sa.bindparam(f"asked_{kind}") <= limit)


def _taking(which: sa.ColumnElement[bool]) -> ReturningUpdate[int, int]:
    """An update that holds an amount in those of the accounts in which it fits.

    It returns the ids of these, each with the number of all.
    """
    held = {f"held_{k}": account.c[f"held_{k}"] + sa.bindparam(f"asked_{k}") for k in KINDS}
    fitting = (account.c.stopped.is_(None), *(_fits(kind) for kind in KINDS))
    number = sa.select(sa.func.count()).select_from(_locked).where(which).scalar_subquery()
    return _change(which).where(*fitting).values(held).returning(account.c.id, number)


@lru_cache
def _take(count: int) -> ReturningUpdate[int, int]:
    return _taking(_by_id(count))


@lru_cache
def _take_above(count: int) -> ReturningUpdate[int, int]:
    return _taking(_above(count))


@lru_cache
def _move(count: int) -> sa.Update:
    names = [f"{prefix}_{kind}" for prefix in USED for kind in KINDS]
    changed = {name: account.c[name] + sa.bindparam(f"by_{name}") for name in names}
    return _change(_by_id(count)).values(changed)


@lru_cache
def _move_and_add(dialect: str, count: int) -> tuple[sa.Update | Insert, ...]:
    """On a server one statement: between two, others would wait for our round trip as well."""
    move, add = _move(count), adding(dialect, count)
    return (move.add_cte(add.cte("added")),) if dialect == "postgresql" else (move, add)


def take(connection: Connection, ids: Sequence[int], asked: Amount) -> None:
    """Hold an amount in all of these accounts, or in none.

    Raises:
        BudgetExhausted: It does not fit in one of them; the caller's transaction must be undone.
    """
    parameters = {**numbered("id", ids), **asked.named("asked")}
    taken, _ = _taken(connection, _take(len(ids)), parameters)
    if len(taken) != len(ids):
        _take_rest(connection, accounts_of_ids(connection, ids), taken, asked)


def take_above(connection: Connection, key: str, now: float, asked: Amount) -> Sequence[int]:
    """Hold an amount in every account that a scope counts in now, or in none.

    Args:
        connection: Of the caller's transaction.
        key: The scope.
        now: Seconds since 1970.
        asked: The amount.

    Returns:
        The accounts in which it is held, in order; with a period that was made just now.

    Raises:
        BudgetExhausted: It does not fit in one of them; the caller's transaction must be undone.
    """
    keys = keys_above(key)
    parameters = {**numbered("key", keys), "now": now, **asked.named("asked")}
    taken, everywhere = _taken(connection, _take_above(len(keys)), parameters)
    if not everywhere:
        rows = accounts_now(connection, keys, now)
        _take_rest(connection, rows, taken, asked)
        return [row.id for row in rows]
    return taken


def _taken(
    connection: Connection, taking: ReturningUpdate[int, int], parameters: Mapping[str, Any]
) -> tuple[Sequence[int], bool]:
    """The accounts in which an amount is held now, and whether these are all."""
    rows = connection.execute(taking, parameters).all()
    return sorted(one for one, _ in rows), bool(rows) and len(rows) == rows[0][1]


def _take_rest(
    connection: Connection, rows: Sequence[Row[Any]], taken: Sequence[int], asked: Amount
) -> None:
    """Hold an amount in those accounts, all locked by now, that a first statement left out.

    A server leaves out what did not fit when the statement began: what became free while it waited
    for its locks is seen by the next one.

    Raises:
        BudgetExhausted: It does not fit in one of them.
    """
    others = [row for row in rows if row.id not in taken]
    if error := refusal(others, asked):
        raise error
    parameters = {**numbered("id", [row.id for row in others]), **asked.named("asked")}
    held, _ = _taken(connection, _take(len(others)), parameters)
    if len(held) != len(others):
        raise AssertionError("what fits everywhere was refused")


def move(  # noqa: PLR0913 - one amount for each column that it may change
    connection: Connection,
    ids: Sequence[int],
    *,
    free: Amount = NOTHING,
    known: Amount = NOTHING,
    unknown: Amount = NOTHING,
    spent: Amount = NOTHING,
    overrun: Amount = NOTHING,
    sums: Mapping[str, Any] | None = None,
) -> None:
    """Change the figures of accounts.

    Args:
        connection: Of the caller's transaction.
        ids: The accounts.
        free: Is not held any more.
        known: Is not unknown any more.
        unknown: Is unknown from now on.
        spent: Was used, and fits.
        overrun: Was used, and does not.
        sums: What to add to the sums of a model in the same accounts.
    """
    change = {f"by_{name}": value for name, value in spent.named("spent").items()}
    change |= {f"by_{name}": value for name, value in overrun.named("overrun").items()}
    change |= {f"by_{name}": -value for name, value in free.named("held").items()}
    more, fewer = unknown.named("unknown"), known.named("unknown")
    change |= {f"by_{name}": more[name] - fewer[name] for name in more}
    change |= numbered("id", ids)
    if sums is None:
        connection.execute(_move(len(ids)), change)
        return
    for statement in _move_and_add(connection.dialect.name, len(ids)):
        connection.execute(statement, {**change, **sums})
