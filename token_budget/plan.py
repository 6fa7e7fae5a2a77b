"""What the policy decides before a phase runs, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from token_budget.answer_tokens import PlanEstimate

if TYPE_CHECKING:
    from estimators.deliverable import Deliverable
    from token_budget.ceiling import Ceiling
    from token_budget.errors import BudgetExhausted
    from token_budget.spec import OutputFormat

__all__ = ["BudgetPlan", "PlanCost", "PlanEstimate", "PlanWarning", "WarningKind"]

WarningKind = Literal[
    "beyond_one_answer",
    "deliverable",
    "model_retired",
    "model_retires_soon",
    "model_unknown",
    "price_tier",
    "price_unknown",
    "quantile_above_ceiling",
]


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something about a plan that its user should know.

    Attributes:
        kind: For programs.
        text: For people: one sentence.
    """

    kind: WarningKind
    text: str


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What a phase costs if it takes one round and its context budget is used in full.

    Attributes:
        median: At the median of the answer: millionths of a US dollar; None: no price is known.
        held: At the quantile that is reserved: millionths of a US dollar; None: no price is known.
        source: Where the price comes from, with its version, or why there is none.
    """

    median: int | None
    held: int | None
    source: str


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """What the policy decides before a phase runs.

    Attributes:
        phase_id: The phase.
        run_id: The run that it belongs to.
        model: The model id as it will be sent.
        provider: Who serves it.
        effort: Reasoning effort to send; None: the model's own default.
        output_format: How the answer is to be written.
        deliverables: What the phase writes, resolved against the workspace.
        estimate: How long the answer will be.
        hold_quantile: The quantile of the answer that is reserved.
        prompt_tokens: The fixed parts of the prompt, at the most, in the model's tokens.
        context_budget: What parts of the workspace may take in the prompt, in the model's tokens.
        ceiling: What to send as ``max_tokens``, with the bound that fired and all others.
        reservation: What ``begin`` holds: prompt, context and the held quantile of the answer, no
            more of it than the ceiling, in the model's tokens.
        cost: In millionths of a US dollar.
        warnings: What the user should know.
        exhausted: The error that ``begin`` raises; None: there is room.
    """

    phase_id: str
    run_id: str
    model: str
    provider: str
    effort: str | None
    output_format: OutputFormat
    deliverables: tuple[Deliverable, ...]
    estimate: PlanEstimate
    hold_quantile: float
    prompt_tokens: int
    context_budget: int
    ceiling: Ceiling
    reservation: int
    cost: PlanCost
    warnings: tuple[PlanWarning, ...]
    exhausted: BudgetExhausted | None

    @property
    def stream(self) -> bool:
        """Whether the request must be streamed for the SDK to accept its ceiling."""
        return self.ceiling.stream
