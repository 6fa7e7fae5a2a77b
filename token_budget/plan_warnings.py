"""What the user of a plan should know, each a small function of the situation and the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.plan import PlanWarning
from token_budget.planning import answer_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from token_budget.planning import Decision, Situation

RETIREMENT_NOTICE_DAYS = 30
"""A model that is retired within so many days is worth a warning."""


def plan_warnings(
    now: Situation, decision: Decision, odd_deliverables: tuple[str, ...], today: date
) -> Iterator[PlanWarning]:
    """Every warning of a plan, those about what was asked first."""
    for text in odd_deliverables:
        yield PlanWarning("deliverable", text)
    yield from _about_model(now, today)
    yield from _about_length(now, decision)
    yield from _about_price(now, decision)


def _about_model(now: Situation, today: date) -> Iterator[PlanWarning]:
    limits = now.limits
    if not limits.known:
        yield PlanWarning(
            "model_unknown",
            f"the model {limits.id} is unknown: planned with a window of {limits.context_window:,}"
            f" and answers of at most {limits.max_output:,} tokens",
        )
    if limits.retired(today):
        when = f" on {limits.retires}" if limits.retires else ""
        yield PlanWarning("model_retired", f"the model {limits.id} was retired{when}")
    elif limits.retires_within(RETIREMENT_NOTICE_DAYS, today):
        yield PlanWarning(
            "model_retires_soon", f"the model {limits.id} is retired on {limits.retires}"
        )


def _about_length(now: Situation, decision: Decision) -> Iterator[PlanWarning]:
    level = now.config.hold_quantile
    expected, ceiling = answer_tokens(now, level), decision.ceiling
    if expected > ceiling.tokens:
        yield PlanWarning(
            "quantile_above_ceiling",
            f"the answer may be cut off: its {level:g} quantile is {expected:,} tokens, and"
            f" {ceiling.bound} allows {ceiling.tokens:,}",
        )
    median = answer_tokens(now, 0.5)
    if median > now.limits.max_output:
        yield PlanWarning(
            "beyond_one_answer",
            f"no single answer holds this phase: its median is {median:,} tokens, and"
            f" {now.limits.id} writes at most {now.limits.max_output:,}",
        )


def _about_price(now: Situation, decision: Decision) -> Iterator[PlanWarning]:
    prompt = now.prompt + decision.context_budget
    if decision.cost.median is None:
        yield PlanWarning("price_unknown", f"no cost is known: {now.prices.source}")
    for start in now.prices.tier_starts:
        if prompt > start:
            yield PlanWarning(
                "price_tier",
                f"a prompt of {prompt:,} tokens is over {start:,}, from where the price is higher",
            )
