"""The questions that the books answer; asking changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.ledger import reading
from token_budget.ledger.amounts import NOTHING, Amount
from token_budget.ledger.balances import balance, check_left
from token_budget.ledger.scopes import checked_scope, key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from token_budget.ledger.bookkeeper import Bookkeeper
    from token_budget.ledger.limits import Limit
    from token_budget.ledger.records import Round, Statement
    from token_budget.remaining import Balance


class LedgerReader:
    """What can be asked of a ledger.

    Every method raises `LedgerUnavailable` if it cannot be read, and `LedgerValueError` for a scope
    that cannot be used.
    """

    _keeper: Bookkeeper

    def remaining(self, scope: Sequence[str]) -> Balance:
        """What the limits of one scope leave now; `UNLIMITED` where it has none.

        A scope that is stopped, or has no call left, leaves no output tokens. What ended leases
        hold unsent is left: whoever needs it gets it.
        """
        key = key_of(checked_scope(scope))
        return self._keeper.read(lambda c, now: balance(c, key, now))

    def guard(self, scope: Sequence[str], needed: int | Amount = 0) -> None:
        """Make sure that a follow-up call is worth it, before it is made.

        Args:
            scope: Where it would count.
            needed: Its prompt in tokens, to which the smallest answer worth it is added; or all
                that must fit.

        Raises:
            BudgetExhausted: Less is left; the error names the limit and what is left of it.
        """
        key = key_of(checked_scope(scope))
        amount = self._keeper.follow_up(needed)
        error = self._keeper.read(lambda c, now: check_left(c, key, amount, NOTHING, now))
        if error is not None:
            raise error

    def statement(self, scope: Sequence[str] = ()) -> Statement:
        """All that happened in a scope and under it.

        It is read from sums, and takes as long after a million rounds as after one.
        """
        key = key_of(checked_scope(scope))
        return self._keeper.read(lambda c, _: reading.statement(c, key))

    def history(self, scope: Sequence[str] = (), limit: int = 100) -> tuple[Round, ...]:
        """The rounds of a scope that were settled or written off last, the last one first."""
        key = key_of(checked_scope(scope))
        return self._keeper.read(lambda c, _: reading.history(c, key, limit))

    def limits(self, scope: Sequence[str] = ()) -> tuple[Limit, ...]:
        """The limits of a scope itself, the one for good first, then by the start of periods."""
        key = key_of(checked_scope(scope))
        return self._keeper.read(lambda c, _: reading.limits(c, key))

    def limited_scopes(self) -> tuple[tuple[str, ...], ...]:
        """Every scope that has a limit or is stopped, from the root down."""
        return self._keeper.read(lambda c, _: reading.limited_scopes(c))

    def unknown_rounds(self, scope: Sequence[str] = ()) -> tuple[Round, ...]:
        """The rounds of a scope that were sent and that no live lease stands for."""
        key = key_of(checked_scope(scope))
        return self._keeper.read(lambda c, now: reading.unknown_rounds(c, key, now))

    def overruns(self, scope: Sequence[str] = ()) -> tuple[Round, ...]:
        """The rounds of a scope that used more than was held."""
        key = key_of(checked_scope(scope))
        return self._keeper.read(lambda c, _: reading.overruns(c, key))

    def export(self) -> list[dict[str, Any]]:
        """Every account, reservation and round, of one instant, as plain objects."""
        return self._keeper.read(lambda c, _: list(reading.exported(c)))
