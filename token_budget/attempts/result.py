"""What became of an attempt, as one value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from continuation.errors import NoProgress, TooManyRounds
from continuation.steps import Failed, Finished, RunTools
from token_budget.ledger.usage import Usage
from token_budget.telemetry.recording import round_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from continuation.machine import Continuation
    from continuation.steps import Step
    from ndjson import FileOperation
    from token_budget.ledger import Round
    from token_budget.telemetry.recording import RoundFacts
    from token_budget.telemetry.records import PhaseOutcome, RoundRecord


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What became of an attempt.

    Attributes:
        outcome: ``complete``; ``incomplete``: what came is kept and can be gone on with; or
            ``failed``: nothing of it is used.
        reason: Why, in a sentence.
        error: What ended it; None: it is complete.
        operations: The whole operations of an answer in NDJSON or whole files, to be applied only
            if the outcome is ``complete``.
        text: The answer in its format.
        proven: Whether every seam between its rounds was proved by the format.
        missing: What it lacks, in words.
        warnings: What a person should know.
        rounds: What was sent and came, in order.
        usage: Of all rounds together: tokens.
        micro_usd: What they cost: millionths of a US dollar; None: a price is not known.
    """

    outcome: PhaseOutcome
    reason: str
    error: BaseException | None
    operations: tuple[FileOperation, ...]
    text: str
    proven: bool
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    rounds: tuple[RoundRecord, ...]
    usage: Usage
    micro_usd: int | None


def result_of(
    continuation: Continuation,
    step: Step,
    error: BaseException | None,
    settled: Sequence[tuple[Round, RoundFacts]],
    warnings: Iterable[str],
) -> AttemptResult:
    """What becomes of an attempt that stands as it does.

    Args:
        continuation: With what is kept of the answer.
        step: What it said last.
        error: What ended the attempt; None: nothing did, or the answer is whole.
        settled: The rounds in the books.
        warnings: Of the attempt itself.
    """
    finished = isinstance(step, Finished) and error is None
    answer, entered = continuation.answer, [one for one, _ in settled]
    said = step.warnings if isinstance(step, Finished) else answer.notes
    return AttemptResult(
        outcome="complete" if finished else _unfinished(continuation, step, settled),
        reason="the answer is whole" if finished else str(error or _waiting(step)),
        error=error,
        operations=answer.operations,
        text=answer.text,
        proven=answer.proven,
        missing=() if finished else continuation.missing,
        warnings=(*said, *warnings),
        rounds=tuple(round_record(one, facts) for one, facts in settled),
        usage=total_usage(one.usage for one in entered if one.usage is not None),
        micro_usd=total_cost(one.micro_usd for one in entered),
    )


def _unfinished(
    continuation: Continuation, step: Step, settled: Sequence[tuple[Round, RoundFacts]]
) -> PhaseOutcome:
    """What becomes of an answer that is not whole: one that can be gone on with is not lost."""
    kept = continuation.answer.amount()
    lost = isinstance(step, Failed) and not _can_be_resumed(step, settled)
    return "incomplete" if (kept.operations or kept.lines) and not lost else "failed"


def _can_be_resumed(step: Failed, settled: Sequence[tuple[Round, RoundFacts]]) -> bool:
    """Whether it was not the answer that failed: it had no rounds left, or its stream broke off."""
    broke_off = bool(settled) and settled[-1][1].stop_reason is None
    return isinstance(step.error, TooManyRounds) or (
        broke_off and isinstance(step.error, NoProgress)
    )


def _waiting(step: Step) -> str:
    if isinstance(step, RunTools):
        return "the model called tools, and nobody has run them"
    return "it has not ended"


def total_usage(usages: Iterable[Usage]) -> Usage:
    """The sum of what rounds used."""
    listed = list(usages)
    names = [field.name for field in fields(Usage)]
    return Usage(**{name: sum(getattr(one, name) for one in listed) for name in names})


def total_cost(costs: Iterable[int | None]) -> int | None:
    """The sum of what rounds cost; None where one is not known."""
    listed = list(costs)
    known = [one for one in listed if one is not None]
    return sum(known) if len(known) == len(listed) else None
