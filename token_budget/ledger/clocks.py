"""The clock that leases are measured by."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from token_budget.ledger.books import Books

Clock = Callable[[], float]
"""Seconds since 1970, UTC."""

ASKED_EVERY_SECONDS = 60.0
"""How long a server's clock is reckoned on from the machine's steady one."""


def clock_for(books: Books) -> Clock:
    """The machine's clock for a ledger on it; the server's where several machines share one."""
    if books.database.url.startswith("sqlite"):
        return time.time
    return ServerClock(books)


class ServerClock:
    """The clock of the database server, so that machines need not agree on the time."""

    def __init__(self, books: Books) -> None:
        """Ask when first needed."""
        self._books = books
        self._asked_at = float("-inf")
        self._ahead = 0.0

    def __call__(self) -> float:
        """The server's time, in seconds since 1970.

        Raises:
            LedgerUnavailable: The server cannot be asked.
        """
        steady = time.monotonic()
        if steady - self._asked_at > ASKED_EVERY_SECONDS:
            query = sa.select(sa.extract("epoch", sa.func.clock_timestamp()))
            self._ahead = float(self._books.read(lambda c: c.scalar(query)) or 0.0) - steady
            self._asked_at = steady
        return steady + self._ahead
