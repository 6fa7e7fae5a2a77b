"""The work that a ledger and its reservations share: entries with the time, the price, the room."""

from __future__ import annotations

import os
import socket
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from token_budget.errors import BudgetExhausted
from token_budget.ledger.amounts import Amount
from token_budget.ledger.clocks import clock_for
from token_budget.ledger.debit import Debit
from token_budget.ledger.figures import whole
from token_budget.ledger.leases import expired_keys, reclaim_one
from token_budget.ledger.settling import settle
from token_budget.ledger.usage import Usage
from token_budget.prices import PriceBook

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

    from token_budget.config import Provider
    from token_budget.ledger.books import Books
    from token_budget.ledger.clocks import Clock
    from token_budget.ledger.leases import LeaseKey
    from token_budget.ledger.records import Round
    from token_budget.ledger.settling import Alongside
    from token_budget.storage_entries import DriverTransaction

    Work = Callable[[Connection, float], "_Result"]

_Result = TypeVar("_Result")

LARGEST_ROUND = 2**31 - 1
"""The number of a round is a 32-bit integer of the database."""


class Bookkeeper:
    """Makes entries in one ledger's books."""

    def __init__(  # noqa: PLR0913 - each is a setting of the ledger
        self,
        books: Books,
        *,
        clock: Clock | None = None,
        owner: str | None = None,
        prices: PriceBook | None = None,
        provider: Provider = "anthropic",
        floor: int = 0,
    ) -> None:
        """Settings are those of `Ledger`."""
        self.books = books
        self.clock = clock or clock_for(books)
        self.owner = owner or f"{socket.gethostname()}:{os.getpid()}"
        self.prices = prices or PriceBook()
        self.provider: Provider = provider
        self.floor = floor

    def follow_up(self, needed: int | Amount) -> Amount:
        """What a follow-up call takes at the least: its prompt, the smallest answer, some money.

        Args:
            needed: The prompt in tokens; or the whole amount, which is left as it is.
        """
        if isinstance(needed, Amount):
            return needed
        return Amount(self.floor, whole(needed, "needed") + self.floor, micro_usd=1, calls=1)

    def write(self, work: Work[_Result]) -> _Result:
        """One transaction; the time is taken when its turn has come.

        Raises:
            LedgerUnavailable: It cannot be written.
        """
        return self.books.write(lambda connection: work(connection, self.clock()))

    def enter(self, work: Callable[[DriverTransaction, float], _Result]) -> _Result:
        """As `write`, past SQLAlchemy; on a server each statement is a transaction of its own.

        Raises:
            LedgerUnavailable: It cannot be written.
        """
        return self.books.enter(lambda transaction: work(transaction, self.clock()))

    def read(self, work: Work[_Result]) -> _Result:
        """One snapshot.

        Raises:
            LedgerUnavailable: It cannot be read.
        """
        return self.books.read(lambda connection: work(connection, self.clock()))

    def take(self, work: Work[_Result]) -> _Result:
        """One transaction that needs room: where there is none, ended leases are reclaimed first.

        Raises:
            BudgetExhausted: There is none even so.
            LedgerUnavailable: It cannot be written.
        """
        try:
            return self.write(work)
        except BudgetExhausted:
            due, _ = self.reclaim()
            if not due:
                raise
        return self.write(work)

    def reclaim(self) -> tuple[int, int]:
        """End every lease that has expired.

        Returns:
            How many were due, and how many of them were ended here and not by another.
        """
        keys = self.read(expired_keys)
        ended = sum(self.write(partial(_reclaim, key)) for key in keys)
        return len(keys), ended

    def debit(  # noqa: PLR0913 - as `Reservation.settle`
        self,
        number: int,
        usage: object,
        model: str,
        *,
        request_id: str | None,
        estimated: bool,
        provider: Provider | None,
    ) -> Debit:
        """What is to be entered for a round, with its price.

        Raises:
            LedgerValueError: The usage or the number cannot be used.
            ConfigError: The provider is none of ours.
        """
        used = Usage.of(usage)
        served = provider or self.provider
        sheet = self.prices.sheet(model, served)
        cost = sheet.cost(
            used.input,
            used.output,
            cache_read=used.cache_read,
            cache_write_5m=used.cache_write_5m,
            cache_write_1h=used.cache_write_1h,
            web_searches=used.web_searches,
        )
        return Debit(
            number=checked_round(number),
            usage=used,
            model=model,
            provider=served,
            micro_usd=cost,
            price_source=sheet.source_of(used.web_searches),
            request_id=request_id,
            estimated=estimated,
        )

    def settle(
        self,
        find: Callable[[Connection], LeaseKey],
        debit: Debit,
        alongside: Alongside | None,
        *,
        by_owner: bool,
    ) -> Round:
        """Enter a debit; ``alongside`` is called in the same transaction, once for each round.

        Args:
            find: The reservation.
            debit: What is to be entered.
            alongside: What else belongs to the entry, such as telemetry.
            by_owner: Whether the owner of the reservation settles, and so is alive.

        Raises:
            LedgerConflict: The round was settled with other figures.
            LedgerUnavailable: It cannot be written; nothing was entered.
        """
        return self.write(
            lambda c, now: settle(c, find(c), debit, now, alongside, by_owner=by_owner)
        )


def checked_round(number: int) -> int:
    """The number of a round.

    Raises:
        LedgerValueError: It is none.
    """
    return whole(number, "round", LARGEST_ROUND)


def _reclaim(key: LeaseKey, connection: Connection, now: float) -> bool:
    return reclaim_one(connection, key, now)
