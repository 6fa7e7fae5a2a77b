"""From what the ledger and an attempt know to records: of a round, and of the whole attempt."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from token_budget.errors import LedgerValueError
from token_budget.ledger.scopes import shown_scope
from token_budget.telemetry.records import Estimated, PhaseRecord, RoundRecord
from token_budget.telemetry.writing import write_round

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    from token_budget.ceiling import BoundName
    from token_budget.ledger.records import Round
    from token_budget.plan import BudgetPlan
    from token_budget.remaining import ScopePath
    from token_budget.spec import Phase
    from token_budget.telemetry.context_facts import ContextFacts
    from token_budget.telemetry.records import PhaseOutcome


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What an attempt knows of a round beside its usage; fields as in `RoundRecord`."""

    category: str | None
    estimate: Estimated
    ceiling: int
    bound: BoundName
    unused: int
    stop_reason: str | None
    continues: bool
    operations_kept: int
    operations_rejected: int
    outcome: str


def round_record(entered: Round, facts: RoundFacts) -> RoundRecord:
    """The record of a round as the ledger has it.

    Args:
        entered: What `Reservation.settle` returned, or hands to what stands alongside.
        facts: What the attempt knows of it.

    Raises:
        LedgerValueError: The round is not settled, or the facts contradict its usage.
    """
    usage = entered.usage
    if usage is None or entered.model is None or entered.settled_at is None:
        raise LedgerValueError(entered.shown, entered.state, "a round that is settled")
    return RoundRecord(
        scope=entered.scope,
        round=entered.round,
        at=entered.settled_at,
        model=entered.model,
        reserved=entered.held.total_tokens,
        used=usage.total,
        output=usage.output,
        thinking=usage.thinking,
        request_id=entered.request_id,
        **{name: getattr(facts, name) for name in RoundFacts.__slots__},
    )


def recorded(facts: RoundFacts) -> Callable[[Connection, Round], None]:
    """What stands alongside a settle: ``reservation.settle(…, alongside=recorded(facts))``.

    The record is written in the transaction of the debit, or neither is.
    """

    def alongside(connection: Connection, entered: Round) -> None:
        write_round(connection, round_record(entered, facts))

    return alongside


@dataclass(frozen=True, slots=True)
class EndedAttempt:
    """All that is known of an attempt when it ends.

    Attributes:
        phase: What the spec says.
        plan: What was planned for it.
        rounds: In order; none if nothing was sent.
        outcome: What became of it.
        operations_applied: Operations that changed a file.
        scope: The attempt, as in the ledger; None: that of its rounds, or else run and phase.
        at: When it ended, in seconds since 1970.
        resumed: Whether another attempt got a part of the answer: its length is not known then.
        context: What was selected for its prompt; None: nothing was.
    """

    phase: Phase
    plan: BudgetPlan
    rounds: tuple[RoundRecord, ...]
    outcome: PhaseOutcome
    operations_applied: int
    scope: ScopePath | None = None
    at: float = field(default_factory=time.time)
    resumed: bool = False
    context: ContextFacts | None = None

    @property
    def path(self) -> ScopePath:
        """The scope of the attempt."""
        if self.scope is not None:
            return self.scope
        return self.rounds[0].scope if self.rounds else (self.plan.run_id, self.plan.phase_id)


def phase_record(ended: EndedAttempt) -> PhaseRecord:
    """The record of an attempt.

    Raises:
        LedgerValueError: A round is of another attempt, or a figure cannot be true.
    """
    plan, rounds, scope = ended.plan, ended.rounds, ended.path
    for one in rounds:
        if one.scope != scope:
            raise LedgerValueError("rounds.scope", one.scope, f"the attempt {shown_scope(scope)}")
    output = sum(one.output for one in rounds)
    return PhaseRecord(
        scope=scope,
        at=ended.at,
        model=plan.model,
        category=ended.phase.task_category,
        estimate=Estimated.of(plan),
        ceiling=plan.ceiling.tokens,
        bound=plan.ceiling.bound,
        reserved=plan.reservation,
        rounds=len(rounds),
        used=sum(one.used for one in rounds),
        output=output,
        thinking=sum(one.thinking for one in rounds),
        visible=visible_tokens(rounds),
        continuation_tokens=sum(one.continuation_tokens for one in rounds),
        wasted=output if ended.outcome == "failed" else sum(one.wasted for one in rounds),
        truncated=rounds[-1].truncated if rounds else None,
        operations_kept=sum(one.operations_kept for one in rounds),
        operations_rejected=sum(one.operations_rejected for one in rounds),
        operations_applied=ended.operations_applied,
        request_ids=tuple(one.request_id for one in rounds if one.request_id),
        outcome=ended.outcome,
        context=ended.context,
    )


def visible_tokens(rounds: Sequence[RoundRecord]) -> int:
    """What an answer took in all its rounds, without thinking.

    What an earlier round wrote and nobody could use was asked for again: it counts once.
    """
    return sum(one.visible for one in rounds) - sum(one.unused for one in rounds[:-1])
