"""What a reservation holds and a round uses: four figures that limits can be set on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from token_budget.ledger.figures import whole

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("output_tokens", "total_tokens", "micro_usd", "calls")
"""The figures of an amount, in the order in which equal limits are named."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Four figures, each 0 or more.

    Attributes:
        output_tokens: Tokens of answers, thinking included.
        total_tokens: Tokens of prompts, cached or not, and of answers.
        micro_usd: Millionths of a US dollar.
        calls: Requests.
    """

    output_tokens: int = 0
    total_tokens: int = 0
    micro_usd: int = 0
    calls: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no count."""
        whole(self.output_tokens, "amount.output_tokens")
        whole(self.total_tokens, "amount.total_tokens")
        whole(self.micro_usd, "amount.micro_usd")
        whole(self.calls, "amount.calls")

    def __add__(self, other: Amount) -> Amount:
        """The sums."""
        return self._with(other, int.__add__)

    def less(self, other: Amount) -> Amount:
        """The differences, or 0 where the other is larger."""
        return self._with(other, lambda mine, theirs: max(mine - theirs, 0))

    def at_most(self, other: Amount) -> Amount:
        """The smaller figure of each kind."""
        return self._with(other, min)

    def only(self, other: Amount, *, where_zero: bool) -> Amount:
        """These figures for the kinds of which ``other`` has none, or some; 0 for the rest."""
        return self._with(other, lambda mine, theirs: mine if (theirs == 0) is where_zero else 0)

    def with_a_call(self) -> Amount:
        """The same with one call at the least: what is sent is a call."""
        return self if self.calls else replace(self, calls=1)

    def named(self, prefix: str) -> dict[str, int]:
        """The figures as columns or parameters: the prefix, an underscore, the kind."""
        return {
            f"{prefix}_output_tokens": self.output_tokens,
            f"{prefix}_total_tokens": self.total_tokens,
            f"{prefix}_micro_usd": self.micro_usd,
            f"{prefix}_calls": self.calls,
        }

    @classmethod
    def from_row(cls, row: Any, prefix: str) -> Amount:  # noqa: ANN401 - rows are typed at run time
        """The amount in the columns of that prefix; a missing figure counts as 0."""
        return cls(*(figure or 0 for figure in _columns(prefix)(row)))

    def __bool__(self) -> bool:
        """Whether any figure is more than 0."""
        return any((self.output_tokens, self.total_tokens, self.micro_usd, self.calls))

    def _with(self, other: Amount, combine: Callable[[int, int], int]) -> Amount:
        return Amount(
            combine(self.output_tokens, other.output_tokens),
            combine(self.total_tokens, other.total_tokens),
            combine(self.micro_usd, other.micro_usd),
            combine(self.calls, other.calls),
        )


@lru_cache
def _columns(prefix: str) -> attrgetter[tuple[int | None, ...]]:
    return attrgetter(*(f"{prefix}_{kind}" for kind in KINDS))


NOTHING = Amount()
"""The amount of a scope in which nothing happened."""
