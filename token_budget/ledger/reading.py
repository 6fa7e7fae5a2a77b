"""What the books say: balances, statements, histories; nothing here changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from token_budget.ledger.amounts import KINDS, Amount
from token_budget.ledger.leases import expired
from token_budget.ledger.limits import FIRST_MOMENT, LAST_MOMENT, Limit
from token_budget.ledger.records import LimitState, Round, Statement
from token_budget.ledger.scopes import scope_of, within
from token_budget.ledger.tables import (
    MODEL_SUMS,
    OWN_LEASE,
    SETTLED,
    UNSETTLED,
    account,
    model_sum,
    reservation,
    round_,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Row


def statement(connection: Connection, key: str) -> Statement:
    """The sums of a scope; rounds are not read."""
    rows = connection.execute(sa.select(account).where(account.c.scope == key)).all()
    whole = next((row for row in rows if (row.starts, row.ends) == _FOR_GOOD), None)
    if whole is None:
        return Statement(scope_of(key))
    sums = sa.select(model_sum).where(model_sum.c.account == whole.id).order_by(model_sum.c.model)
    by_model = {
        one.model: {name: one._mapping[name] for name in MODEL_SUMS}
        for one in connection.execute(sums)
    }
    return Statement(
        scope=scope_of(key),
        **_figures(whole),
        limits=tuple(limit_state(row) for row in rows if not Limit.from_row(row).unlimited),
        by_model=by_model,
        stopped=whole.stopped,
    )


def limit_state(row: Row[Any]) -> LimitState:
    """A limit, and what counts against it."""
    return LimitState(Limit.from_row(row), **_figures(row), stopped=row.stopped)


def limits(connection: Connection, key: str) -> tuple[Limit, ...]:
    """The limits of a scope, the one for good first, then by the start of their periods."""
    query = sa.select(account).where(account.c.scope == key)
    ordered = query.order_by(account.c.starts, account.c.ends.desc())
    found = (Limit.from_row(row) for row in connection.execute(ordered))
    return tuple(limit for limit in found if not limit.unlimited)


def limited_scopes(connection: Connection) -> tuple[tuple[str, ...], ...]:
    """Every scope that has a limit or is stopped, from the root down."""
    some = (account.c[f"limit_{kind}"].is_not(None) for kind in KINDS)
    query = sa.select(account.c.scope).distinct().order_by(account.c.scope)
    keys = connection.scalars(query.where(sa.or_(account.c.stopped.is_not(None), *some)))
    return tuple(scope_of(key) for key in keys)


def history(connection: Connection, key: str, number: int) -> tuple[Round, ...]:
    """The rounds of a scope that were settled or written off last, the last one first."""
    query = sa.select(round_).where(SETTLED)
    # Without a condition on the scope the index of the times is walked from its end.
    own = query.where(within(round_.c.scope, key)) if key else query
    latest = own.order_by(round_.c.settled_at.desc()).limit(number)
    return tuple(Round.from_row(row) for row in connection.execute(latest))


def unknown_rounds(connection: Connection, key: str, now: float) -> tuple[Round, ...]:
    """The rounds that were sent and that no live lease stands for, in the order of their scopes."""
    joined = round_.join(reservation, OWN_LEASE)
    ended = sa.and_(round_.c.state == "sent", expired(now))
    query = sa.select(round_).select_from(joined)
    own = (UNSETTLED, within(round_.c.scope, key))
    found = query.where(*own, sa.or_(round_.c.state == "unknown", ended))
    ordered = found.order_by(round_.c.scope, round_.c.round)
    return tuple(Round.from_row(row) for row in connection.execute(ordered))


def overruns(connection: Connection, key: str) -> tuple[Round, ...]:
    """The rounds that used more than was held, in the order in which they were settled."""
    more = sa.or_(*(round_.c[f"overrun_{kind}"] > 0 for kind in KINDS))
    query = sa.select(round_).where(more, within(round_.c.scope, key))
    return tuple(
        Round.from_row(row) for row in connection.execute(query.order_by(round_.c.settled_at))
    )


def exported(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every row of the books as a plain object, with the table it is of."""
    for table in (account, reservation, round_):
        name = table.name.removeprefix("ledger_")
        for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
            yield {"table": name, **row._mapping, "scope": list(scope_of(row.scope))}


_FOR_GOOD = (FIRST_MOMENT, LAST_MOMENT)


def _figures(row: Row[Any]) -> dict[str, Amount]:
    prefixes = ("spent", "held", "unknown", "overrun")
    return {prefix: Amount.from_row(row, prefix) for prefix in prefixes}
