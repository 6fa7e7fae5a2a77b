"""Setting limits: for a scope for good, or for a period of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.errors import LedgerConflict
from token_budget.ledger.accounts import UNITS, make_account
from token_budget.ledger.amounts import KINDS, Amount
from token_budget.ledger.limits import FIRST_MOMENT, LAST_MOMENT
from token_budget.ledger.scopes import scope_of, shown_scope, within
from token_budget.ledger.tables import (
    MODEL_SUMS,
    OWN_LEASE,
    account,
    model_sum,
    reservation,
    round_,
)
from token_budget.ledger.usage import COUNTS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row

    from token_budget.ledger.limits import Limit


def set_limit(connection: Connection, key: str, limit: Limit) -> None:
    """Replace the limits of a scope for one period, or for good.

    A limit that is raised lets a stopped scope go on.

    Raises:
        LedgerConflict: More is spent, held or unknown already than it would allow.
    """
    row = _account(connection, key, *limit.period)
    for kind in KINDS:
        _check(row, kind, getattr(limit, kind))
    values: dict[str, Any] = dict(limit.columns())
    if _raised(row, limit):
        values["stopped"] = None
    connection.execute(sa.update(account).where(account.c.id == row.id).values(values))


def _account(connection: Connection, key: str, starts: float, ends: float) -> Row[Any]:
    """The account of a scope in a period, locked; it is made with its figures if there is none."""
    own = sa.and_(account.c.scope == key, account.c.starts == starts, account.c.ends == ends)
    known = sa.select(account.c.id).where(own)
    if connection.scalar(known) is None:
        if (starts, ends) != (FIRST_MOMENT, LAST_MOMENT):
            _lock_out(connection, _made_in(key, starts, ends))
            if connection.scalar(known) is None:
                make_account(connection, key, starts, ends)
                _count_reserved(connection, connection.execute(sa.select(account).where(own)).one())
        # Nothing to count: who reserves makes this account of every scope above.
        make_account(connection, key)
    return connection.execute(sa.select(account).where(own).with_for_update()).one()


def _lock_out(connection: Connection, made: sa.ColumnElement[bool]) -> None:
    """Let nobody reserve from here on without seeing the period that is about to be made.

    Leases are locked before accounts, as in every other entry. One that was made in between can
    still meet us when it is settled: the server then undoes one of us, who tries again.
    """
    if connection.dialect.name == "postgresql":
        leases = sa.select(reservation.c.id).where(made).order_by(*reservation.primary_key)
        locked = leases.with_for_update().subquery()
        connection.execute(sa.select(sa.func.count()).select_from(locked))
        connection.exec_driver_sql(f"LOCK TABLE {account.name} IN EXCLUSIVE MODE")


def _made_in(key: str, starts: float, ends: float) -> sa.ColumnElement[bool]:
    """Whether a reservation was made in a scope and a period."""
    made = reservation.c.made_at
    return sa.and_(within(reservation.c.scope, key), made >= starts, made < ends)


def _check(row: Row[Any], kind: str, limit: int | None) -> None:
    used = sum(row._mapping[f"{prefix}_{kind}"] for prefix in ("spent", "held", "unknown"))
    if limit is not None and used > limit:
        reason = (
            f"{used:,} {UNITS[kind]} are spent or held already, the limit cannot be {limit:,};"
            " to let nothing more happen, stop the scope"
        )
        raise LedgerConflict(shown_scope(scope_of(row.scope)), reason)


def _raised(row: Row[Any], limit: Limit) -> bool:
    """Whether any limit is higher than it was."""
    pairs = ((row._mapping[f"limit_{kind}"], getattr(limit, kind)) for kind in KINDS)
    return any(old is not None and (new is None or new > old) for old, new in pairs)


def _count_reserved(connection: Connection, row: Row[Any]) -> None:
    """Enter what was reserved in a period before somebody limited it."""
    own = _made_in(row.scope, row.starts, row.ends)
    connection.execute(
        sa.update(reservation)
        .where(own)
        .values(accounts=reservation.c.accounts + sa.literal(f",{row.id}"))
    )
    joined = round_.join(reservation, OWN_LEASE)
    held = _sums(connection, sa.select(reservation).where(own), "held")
    rounds = sa.select(round_).select_from(joined).where(own)
    held += _sums(connection, rounds.where(round_.c.state == "sent"), "hold")
    unknown = _sums(connection, rounds.where(round_.c.state == "unknown"), "hold")
    spent, overrun = (_sums(connection, rounds, prefix) for prefix in ("spent", "overrun"))
    figures = {**held.named("held"), **unknown.named("unknown")}
    figures |= {**spent.named("spent"), **overrun.named("overrun")}
    connection.execute(sa.update(account).where(account.c.id == row.id).values(figures))
    _count_models(connection, row.id, rounds.where(round_.c.state == "settled"))


def _sums(connection: Connection, rows: sa.Select[Any], prefix: str) -> Amount:
    part = rows.subquery()
    columns = [sa.func.sum(part.c[f"{prefix}_{k}"]).label(f"sum_{k}") for k in KINDS]
    row = connection.execute(sa.select(*columns)).one()
    return Amount(**{kind: int(row._mapping[f"sum_{kind}"] or 0) for kind in KINDS})


def _count_models(connection: Connection, key: int, settled: sa.Select[Any]) -> None:
    part = settled.subquery()
    marks = {
        "rounds": sa.func.count(),
        "estimated": sa.func.sum(sa.cast(part.c.estimated, sa.Integer)),
        "late": sa.func.sum(sa.cast(part.c.late, sa.Integer)),
        "unpriced": sa.func.sum(sa.case((part.c.micro_usd.is_(None), 1), else_=0)),
        **{name: sa.func.sum(part.c[name]) for name in COUNTS},
        "micro_usd": sa.func.sum(part.c.spent_micro_usd + part.c.overrun_micro_usd),
    }
    sums = (sa.cast(marks[name], sa.BigInteger) for name in MODEL_SUMS)
    query = sa.select(sa.literal(key), part.c.model, *sums).group_by(part.c.model)
    connection.execute(sa.insert(model_sum).from_select(["account", "model", *MODEL_SUMS], query))
