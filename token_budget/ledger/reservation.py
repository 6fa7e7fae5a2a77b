"""A reservation: a lease on room in a scope and in every scope above it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from token_budget.ledger.amounts import Amount
from token_budget.ledger.balances import check_left
from token_budget.ledger.bookkeeper import checked_round
from token_budget.ledger.leases import end_lease, lease, pool, renew
from token_budget.ledger.scopes import key_of
from token_budget.ledger.sending import announce, grow, open_lease
from token_budget.ledger.settling_at_once import settle_at_once

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy.engine import Connection

    from token_budget.config import Provider
    from token_budget.errors import BudgetExhausted
    from token_budget.ledger.bookkeeper import Bookkeeper
    from token_budget.ledger.leases import LeaseKey
    from token_budget.ledger.records import Round
    from token_budget.ledger.settling import Alongside
    from token_budget.remaining import ScopePath


class Reservation:
    """What one attempt holds. Leaving its block gives back what is held and was not sent.

    Every entry says that the owner is alive, and the lease begins anew; a settlement does so only
    after a tenth of the lease.

    Attributes:
        id: Its name in the books.
        scope: The attempt.
        ttl: Seconds after its last entry at which the lease ends.
    """

    def __init__(self, keeper: Bookkeeper, key: str, scope: ScopePath, ttl: float) -> None:
        """Made by `Ledger.reserve`."""
        self.id, self.scope, self.ttl = key, scope, ttl
        self._keeper = keeper
        self._key: LeaseKey = (key_of(scope), key)

    def grow(self, amount: Amount) -> None:
        """Hold more, unsent.

        Raises:
            BudgetExhausted: It does not fit; what was held is held still.
            LeaseEnded: The reservation holds nothing any more.
            LedgerUnavailable: It cannot be written.
        """
        change = uuid.uuid4().hex
        self._keeper.take(lambda c, now: grow(c, self._key, amount, now, change))

    def sending(self, number: int, amount: Amount | None = None) -> Amount:
        """Say that a request is about to be sent, and hold all that it may take.

        Args:
            number: The round.
            amount: The prompt and the ceiling: what is held unsent is used, and what it lacks is
                taken anew. None, or a figure of 0: all that is held unsent. A request is one call.

        Returns:
            What is held for the round.

        Raises:
            BudgetExhausted: It does not fit: do not send, or send less.
            LeaseEnded: The reservation holds nothing any more: do not send.
            LedgerConflict: The round was settled, or another reservation sent it: do not send.
            LedgerUnavailable: It cannot be written: do not send.
            LedgerValueError: The amount is 0 of something that is limited.
        """
        checked_round(number)
        return self._keeper.take(lambda c, now: announce(c, self._key, number, amount, now))

    def settle(  # noqa: PLR0913 - what the API says of one request
        self,
        number: int,
        usage: object,
        *,
        model: str,
        request_id: str | None = None,
        estimated: bool = False,
        provider: Provider | None = None,
        alongside: Alongside | None = None,
    ) -> Round:
        """Enter what a round really used, in place of what was held for it; once.

        A round that was not announced takes all that is held unsent.

        Args:
            number: The round.
            usage: The response's ``usage``, or a `Usage`.
            model: Who answered.
            request_id: The API's name for the request.
            estimated: The usage is no report of the API but counted, because the answer broke off.
            provider: Who served it; None: the ledger's.
            alongside: Called in the same transaction with its connection and the round, if the
                round is entered now: telemetry is written with the debit or not at all.

        Returns:
            The round as it stands in the books. A second time with the same usage and model
            changes nothing.

        Raises:
            LedgerConflict: It was settled with other figures, which stand.
            LedgerUnavailable: It cannot be written; nothing was entered.
            LedgerValueError: The usage cannot be true.
        """
        debit = self._keeper.debit(
            number, usage, model, request_id=request_id, estimated=estimated, provider=provider
        )
        if alongside is None:  # what comes alongside needs SQLAlchemy's transaction
            entered = self._keeper.enter(lambda c, now: settle_at_once(c, self._key, debit, now))
            if entered is not None:
                return entered
        return self._keeper.settle(lambda _: self._key, debit, alongside, by_owner=True)

    def heartbeat(self) -> None:
        """Say that the owner is alive, during a long request for one.

        Raises:
            LeaseEnded: The reservation holds nothing any more.
            LedgerUnavailable: It cannot be written.
        """

        def work(connection: Connection, now: float) -> None:
            row = open_lease(connection, self._key)
            renew(connection, row, Amount.from_row(row, "held"), now)

        self._keeper.write(work)

    def release(self) -> None:
        """End the lease: what was not sent is free, what was sent and not settled is unknown.

        Nothing happens if it has ended before.

        Raises:
            LedgerUnavailable: It cannot be written; the lease ends by itself.
        """

        def work(connection: Connection, _now: float) -> None:
            row = lease(connection, self._key)
            if row is not None and row.lease == "open":
                end_lease(connection, row, "released")

        self._keeper.write(work)

    def held(self) -> Amount:
        """What is held and was not sent.

        Raises:
            LedgerUnavailable: It cannot be read.
        """
        return self._keeper.read(lambda c, _: pool(c, self._key))

    def guard(self, needed: int | Amount = 0) -> None:
        """As `LedgerReader.guard`, where what is held here and was not sent counts as left.

        Raises:
            BudgetExhausted: Less is left.
            LedgerUnavailable: It cannot be read.
        """
        amount = self._keeper.follow_up(needed)

        def work(connection: Connection, now: float) -> BudgetExhausted | None:
            own = pool(connection, self._key)
            return check_left(connection, self._key[0], amount, own, now)

        if error := self._keeper.read(work):
            raise error

    def __enter__(self) -> Reservation:
        """The reservation itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release it."""
        self.release()
