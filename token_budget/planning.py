"""The decisions of a plan, as pure functions over what was read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.ceiling import BUDGETS, budget_bound, exhausted, runaway_bound, smallest
from token_budget.plan import PlanCost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.answer_tokens import PlanEstimate
    from token_budget.ceiling import BoundName, Ceiling
    from token_budget.config import PolicyConfig
    from token_budget.errors import BudgetExhausted
    from token_budget.models import ModelLimits
    from token_budget.price_sheet import PriceSheet
    from token_budget.remaining import Balance

QUOTA_PROVIDERS = ("bedrock",)
"""Providers that reserve ``max_tokens`` against a quota for as long as a request runs."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a plan is decided from.

    Attributes:
        config: The settings.
        limits: Of the model.
        prices: Of the model; they may be unknown.
        estimate: How long the answer will be.
        prompt: The fixed parts of the prompt, in the model's tokens.
        contract: What the contract allows for one answer, in output tokens; None: no limit.
        balances: What is left of the phase's, the run's and the ledger's budget, and the window.
    """

    config: PolicyConfig
    limits: ModelLimits
    prices: PriceSheet
    estimate: PlanEstimate
    prompt: int
    contract: int | None
    balances: Mapping[BoundName, Balance]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: the fields of a plan of the same names."""

    ceiling: Ceiling
    context_budget: int
    reservation: int
    cost: PlanCost
    exhausted: BudgetExhausted | None


def decide(now: Situation) -> Decision:
    """Settle the ceiling against the fixed prompt, then the context, then what to hold."""
    ceiling = ceiling_of(now)
    context = context_budget(now, ceiling.tokens)
    held = min(answer_tokens(now, now.config.hold_quantile), ceiling.tokens)
    return Decision(
        ceiling=ceiling,
        context_budget=context,
        reservation=now.prompt + context + held,
        cost=cost_of(now, now.prompt + context),
        exhausted=exhausted(ceiling, now.balances, prompt=now.prompt, floor=now.config.floor),
    )


def ceiling_of(now: Situation) -> Ceiling:
    """The smallest of all bounds."""
    bounds: dict[BoundName, int | None] = {
        "contract": now.contract,
        "model": now.limits.max_output,
        "quota": None,
        "runaway": runaway_bound(now.estimate.total),
    }
    if now.config.provider in QUOTA_PROVIDERS:
        bounds["quota"] = answer_tokens(now, now.config.quota_quantile)
    prompt_cost = now.prices.cost(now.prompt, 0)
    for name in BUDGETS:
        bounds[name] = budget_bound(
            now.balances[name],
            prompt=now.prompt,
            prompt_micro_usd=prompt_cost,
            micro_usd_per_token=now.prices.output_rate(now.prompt),
        )
    return smallest(bounds)


def context_budget(now: Situation, ceiling: int) -> int:
    """Tokens for parts of the workspace: what the settings allow and the budgets leave.

    The room is what is left after the fixed prompt and the whole ceiling.
    """
    room = [now.config.context_budget]
    cost = now.prices.cost(now.prompt, ceiling)
    rate = now.prices.input_rate(now.prompt)
    for balance in now.balances.values():
        if balance.left is not None:
            room.append(balance.left - now.prompt - ceiling)
        if balance.micro_usd_left is not None and cost is not None and rate:
            room.append(int((balance.micro_usd_left - cost) // rate))
    return _within_money(now, max(min(room), 0), ceiling)


def _within_money(now: Situation, context: int, ceiling: int) -> int:
    """The context that the money still pays for where it lifts the prompt into a dearer tier."""
    left = (balance.micro_usd_left for balance in now.balances.values())
    money = min((one for one in left if one is not None), default=math.inf)
    for start in reversed(now.prices.tier_starts):
        cost = now.prices.cost(now.prompt + context, ceiling)
        if cost is not None and cost > money:
            context = min(context, max(start - now.prompt, 0))
    return context


def cost_of(now: Situation, prompt: int) -> PlanCost:
    """What the phase costs at the median and at the held quantile, for a prompt of this size."""
    level = now.config.hold_quantile
    return PlanCost(
        median=now.prices.cost(prompt, answer_tokens(now, 0.5)),
        held=now.prices.cost(prompt, answer_tokens(now, level)),
        source=now.prices.source,
    )


def answer_tokens(now: Situation, level: float) -> int:
    """A quantile of visible and thinking tokens together, rounded up."""
    return math.ceil(now.estimate.total.quantile(level))
