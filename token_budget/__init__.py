"""Budgets for LLM coding agents, behind one object: ``BudgetPolicy``.

The names below are loaded when they are first used, so that ``import token_budget`` stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimators.lazy import lazy_names

if TYPE_CHECKING:
    from token_budget.ceiling import Ceiling
    from token_budget.config import PolicyConfig
    from token_budget.counting import TokenCounter
    from token_budget.errors import (
        BudgetExhausted,
        ConfigError,
        SpecError,
        TokenBudgetError,
    )
    from token_budget.plan import BudgetPlan, PlanEstimate
    from token_budget.policy import BudgetPolicy
    from token_budget.remaining import Balance, FixedBalances
    from token_budget.spec import Phase, Run
    from token_budget.spec_file import load_run

__version__ = "0.1.0"

_HOME = {
    "Balance": "remaining",
    "BudgetExhausted": "errors",
    "BudgetPlan": "plan",
    "BudgetPolicy": "policy",
    "Ceiling": "ceiling",
    "ConfigError": "errors",
    "FixedBalances": "remaining",
    "Phase": "spec",
    "PlanEstimate": "plan",
    "PolicyConfig": "config",
    "Run": "spec",
    "SpecError": "errors",
    "TokenBudgetError": "errors",
    "TokenCounter": "counting",
    "load_run": "spec_file",
}

__all__ = [
    "Balance",
    "BudgetExhausted",
    "BudgetPlan",
    "BudgetPolicy",
    "Ceiling",
    "ConfigError",
    "FixedBalances",
    "Phase",
    "PlanEstimate",
    "PolicyConfig",
    "Run",
    "SpecError",
    "TokenBudgetError",
    "TokenCounter",
    "load_run",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
