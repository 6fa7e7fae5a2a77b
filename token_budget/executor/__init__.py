"""Carries phases out with the `anthropic` SDK: plan, send, continue, apply, record.

`run_phase` and `arun_phase` drive one phase, `run` all phases of a run in the order of their
dependencies. Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimators.lazy import lazy_names

if TYPE_CHECKING:
    from token_budget.executor.events import Event
    from token_budget.executor.phases import arun_phase, run_phase
    from token_budget.executor.result import PhaseResult
    from token_budget.executor.runs import RunResult, run

_HOME = {
    "Event": "events",
    "PhaseResult": "result",
    "RunResult": "runs",
    "arun_phase": "phases",
    "run": "runs",
    "run_phase": "phases",
}

__all__ = ["Event", "PhaseResult", "RunResult", "arun_phase", "run", "run_phase"]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
