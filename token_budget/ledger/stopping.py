"""Stopping a scope: it refuses reservations until somebody looked at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from token_budget.ledger.accounts import make_account
from token_budget.ledger.amounts import KINDS
from token_budget.ledger.tables import account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection


def stop_overrun(connection: Connection, key: str, ids: Sequence[int], number: int) -> None:
    """Stop the scope of a round that used more than was held, and all whose limit it broke."""
    reason = f"round {number} used more than was held for it; raise a limit, or resume"
    broken = sa.or_(account.c.scope == key, *(_over(kind) for kind in KINDS))
    _set(connection, reason, account.c.id.in_(ids), account.c.stopped.is_(None), broken)


def stop(connection: Connection, key: str, reason: str) -> None:
    """Refuse reservations in a scope and under it from now on."""
    make_account(connection, key)
    _set(connection, reason, account.c.scope == key)


def resume(connection: Connection, key: str) -> None:
    """Allow reservations again."""
    _set(connection, None, account.c.scope == key)


def _set(connection: Connection, reason: str | None, *where: sa.ColumnElement[bool]) -> None:
    connection.execute(sa.update(account).where(*where).values(stopped=reason))


def _over(kind: str) -> sa.ColumnElement[bool]:
    used = sum(
        (account.c[f"{prefix}_{kind}"] for prefix in ("held", "unknown", "overrun")),
        account.c[f"spent_{kind}"],
    )
    return used > account.c[f"limit_{kind}"]
