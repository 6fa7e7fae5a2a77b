"""Accounts: the rows that a scope's figures are kept in; finding them, and what is left of them."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.errors import BudgetExhausted, LedgerValueError
from token_budget.ledger.amounts import KINDS, NOTHING, Amount
from token_budget.ledger.dialects import among, insert_if_absent, numbered
from token_budget.ledger.limits import FIRST_MOMENT, LAST_MOMENT, period_of
from token_budget.ledger.scopes import keys_above, scope_of, shown_scope
from token_budget.ledger.tables import account

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection, Row

UNITS = {
    "output_tokens": "output tokens",
    "total_tokens": "tokens",
    "micro_usd": "millionths of a US dollar",
    "calls": "calls",
}
"""What the figures of each kind count."""

USED = ("spent", "held", "unknown", "overrun")
"""The columns that take from a limit."""

NO_CREDIT: Mapping[str, Amount] = MappingProxyType({})


@lru_cache
def _find(count: int) -> sa.Select[Any]:
    own = among(account.c.scope, "key", count)
    now: sa.BindParameter[float] = sa.bindparam("now")
    current = (account.c.starts <= now, account.c.ends > now)
    return sa.select(account).where(own, *current).order_by(account.c.id)


@lru_cache
def _read(count: int) -> sa.Select[Any]:
    return sa.select(account).where(among(account.c.id, "id", count)).order_by(account.c.id)


def accounts_above(connection: Connection, key: str, now: float) -> Sequence[Row[Any]]:
    """The accounts that an attempt in a scope counts in now; nothing is locked.

    Scopes that have no account yet get one.
    """
    keys = keys_above(key)
    found = accounts_now(connection, keys, now)
    missing = set(keys) - {row.scope for row in found}
    if not missing:
        return found
    for one in sorted(missing):
        make_account(connection, one)
    return accounts_now(connection, keys, now)


def accounts_now(connection: Connection, keys: Sequence[str], now: float) -> Sequence[Row[Any]]:
    """The accounts of some scopes, and of their periods that it is now; nothing is locked."""
    return connection.execute(_find(len(keys)), {**numbered("key", keys), "now": now}).all()


def accounts_of_ids(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Accounts by their ids; nothing is locked."""
    return connection.execute(_read(len(ids)), numbered("id", ids)).all()


def locked(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Accounts by their ids, locked in order."""
    return connection.execute(_read(len(ids)).with_for_update(), numbered("id", ids)).all()


def make_account(
    connection: Connection, key: str, starts: float = FIRST_MOMENT, ends: float = LAST_MOMENT
) -> None:
    """An account without limits, unless it is there already."""
    made = insert_if_absent(connection.dialect.name, account)
    connection.execute(made, {"scope": key, "starts": starts, "ends": ends})


def refusal(
    rows: Sequence[Row[Any]], asked: Amount, credit: Mapping[str, Amount] = NO_CREDIT
) -> BudgetExhausted | None:
    """The error that names the limit that fires: of the deepest scope, in the order of kinds.

    Args:
        rows: Accounts.
        asked: What should fit in all of them.
        credit: By the key of a scope: what it holds and would give to who asks.

    Returns:
        None where all fits.
    """
    for row in sorted(rows, key=lambda row: (-row.scope.count("/"), row.id)):
        spare = credit.get(row.scope, NOTHING)
        if row.stopped is not None:
            return _exhausted(row, "total_tokens", asked, 0, f"stopped: {row.stopped}")
        for kind in KINDS:
            left = left_of(row, kind, spare)
            if left is not None and getattr(asked, kind) > left:
                return _exhausted(row, kind, asked, left)
    return None


def left_of(row: Row[Any], kind: str, spare: Amount = NOTHING) -> int | None:
    """What is left of one limit, less than 0 after an overrun; None: there is no limit.

    Args:
        row: The account.
        kind: Of the limit.
        spare: What the account holds and would give to who asks.
    """
    figures = row._mapping
    limit: int | None = figures[f"limit_{kind}"]
    if limit is None:
        return None
    given: int = min(getattr(spare, kind), figures[f"held_{kind}"])
    used: int = sum(figures[f"{prefix}_{kind}"] for prefix in USED)
    return limit - used + given


def check_named(rows: Sequence[Row[Any]], asked: Amount) -> None:
    """Make sure that an amount says something of everything that is limited.

    Raises:
        LedgerValueError: A limited figure is 0, so that any use of it would be an overrun.
    """
    for row, kind in _limited(rows):
        if getattr(asked, kind) == 0:
            name = shown_scope(scope_of(row.scope))
            raise LedgerValueError(f"amount.{kind}", 0, f"more than 0, because {name} limits it")


def _limited(rows: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], str]]:
    return (
        (row, kind) for row in rows for kind in KINDS if row._mapping[f"limit_{kind}"] is not None
    )


def _exhausted(
    row: Row[Any], kind: str, asked: Amount, left: int, reason: str = ""
) -> BudgetExhausted:
    figures = row._mapping
    starts, ends = period_of(row)
    if not reason and (starts or ends):
        reason = f"in the period from {starts or 'the beginning'} to {ends or 'the end'}"
    return BudgetExhausted(
        scope=shown_scope(scope_of(row.scope)),
        limit=figures[f"limit_{kind}"],
        spent=figures[f"spent_{kind}"] + figures[f"overrun_{kind}"],
        held=figures[f"held_{kind}"] + figures[f"unknown_{kind}"],
        asked=getattr(asked, kind),
        left=left,
        unit=UNITS[kind],
        reason=reason,
    )
