"""A context as one plain object: what ``--json`` prints and the table shows.

Its schema is ``docs/context.schema.json``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from token_budget.context.selected import ContextSelection
    from token_budget.plan import BudgetPlan
    from token_budget.spec import Phase

Report = dict[str, Any]


def context_report(phase: Phase, plan: BudgetPlan, selection: ContextSelection) -> Report:
    """What is in and why, what is not, and how it was ranked; what the plan behind it warned of."""
    instead = selection.substitutions
    return {
        "phase_id": phase.phase_id,
        "budget": selection.budget,
        "tokens": selection.tokens,
        "soft_cap": selection.soft_cap,
        "over_soft_cap": selection.over_soft_cap,
        "mode": selection.mode,
        "reason": selection.reason,
        "files_considered": selection.considered,
        "history": selection.history,
        "share_of_best": selection.share_of_best,
        "items": [asdict(one) for one in selection.items],
        "left_out": [asdict(one) for one in selection.left_out],
        "embedding": asdict(selection.embedding),
        "substituted": {
            "files": instead.count,
            "tokens": instead.tokens,
            "avoided_tokens": max(instead.avoided_tokens - instead.tokens, 0),
            "paths": list(instead.paths),
        },
        "warnings": [*(one.text for one in plan.warnings), *selection.warnings],
    }
