"""All that is read before a phase is decided on, and the plan that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.plan import BudgetPlan
from token_budget.plan_warnings import plan_warnings
from token_budget.planning import decide

if TYPE_CHECKING:
    from datetime import date

    from estimators.reading.parse import ParsedDeliverables
    from token_budget.planning import Situation
    from token_budget.prompt import FixedPrompt
    from token_budget.spec import OutputFormat, Phase


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known of a phase before it runs.

    Attributes:
        phase: What the spec says.
        model: The model id as it will be sent.
        effort: Reasoning effort to send; None: the model's own default.
        output_format: How the answer is to be written.
        resolved: What the phase writes, resolved against the workspace.
        fixed: The fixed parts of the prompt.
        situation: All figures that the decisions are made from.
    """

    phase: Phase
    model: str
    effort: str | None
    output_format: OutputFormat
    resolved: ParsedDeliverables
    fixed: FixedPrompt
    situation: Situation

    def plan(self, today: date) -> BudgetPlan:
        """What the policy decides; ``today`` is the day that retirements are judged by."""
        now, decision = self.situation, decide(self.situation)
        return BudgetPlan(
            phase_id=self.phase.phase_id,
            run_id=self.phase.run_id,
            model=self.model,
            provider=now.config.provider,
            effort=self.effort,
            output_format=self.output_format,
            deliverables=self.resolved.deliverables,
            estimate=now.estimate,
            hold_quantile=now.config.hold_quantile,
            prompt_tokens=now.prompt,
            context_budget=decision.context_budget,
            ceiling=decision.ceiling,
            reservation=decision.reservation,
            cost=decision.cost,
            warnings=tuple(plan_warnings(now, decision, self.resolved.warnings, today)),
            exhausted=decision.exhausted,
        )
