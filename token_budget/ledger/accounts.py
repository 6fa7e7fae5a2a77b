"""Accounts: the rows that a scope's figures are kept in, and the two statements that move them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.errors import BudgetExhausted, LedgerValueError
from token_budget.ledger.amounts import KINDS, NOTHING, Amount
from token_budget.ledger.dialects import insert_if_absent
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

_USED = ("spent", "held", "unknown", "overrun")
"""The columns that take from a limit."""

NO_CREDIT: Mapping[str, Amount] = MappingProxyType({})

_some = account.c.id.in_(sa.bindparam("ids", expanding=True))

_LOCK = sa.select(account).where(_some).order_by(account.c.id).with_for_update()

_FIND = (
    sa.select(account)
    .where(
        account.c.scope.in_(sa.bindparam("keys", expanding=True)),
        account.c.starts <= sa.bindparam("now"),
        account.c.ends > sa.bindparam("now"),
    )
    .order_by(account.c.id)
)

_FIND_AND_LOCK = _FIND.with_for_update()


def _used(kind: str) -> sa.ColumnElement[int]:
    columns = [account.c[f"{prefix}_{kind}"] for prefix in _USED]
    return columns[0] + columns[1] + columns[2] + columns[3]


def _fits(kind: str) -> sa.ColumnElement[bool]:
    limit = account.c[f"limit_{kind}"]
    return sa.or_(limit.is_(None), _used(kind) + sa.bindparam(f"asked_{kind}") <= limit)


_TAKE = (
    sa.update(account)
    .where(_some, account.c.stopped.is_(None), *(_fits(kind) for kind in KINDS))
    .values({f"held_{k}": account.c[f"held_{k}"] + sa.bindparam(f"asked_{k}") for k in KINDS})
)

_MOVE = (
    sa.update(account)
    .where(_some)
    .values(
        {
            f"{prefix}_{kind}": account.c[f"{prefix}_{kind}"] + sa.bindparam(f"by_{prefix}_{kind}")
            for prefix in _USED
            for kind in KINDS
        }
    )
)


def accounts_above(connection: Connection, key: str, now: float) -> Sequence[Row[Any]]:
    """The accounts that an attempt in a scope counts in now, locked in the order of their ids.

    Every transaction locks accounts in that order, so that none waits for one that waits for it.
    Scopes that have no account yet get one.
    """
    keys = keys_above(key)
    found = connection.execute(_FIND_AND_LOCK, {"keys": keys, "now": now}).all()
    missing = set(keys) - {row.scope for row in found}
    if not missing:
        return found
    for one in sorted(missing):
        make_account(connection, one)
    return connection.execute(_FIND_AND_LOCK, {"keys": keys, "now": now}).all()


def accounts_now(connection: Connection, keys: Sequence[str], now: float) -> Sequence[Row[Any]]:
    """The accounts of some scopes, and of their periods that it is now; nothing is locked."""
    return connection.execute(_FIND, {"keys": keys, "now": now}).all()


def locked(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Accounts by their ids, locked in order."""
    return connection.execute(_LOCK, {"ids": ids}).all()


def make_account(
    connection: Connection, key: str, starts: float = FIRST_MOMENT, ends: float = LAST_MOMENT
) -> None:
    """An account without limits, unless it is there already."""
    made = insert_if_absent(connection.dialect.name, account)
    connection.execute(made, {"scope": key, "starts": starts, "ends": ends})


def take(connection: Connection, rows: Sequence[Row[Any]], asked: Amount) -> None:
    """Hold an amount in all of these accounts, or in none.

    Raises:
        BudgetExhausted: It does not fit in one of them; the caller's transaction must be undone.
    """
    parameters = {"ids": [row.id for row in rows], **asked.named("asked")}
    if connection.execute(_TAKE, parameters).rowcount != len(rows):
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
    """
    change = {f"by_{name}": value for name, value in spent.named("spent").items()}
    change |= {f"by_{name}": value for name, value in overrun.named("overrun").items()}
    change |= {f"by_{name}": -value for name, value in free.named("held").items()}
    more, fewer = unknown.named("unknown"), known.named("unknown")
    change |= {f"by_{name}": more[name] - fewer[name] for name in more}
    connection.execute(_MOVE, {"ids": ids, **change})


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
    used: int = sum(figures[f"{prefix}_{kind}"] for prefix in _USED)
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
