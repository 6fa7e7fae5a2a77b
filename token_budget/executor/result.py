"""What became of a phase, as one value: the same truth as in the telemetry and the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.errors import PhaseFailed

if TYPE_CHECKING:
    from ndjson import Applied, FileOperation
    from token_budget.context.selected import ContextSelection
    from token_budget.ledger import Usage
    from token_budget.plan import BudgetPlan
    from token_budget.telemetry.records import PhaseOutcome, RoundRecord


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """What became of a phase.

    Attributes:
        phase_id: The phase.
        run_id: The run that it belongs to.
        outcome: ``complete``: the answer is whole, and applied if that was asked for;
            ``incomplete``: what came is kept, and the next call goes on with it; ``failed``:
            nothing of it is used.
        reason: Why, in a sentence.
        error: What ended it, with what the API said; None: it is complete.
        operations: The operations of the answer.
        text: The answer in its format.
        files_changed: Paths of files that were written, renamed or deleted, sorted.
        rounds: What was sent and came; none where an earlier call had finished the phase.
        usage: Of these rounds together: tokens.
        micro_usd: What they cost: millionths of a US dollar; None: a price is not known.
        proven: Whether every seam between rounds was proved by the format.
        missing: What the answer lacks, in words.
        warnings: What a person should know.
        applied: What the workspace said; None: nothing was to be applied.
        plan: What was planned; None where an earlier call had finished the phase.
        context: What of the workspace the model was shown; None: an earlier call or the caller
            said, or nothing.
        resumed: Whether an earlier call's answer was gone on with, or had finished it.
        log: What happened: the last lines.
    """

    phase_id: str
    run_id: str
    outcome: PhaseOutcome
    reason: str
    error: BaseException | None
    operations: tuple[FileOperation, ...]
    text: str
    files_changed: tuple[str, ...]
    rounds: tuple[RoundRecord, ...]
    usage: Usage
    micro_usd: int | None
    proven: bool
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    applied: Applied | None
    plan: BudgetPlan | None
    context: ContextSelection | None
    resumed: bool
    log: str

    @property
    def complete(self) -> bool:
        """Whether the phase is done."""
        return self.outcome == "complete"

    def raise_for_failure(self) -> PhaseResult:
        """The result itself, if the phase is complete.

        Raises:
            PhaseFailed: It is not; its cause is what ended it.
        """
        if not self.complete:
            raise PhaseFailed(self.phase_id, self.outcome, self.reason) from self.error
        return self
