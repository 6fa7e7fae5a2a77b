"""Attempts: one phase being carried out, round by round, by whoever sends. Names load lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimators.lazy import lazy_names

if TYPE_CHECKING:
    from token_budget.attempts.attempt import Attempt
    from token_budget.attempts.beginning import Beginning
    from token_budget.attempts.result import AttemptResult

_HOME = {"Attempt": "attempt", "AttemptResult": "result", "Beginning": "beginning"}

__all__ = ["Attempt", "AttemptResult", "Beginning"]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
