"""The ledger: one set of books for tokens, calls and money, which cannot be overspent.

The names below are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimators.lazy import lazy_names

if TYPE_CHECKING:
    from token_budget.ledger.amounts import Amount
    from token_budget.ledger.ledger import Ledger
    from token_budget.ledger.limits import Limit
    from token_budget.ledger.records import Round, Statement
    from token_budget.ledger.reservation import Reservation
    from token_budget.ledger.usage import Usage

_HOME = {
    "Amount": "amounts",
    "Ledger": "ledger",
    "Limit": "limits",
    "Reservation": "reservation",
    "Round": "records",
    "Statement": "records",
    "Usage": "usage",
}

__all__ = ["Amount", "Ledger", "Limit", "Reservation", "Round", "Statement", "Usage"]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
