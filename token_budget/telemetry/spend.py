"""What was spent against every limit, as the ledger's statements have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.ledger import reading
from token_budget.ledger.accounts import UNITS
from token_budget.ledger.amounts import KINDS
from token_budget.ledger.scopes import key_of, shown_scope
from token_budget.telemetry.figures import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from token_budget.ledger.records import LimitState, Statement
    from token_budget.remaining import ScopePath

_FIGURES = ("spent", "held", "unknown", "overrun")


def spend(connection: Connection) -> dict[str, Any]:
    """The figures of the whole ledger, and one entry for each limit; from sums, not from rounds.

    Returns:
        Values that JSON can hold; money in millionths of a US dollar. Limits of all times are
        there, whatever days a report is of.
    """
    whole = reading.statement(connection, key_of(()))
    entries = [
        entry
        for scope in reading.limited_scopes(connection)
        for state in reading.statement(connection, key_of(scope)).limits
        for entry in _entries(scope, state)
    ]
    return {"whole": _amounts(whole), "limits": entries}


def _amounts(found: Statement | LimitState) -> dict[str, dict[str, int]]:
    return {
        kind: {name: getattr(getattr(found, name), kind) for name in _FIGURES} for kind in KINDS
    }


def _entries(scope: ScopePath, state: LimitState) -> Iterator[dict[str, Any]]:
    """One entry for each kind that a limit speaks of."""
    amounts, limit = _amounts(state), state.limit
    for kind in KINDS:
        most: int | None = getattr(limit, kind)
        if most is not None:
            used = amounts[kind]
            yield {
                "scope": shown_scope(scope),
                "starts": limit.starts.isoformat() if limit.starts else None,
                "ends": limit.ends.isoformat() if limit.ends else None,
                "kind": kind,
                "unit": UNITS[kind],
                "limit": most,
                **used,
                "used_share": share(used["spent"] + used["overrun"], most),
                "stopped": state.stopped,
            }
