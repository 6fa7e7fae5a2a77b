"""Rounds that nobody will ever settle, and rounds whose reservation object is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from token_budget.errors import LedgerConflict, LedgerError
from token_budget.ledger.leases import accounts_of, lease
from token_budget.ledger.movements import move
from token_budget.ledger.records import Round, shown_round
from token_budget.ledger.scopes import key_of
from token_budget.ledger.settling import find_round
from token_budget.ledger.tables import round_

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from token_budget.ledger.leases import LeaseKey
    from token_budget.remaining import ScopePath


def round_reservation(connection: Connection, scope: ScopePath, number: int) -> LeaseKey:
    """The reservation that announced a round.

    Raises:
        LedgerError: None did.
    """
    return key_of(scope), _announced(connection, scope, number).reservation


def write_off(
    connection: Connection, scope: ScopePath, number: int, note: str, now: float
) -> Round:
    """Free what is held for an unknown round; a second time changes nothing.

    Raises:
        LedgerConflict: It is settled, or its lease is alive.
        LedgerError: It was never announced.
    """
    row = lease(connection, round_reservation(connection, scope, number), number)
    found = _announced(connection, scope, number)
    if row is None or found.state == "written off":
        return found
    if found.state != "unknown":
        raise LedgerConflict(
            found.shown, f"only an unknown round can be written off: {_WHY[found.state]}"
        )
    own = (round_.c.scope == key_of(scope), round_.c.round == number)
    values = {"state": "written off", "settled_at": now, "note": note}
    connection.execute(sa.update(round_).where(*own).values(values))
    move(connection, accounts_of(row), known=found.held)
    return _announced(connection, scope, number)


_WHY = {"sent": "its lease is alive", "settled": "it is settled"}


def _announced(connection: Connection, scope: ScopePath, number: int) -> Round:
    found = find_round(connection, key_of(scope), number)
    if found is None:
        raise LedgerError(shown_round(scope, number), "the round was never announced nor settled")
    return found
