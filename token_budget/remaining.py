"""What a budget still allows: the one question that planning asks of the books."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from token_budget.spec import Phase

ScopePath = tuple[str, ...]
"""A scope by the names from the root: ``()`` is the whole ledger, ``("run",)`` a run in it,
``("run", "phase")`` a phase of that run."""

UNNAMED_RUN = "run"
"""What a run without a name is called in the books."""


def phase_scope(phase: Phase) -> ScopePath:
    """A phase in the books: under its run."""
    return (phase.run_id or UNNAMED_RUN, phase.phase_id)


@dataclass(frozen=True, slots=True)
class Balance:
    """The state of one scope. None stands for no limit.

    Attributes:
        limit: Input and output tokens in all.
        spent: Tokens that were used.
        held: Tokens that are reserved and not yet used.
        output_left: Output tokens that may still be used.
        micro_usd_left: Money that may still be spent, in millionths of a US dollar.
    """

    limit: int | None = None
    spent: int = 0
    held: int = 0
    output_left: int | None = None
    micro_usd_left: int | None = None

    @property
    def left(self) -> int | None:
        """Tokens that are neither spent nor held; negative after an overrun; None: no limit."""
        return None if self.limit is None else self.limit - self.spent - self.held


UNLIMITED = Balance()
"""The balance of a scope that nobody limited."""


class Remaining(Protocol):
    """Whoever knows what is left: a ledger, or fixed figures."""

    def remaining(self, scope: ScopePath) -> Balance:
        """The balance of ``scope``; `UNLIMITED` where nobody limited it."""


@dataclass(frozen=True, slots=True)
class FixedBalances:
    """Balances that never change: for planning without a ledger.

    Attributes:
        balances: A balance a scope; scopes that are not in it are unlimited.
    """

    balances: Mapping[ScopePath, Balance] = field(default_factory=dict)

    def remaining(self, scope: ScopePath) -> Balance:
        """The balance of ``scope`` as it was given."""
        return self.balances.get(scope, UNLIMITED)


def tightest(*balances: Balance) -> Balance:
    """One balance for several that all must hold: the figures of the one with least left."""
    limited = [balance for balance in balances if balance.left is not None]
    base = min(limited, key=lambda balance: balance.left or 0, default=UNLIMITED)
    return replace(
        base,
        output_left=_least(balance.output_left for balance in balances),
        micro_usd_left=_least(balance.micro_usd_left for balance in balances),
    )


def _least(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)
