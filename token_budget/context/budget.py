"""How much of the workspace a prompt may show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.context.fitting import PINNED_SHARE

if TYPE_CHECKING:
    from collections.abc import Callable


def _same(tokens: int) -> int:
    return tokens


@dataclass(frozen=True, slots=True)
class ContextBudget:
    """How much may go into the prompt.

    Attributes:
        tokens: The model's tokens of the whole section, wrappers included.
        count: Counts the model's tokens of a text; what it says is never above ``tokens``.
        sized: What so many ``cl100k_base`` tokens are expected to be in the model's own.
        soft_cap: Tokens from which the model's price rises; reported, and not kept to.
        pinned_share: What of the budget pinned files may take that do not fit in it whole.
        strict: Pinned files that do not fit whole are an error.
    """

    tokens: int
    count: Callable[[str], int]
    sized: Callable[[int], int] = _same
    soft_cap: int | None = None
    pinned_share: float = PINNED_SHARE
    strict: bool = False

    def __post_init__(self) -> None:
        if self.tokens < 0:
            raise ValueError(f"tokens: expected 0 or more, found {self.tokens!r}")
        if not 0 < self.pinned_share <= 1:
            raise ValueError(f"pinned_share: expected over 0, up to 1, found {self.pinned_share!r}")
