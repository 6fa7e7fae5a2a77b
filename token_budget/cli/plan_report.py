"""The plans of a run as one plain object: what ``--json`` prints and the table shows.

Its schema is ``docs/plan.schema.json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.cli.output import usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from estimators.distribution import Distribution
    from estimators.estimate import Contribution
    from token_budget.config import PolicyConfig
    from token_budget.plan import BudgetPlan
    from token_budget.spec import Run

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)

Report = dict[str, Any]


def plan_report(run: Run, plans: Sequence[BudgetPlan], config: PolicyConfig) -> Report:
    """One object: the phases, their totals, every warning, and the budgets that are exceeded."""
    totals = _totals(plans)
    return {
        "run_id": run.run_id,
        "quantile": config.hold_quantile,
        "phases": [_phase(plan) for plan in plans],
        "totals": totals,
        "limits": {"token_budget": config.token_budget, "usd": config.usd},
        "over": list(_over(totals, plans, config)),
        "warnings": [
            *({"phase": None, "kind": "spec", "text": text} for text in run.warnings),
            *(
                {"phase": p.phase_id, "kind": w.kind, "text": w.text}
                for p in plans
                for w in p.warnings
            ),
        ],
    }


def _phase(plan: BudgetPlan) -> Report:
    estimate = plan.estimate
    return {
        "phase_id": plan.phase_id,
        "model": plan.model,
        "provider": plan.provider,
        "effort": plan.effort,
        "output_format": plan.output_format,
        "estimate": {
            "visible": _quantiles(estimate.visible, plan.hold_quantile),
            "thinking": _quantiles(estimate.thinking, plan.hold_quantile),
            "thinking_basis": estimate.thinking_basis,
            "total": _quantiles(estimate.total, plan.hold_quantile),
            "mined_median": round(estimate.output.median),
            "envelope": estimate.envelope,
            "multiplier": round(estimate.multiplier, 4),
            "calibration": estimate.output.calibration,
            "reasons": list(estimate.output.reasons),
        },
        "deliverables": [_contribution(one) for one in estimate.output.contributions],
        "ceiling": {
            "tokens": plan.ceiling.tokens,
            "bound": plan.ceiling.bound,
            "bounds": dict(plan.ceiling.bounds),
        },
        "stream": plan.stream,
        "prompt_tokens": plan.prompt_tokens,
        "context_budget": plan.context_budget,
        "reservation": plan.reservation,
        "cost": {
            "median_usd": usd(plan.cost.median),
            "held_usd": usd(plan.cost.held),
            "source": plan.cost.source,
        },
        "exhausted": _exhaustion(plan),
    }


def _quantiles(distribution: Distribution, held: float) -> dict[str, int]:
    levels = sorted({*QUANTILES, held})
    return {f"{level:g}": round(distribution.quantile(level)) for level in levels}


def _contribution(one: Contribution) -> Report:
    deliverable = one.deliverable
    shown = ("text", "path", "new_path", "action", "existing_tokens")
    parts = {name: getattr(deliverable, name, None) for name in shown}
    return {**parts, "tokens": round(one.tokens, 1), "reason": one.reason}


def _exhaustion(plan: BudgetPlan) -> Report | None:
    error = plan.exhausted
    if error is None:
        return None
    return {
        "scope": error.scope,
        "limit": error.limit,
        "spent": error.spent,
        "held": error.held,
        "asked": error.asked,
        "left": error.left,
        "text": str(error),
    }


def _totals(plans: Sequence[BudgetPlan]) -> Report:
    """Sums over the phases.

    A sum of quantiles is the quantile of the sum only if the phases are long or short together;
    otherwise it is more. What is reserved and gated is this upper figure.
    """
    return {
        "phases": len(plans),
        "deliverables": sum(len(plan.deliverables) for plan in plans),
        "visible_median": round(sum(plan.estimate.visible.median for plan in plans)),
        "visible_held": round(sum(p.estimate.visible.quantile(p.hold_quantile) for p in plans)),
        "thinking_median": round(sum(plan.estimate.thinking.median for plan in plans)),
        "reservation": sum(plan.reservation for plan in plans),
        "median_usd": usd(_sum_known([plan.cost.median for plan in plans])),
        "held_usd": usd(_sum_known([plan.cost.held for plan in plans])),
    }


def _sum_known(amounts: Sequence[int | None]) -> int | None:
    """The sum; None where an amount is unknown: a part is no total."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _over(totals: Report, plans: Sequence[BudgetPlan], config: PolicyConfig) -> Iterator[str]:
    """The budgets that do not hold, each as one sentence."""
    reserved, cost = totals["reservation"], totals["held_usd"]
    if config.token_budget is not None and reserved > config.token_budget:
        yield f"{reserved:,} tokens are reserved, over the budget of {config.token_budget:,}"
    if config.usd is not None and cost is None:
        yield f"the cost is unknown, so it cannot be shown to keep the budget of ${config.usd:g}"
    elif config.usd is not None and cost > config.usd:
        yield f"the cost of ${cost:.2f} is over the budget of ${config.usd:g}"
    for plan in plans:
        if plan.exhausted is not None:
            yield f"{plan.phase_id}: {plan.exhausted}"
