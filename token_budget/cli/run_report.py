"""What a run did, or would do, as one plain object: what ``--json`` prints and the table shows.

Its schema is ``docs/run.schema.json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from token_budget.attempts.kept import KeptAttempts, digest_of
from token_budget.cli.output import usd
from token_budget.executor.runs import in_order
from token_budget.storage_place import has_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from token_budget.executor import PhaseResult, RunResult
    from token_budget.policy import BudgetPolicy
    from token_budget.spec import Phase, Run

Report = dict[str, Any]


def run_report(result: RunResult) -> Report:
    """What became of every phase."""
    return {
        "run_id": result.run_id,
        "dry_run": False,
        "complete": result.complete,
        "phases": [
            *(_phase(one) for one in result.results),
            *(
                {"phase_id": one.phase_id, "outcome": "skipped", "reason": one.reason}
                for one in result.skipped
            ),
        ],
    }


def _phase(result: PhaseResult) -> Report:
    return {
        "phase_id": result.phase_id,
        "outcome": result.outcome,
        "reason": result.reason,
        "error": type(result.error).__name__ if result.error else None,
        "resumed": result.resumed,
        "files_changed": list(result.files_changed),
        "operations": len(result.operations),
        "rounds": len(result.rounds),
        "usage": result.usage.counts(),
        "usd": usd(result.micro_usd),
        "proven": result.proven,
        "missing": list(result.missing),
        "warnings": list(result.warnings),
    }


def dry_report(policy: BudgetPolicy, run: Run, phases: Sequence[Phase], *, fresh: bool) -> Report:
    """What every phase would begin with; nothing is sent, held or written."""
    return {
        "run_id": run.run_id,
        "dry_run": True,
        "complete": False,
        "phases": [_planned(policy, one, fresh=fresh) for one in in_order(phases)],
    }


def _planned(policy: BudgetPolicy, phase: Phase, *, fresh: bool) -> Report:
    state = "new" if fresh else _state(policy, phase)
    if state == "finished":
        return {"phase_id": phase.phase_id, "outcome": state, "reason": "by an earlier call"}
    plan = policy.plan(phase.model_copy(update={"output_format": "ndjson"}))
    return {
        "phase_id": phase.phase_id,
        "outcome": "exhausted" if plan.exhausted else state,
        "reason": str(plan.exhausted) if plan.exhausted else "",
        "model": plan.model,
        "estimate": round(plan.estimate.total.median),
        "ceiling": plan.ceiling.tokens,
        "bound": plan.ceiling.bound,
        "reservation": plan.reservation,
        "usd": usd(plan.cost.held),
        "warnings": [one.text for one in plan.warnings],
    }


def _state(policy: BudgetPolicy, phase: Phase) -> str:
    """``new``, ``unfinished`` or ``finished``: what an earlier call left."""
    if not has_state(policy.workspace):
        return "new"
    asked = phase.model_copy(update={"output_format": "ndjson"})
    digest = digest_of(asked, phase.model or policy.config.model, "ndjson")
    kept = KeptAttempts(policy.workspace).find(asked, digest)
    if kept is None:
        return "new"
    return "finished" if kept.finished else "unfinished"
