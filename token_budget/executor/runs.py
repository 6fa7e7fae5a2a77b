"""All phases of a run, each once those that it depends on are complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.errors import BudgetExhausted
from token_budget.executor.phases import run_phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from anthropic import Anthropic

    from token_budget.executor.result import PhaseResult
    from token_budget.executor.work import Settings
    from token_budget.policy import BudgetPolicy
    from token_budget.spec import Phase, Run


@dataclass(frozen=True, slots=True)
class Skipped:
    """A phase that was not begun.

    Attributes:
        phase_id: The phase.
        reason: Why: the phase that it waits for, or the budget that is exhausted.
    """

    phase_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of a run.

    Attributes:
        run_id: The run.
        results: Of the phases that were begun, in the order in which they were.
        skipped: The others.
        exhausted: The budget that ended it; None: none did.
    """

    run_id: str
    results: tuple[PhaseResult, ...]
    skipped: tuple[Skipped, ...]
    exhausted: BudgetExhausted | None = None

    @property
    def complete(self) -> bool:
        """Whether every phase is done."""
        return not self.skipped and all(one.complete for one in self.results)


def run(  # noqa: PLR0913 - each is a setting with a default
    client: Anthropic,
    policy: BudgetPolicy,
    run: Run,
    *,
    phases: Sequence[str] = (),
    settings: Settings | None = None,
    began: Callable[[Phase], None] = lambda _: None,
) -> RunResult:
    """Carry out the phases of a run in the order of their dependencies.

    A phase that fails does not end the run; those that depend on it are skipped. A budget that is
    exhausted ends it.

    Args:
        client: Of the SDK.
        policy: Plans, and keeps the books.
        run: The run.
        phases: Only these, and as if those that they depend on were complete; empty: all.
        settings: How each is carried out.
        began: Told of every phase before it is.

    Raises:
        LedgerError: The books cannot be kept.
        SpecError: A deliverable cannot be used in this workspace.
        StorageError: The workspace's state cannot be used.
    """
    chosen = [one for one in in_order(run.phases) if not phases or one.phase_id in phases]
    ids = {one.phase_id for one in chosen}
    results: dict[str, PhaseResult] = {}
    skipped: list[Skipped] = []
    exhausted: BudgetExhausted | None = None
    for phase in chosen:
        reason = str(exhausted) if exhausted else _waits_for(phase, ids, results)
        if reason:
            skipped.append(Skipped(phase.phase_id, reason))
            continue
        began(phase)
        try:
            results[phase.phase_id] = run_phase(client, policy, phase, settings=settings)
        except BudgetExhausted as error:
            exhausted = error
            skipped.append(Skipped(phase.phase_id, str(error)))
    return RunResult(run.run_id, tuple(results.values()), tuple(skipped), exhausted)


def in_order(phases: Iterable[Phase]) -> list[Phase]:
    """Phases after those that they depend on, and else in their order.

    A circle, which a checked spec does not have, is left in its order.
    """
    waiting = list(phases)
    ordered: list[Phase] = []
    while waiting:
        open_ids = {one.phase_id for one in waiting}
        ready = (one for one in waiting if not open_ids & {*one.dependencies} - {one.phase_id})
        chosen = next(ready, waiting[0])
        waiting.remove(chosen)
        ordered.append(chosen)
    return ordered


def _waits_for(phase: Phase, chosen: set[str], results: dict[str, PhaseResult]) -> str:
    """Why a phase cannot begin: a phase before it is not complete; empty: it can."""
    for name in phase.dependencies:
        if name in chosen and not (name in results and results[name].complete):
            return f"it depends on {name!r}, which is not complete"
    return ""
