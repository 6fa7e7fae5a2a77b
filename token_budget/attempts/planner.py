"""What an attempt needs of whoever plans it; `token_budget.policy.BudgetPolicy` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.ceiling import BoundName
    from token_budget.config import PolicyConfig
    from token_budget.counting import TokenCounter
    from token_budget.ledger import Ledger
    from token_budget.models import ModelLimits
    from token_budget.prepared import Prepared
    from token_budget.remaining import Balance
    from token_budget.spec import Phase


class Planner(Protocol):
    """Plans phases, counts tokens, and knows the books."""

    @property
    def config(self) -> PolicyConfig:
        """Every setting."""

    @property
    def counter(self) -> TokenCounter:
        """Counts ``cl100k_base`` tokens."""

    @property
    def books(self) -> Ledger:
        """The ledger in which attempts are entered."""

    def prepare(self, phase: Phase, *, spent: int = 0) -> Prepared:
        """Read all that a phase is decided from."""

    def prompt_tokens(self, prompt: str, limits: ModelLimits) -> int:
        """Tokens of a prompt at the most, in the model's own."""

    def balances(
        self, phase: Phase, spent: int, limits: ModelLimits
    ) -> Mapping[BoundName, Balance]:
        """What is left of the phase's, the run's and the ledger's budget, and the window."""
