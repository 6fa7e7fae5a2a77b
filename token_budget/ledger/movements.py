"""Movements: the statements that change the figures of accounts.

The accounts of a transaction include the root, which every other transaction wants as well. So a
movement comes last, just before the commit; it locks its accounts by itself, in the order of their
ids, so that none waits for one that waits for it.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from token_budget.ledger.accounts import USED, accounts_of_ids, refusal
from token_budget.ledger.amounts import KINDS, NOTHING, Amount
from token_budget.ledger.dialects import among, insert_or_change, numbered, run, run_all
from token_budget.ledger.limits import FIRST_MOMENT, LAST_MOMENT
from token_budget.ledger.tables import account

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

    from token_budget.ledger.dialects import Change

    Changed = ReturningInsert[Any] | ReturningUpdate[Any]

_here = account.alias("here")
"""The accounts of a statement; SQLite has one lock for all, and is asked for none."""

_NAMED = ("id", "scope", "starts", "ends")
"""The columns of an account that say which it is."""

_ZERO: sa.ColumnElement[int] = sa.literal_column("0")
_ONE: sa.ColumnElement[int] = sa.literal_column("1")


@lru_cache
def of_ids(count: int) -> sa.ColumnElement[bool]:
    """Whether an account is one of so many: the parameters of `numbered` by the name ``id``."""
    return among(_here.c.id, "id", count)


@lru_cache
def of_scopes(count: int) -> sa.ColumnElement[bool]:
    """Whether an account is of one of so many scopes, ``key``, and of a period that is ``now``."""
    now: sa.BindParameter[float] = sa.bindparam("now")
    return sa.and_(among(_here.c.scope, "key", count), _here.c.starts <= now, _here.c.ends > now)


def of_listed(ids: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether an account's id is in a text of ids with commas between them; for a server."""
    listed = sa.func.string_to_array(ids, sa.literal_column("','"))
    return _here.c.id == sa.any_(sa.cast(listed, ARRAY(sa.BigInteger)))


def accounts(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Some accounts in the order of their ids, for `changing`."""
    return sa.select(*(_here.c[name] for name in _NAMED)).where(which).order_by(_here.c.id)


def changing(
    dialect: str, rows: sa.Select[Any], change: Mapping[str, sa.ColumnElement[Any]]
) -> Change:
    """A statement that changes accounts as they stand when their turn has come.

    An update of a server looks at each row as it stood when the statement began; where another
    transaction has changed it meanwhile, all of the statement is prepared anew for the row that
    there is now, while those that it has locked are waited for. An insertion that finds its row
    there changes it as it is, one after the other.

    Args:
        dialect: The name of the database's.
        rows: The accounts, as `accounts` gives them; for a server in the order of their ids.
        change: New figures, by their columns.
    """
    if dialect == "postgresql":
        return insert_or_change(dialect, account, change).from_select(_NAMED, rows)
    ids = rows.with_only_columns(rows.selected_columns.id).order_by(None)
    return sa.update(account).where(account.c.id.in_(ids)).values(change)


def taking(
    dialect: str,
    which: sa.ColumnElement[bool],
    *conditions: sa.ColumnElement[bool],
    scopes: int | None = None,
    named: bool = False,
) -> Changed:
    """A statement that holds the figures ``asked_…`` in all of some accounts, or in none.

    The figures that it looks at are those that stand when it has locked all of them, however long
    it waited for that.

    Args:
        dialect: The name of the database's.
        which: The accounts.
        conditions: Without which nothing is held.
        scopes: Of how many scopes they must be; None: of any number.
        named: Whether each figure must be more than 0 where it is limited.

    Returns:
        The statement; its rows are the ids of the accounts.
    """
    fitting = sa.and_(_here.c.stopped.is_(None), *(_room_for(kind, named=named) for kind in KINDS))
    fits = sa.case((fitting, _ONE), else_=_ZERO).label("fits")
    found = accounts(which).add_columns(fits).with_for_update().cte("found")
    together = [sa.func.min(found.c.fits) == _ONE]
    if scopes is not None:
        together.append(_number_of_scopes(found) == sa.literal_column(str(scopes)))
    all_fit = sa.select(sa.and_(*together)).select_from(found).scalar_subquery()
    rows = sa.select(*(found.c[name] for name in _NAMED)).where(all_fit, *conditions)
    held = {f"held_{k}": account.c[f"held_{k}"] + sa.bindparam(f"asked_{k}") for k in KINDS}
    return changing(dialect, rows.order_by(found.c.id), held).returning(account.c.id)


def _room_for(kind: str, *, named: bool) -> sa.ColumnElement[bool]:
    """Whether a figure that is asked for fits; and, where it is limited, is more than 0."""
    limit, asked = _here.c[f"limit_{kind}"], sa.bindparam(f"asked_{kind}", type_=sa.BigInteger)
    used = sum((_here.c[f"{prefix}_{kind}"] for prefix in USED[1:]), _here.c[f"{USED[0]}_{kind}"])
    fits = used + asked <= limit
    return sa.or_(limit.is_(None), sa.and_(fits, asked > _ZERO) if named else fits)


def _number_of_scopes(found: sa.CTE) -> sa.ColumnElement[int]:
    """How many scopes accounts are of: each has one that is no period's."""
    moments = ((found.c.starts, FIRST_MOMENT), (found.c.ends, LAST_MOMENT))
    for_good = (column == sa.literal_column(str(moment)) for column, moment in moments)
    return sa.func.sum(sa.case((sa.and_(*for_good), _ONE), else_=_ZERO))


@lru_cache
def _take(dialect: str, count: int) -> Changed:
    return taking(dialect, of_ids(count))


@lru_cache
def _move(dialect: str, count: int) -> Change:
    names = [f"{prefix}_{kind}" for prefix in USED for kind in KINDS]
    change = {name: account.c[name] + sa.bindparam(f"by_{name}") for name in names}
    return changing(dialect, accounts(of_ids(count)), change)


def take(connection: Connection, ids: Sequence[int], asked: Amount) -> None:
    """Hold an amount in all of these accounts, or in none.

    Raises:
        BudgetExhausted: It does not fit in one of them; the caller's transaction must be undone.
    """
    parameters = {**numbered("id", ids), **asked.named("asked")}
    if run(connection, _take(connection.dialect.name, len(ids)), parameters).fetchone() is None:
        # All of them are locked by now: what is read is what was looked at.
        rows = accounts_of_ids(connection, ids)
        raise refusal(rows, asked) or AssertionError("what fits everywhere was refused")


def move(  # noqa: PLR0913 - one amount for each column that it may change
    connection: Connection,
    ids: Sequence[int],
    *,
    free: Amount = NOTHING,
    known: Amount = NOTHING,
    unknown: Amount = NOTHING,
    spent: Amount = NOTHING,
    overrun: Amount = NOTHING,
    changes: tuple[Change, ...] = (),
    parameters: Mapping[str, Any] = MappingProxyType({}),
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
        changes: What else is changed; in tables other than the accounts'.
        parameters: Those of the changes; that of the accounts is known.
    """
    change = {f"by_{name}": value for name, value in spent.named("spent").items()}
    change |= {f"by_{name}": value for name, value in overrun.named("overrun").items()}
    change |= {f"by_{name}": -value for name, value in free.named("held").items()}
    more, fewer = unknown.named("unknown"), known.named("unknown")
    change |= {f"by_{name}": more[name] - fewer[name] for name in more}
    change |= numbered("id", ids)
    moved = _move(connection.dialect.name, len(ids))
    run_all(connection, (*changes, moved), {**change, **parameters})
