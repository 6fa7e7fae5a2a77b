"""The ledger: one set of books, which cannot be overspent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from token_budget.ledger.bookkeeper import Bookkeeper, checked_round
from token_budget.ledger.books import PATIENCE_SECONDS, Books
from token_budget.ledger.figures import whole
from token_budget.ledger.leases import check_ttl
from token_budget.ledger.limiting import set_limit
from token_budget.ledger.reader import LedgerReader
from token_budget.ledger.reservation import Reservation
from token_budget.ledger.reserving import Lease, enter, new_id, reserve
from token_budget.ledger.scopes import checked_scope, key_of
from token_budget.ledger.stopping import resume, stop
from token_budget.ledger.writing_off import round_reservation, write_off
from token_budget.storage_place import state_url

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from types import TracebackType

    from token_budget.config import Provider
    from token_budget.ledger.amounts import Amount
    from token_budget.ledger.clocks import Clock
    from token_budget.ledger.limits import Limit
    from token_budget.ledger.records import Round
    from token_budget.ledger.settling import Alongside
    from token_budget.prices import PriceBook
    from token_budget.storage import Database

DEFAULT_TTL_SECONDS = 900.0
"""Seconds after its last entry at which a lease ends: longer than the ten minutes that the SDK
waits for an answer, so that a request that is under way keeps it."""

DEFAULT_FLOOR_TOKENS = 500
"""The smallest answer worth a follow-up call: output tokens."""


class Ledger(LedgerReader):
    """One set of books; threads may share it, processes open their own.

    At every instant, for every scope and every limit: spent + held + unknown <= limit. What was
    used above what was held is an overrun: it is recorded, counted apart, and stops the scope.
    """

    def __init__(  # noqa: PLR0913 - each is a setting with a default
        self,
        database: Database | str,
        *,
        clock: Clock | None = None,
        owner: str | None = None,
        prices: PriceBook | None = None,
        provider: Provider = "anthropic",
        floor: int = DEFAULT_FLOOR_TOKENS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """Open the books; empty ones are made only where no others were.

        Args:
            database: An open database, or a URL: ``sqlite:///FILE``, ``postgresql+psycopg://…``.
            clock: Seconds since 1970; None: the machine's clock for SQLite, else the server's.
            owner: Who reserves, in words; None: the host and the process.
            prices: What tokens cost; None: as genai-prices lists them.
            provider: Who serves the models, unless a round says.
            floor: The smallest answer worth a follow-up call: output tokens.
            patience: Seconds for which a server that is gone is waited for.

        Raises:
            LedgerUnavailable: They cannot be opened, or are not those that were there.
            SchemaMismatch: A newer release wrote them.
        """
        books = Books(database, patience)
        self._keeper = Bookkeeper(
            books,
            clock=clock,
            owner=owner,
            prices=prices,
            provider=provider,
            floor=whole(floor, "floor"),
        )

    @classmethod
    def of_workspace(
        cls,
        workspace: str | os.PathLike[str],
        **settings: Any,  # noqa: ANN401 - as above
    ) -> Ledger:
        """The ledger in a workspace's state; raises as the constructor does."""
        return cls(state_url(Path(workspace)), **settings)

    @property
    def identity(self) -> str:
        """What tells this ledger from every other one."""
        return self._keeper.books.identity

    @property
    def database(self) -> Database:
        """Where it is kept; what is written there beside `Reservation.settle` is no debit."""
        return self._keeper.books.database

    def reserve(
        self,
        scope: Sequence[str],
        amount: Amount,
        *,
        ttl: float = DEFAULT_TTL_SECONDS,
        sending: int | None = None,
    ) -> Reservation:
        """Hold an amount, and one call at the least, in a scope and every scope above it.

        Args:
            scope: The attempt: names from the root. Rounds are counted within it.
            amount: What to hold; of everything that is limited there, more than 0.
            ttl: Seconds after its last entry at which the lease ends.
            sending: Announce this round in the same transaction, as `Reservation.sending` does.

        Raises:
            BudgetExhausted: It does not fit; the error names the limit.
            LedgerConflict: The round was sent before.
            LedgerUnavailable: It cannot be written; nothing is held.
            LedgerValueError: The scope, the amount or the ttl cannot be used.
        """
        path, key = checked_scope(scope), new_id()
        check_ttl(ttl)
        number = None if sending is None else checked_round(sending)
        asked = amount.with_a_call()
        lease = Lease(key, key_of(path), self._keeper.owner, ttl, asked, sending=number)
        if not self._keeper.enter(lambda c, now: enter(c, lease, now)):
            self._keeper.take(lambda c, now: reserve(c, lease, now))
        return Reservation(self._keeper, key, path, ttl)

    def settle(  # noqa: PLR0913 - as `Reservation.settle`
        self,
        scope: Sequence[str],
        number: int,
        usage: object,
        *,
        model: str,
        request_id: str | None = None,
        estimated: bool = False,
        provider: Provider | None = None,
        alongside: Alongside | None = None,
    ) -> Round:
        """As `Reservation.settle`, for a round that was announced by a reservation now lost.

        Raises:
            LedgerError: The round was never announced.
        """
        path = checked_scope(scope)
        debit = self._keeper.debit(
            number, usage, model, request_id=request_id, estimated=estimated, provider=provider
        )
        return self._keeper.settle(
            lambda c: round_reservation(c, path, number), debit, alongside, by_owner=False
        )

    def write_off(self, scope: Sequence[str], number: int, note: str) -> Round:
        """Give up an unknown round: what was held for it is free, and nothing is debited.

        To debit what it may have used, settle it as estimated instead. If it is settled later even
        so, that is recorded.

        Raises:
            LedgerConflict: It is settled, or its lease is alive.
            LedgerError: The round was never announced.
            LedgerUnavailable: It cannot be written.
        """
        path = checked_scope(scope)
        self.reclaim()
        return self._keeper.write(lambda c, now: write_off(c, path, number, note, now))

    def reclaim(self) -> int:
        """End every lease that has expired; how many were ended.

        Whoever needs the room does it without being asked.

        Raises:
            LedgerUnavailable: It cannot be written.
        """
        return self._keeper.reclaim()[1]

    def set_limit(self, scope: Sequence[str], limit: Limit) -> None:
        """Replace the limits of a scope: for good, or for the period of ``limit``.

        A limit that is raised lets a stopped scope go on.

        Raises:
            LedgerConflict: More is spent or held already than it would allow.
            LedgerUnavailable: It cannot be written.
        """
        key = key_of(checked_scope(scope))
        self._keeper.write(lambda c, _: set_limit(c, key, limit))

    def stop(self, scope: Sequence[str], reason: str) -> None:
        """Refuse reservations in a scope and under it, with this reason."""
        key = key_of(checked_scope(scope))
        self._keeper.write(lambda c, _: stop(c, key, reason))

    def resume(self, scope: Sequence[str]) -> None:
        """Allow reservations in a scope again."""
        key = key_of(checked_scope(scope))
        self._keeper.write(lambda c, _: resume(c, key))

    def close(self) -> None:
        """Close the database if it was opened here."""
        self._keeper.books.close()

    def __enter__(self) -> Ledger:
        """The ledger itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()
