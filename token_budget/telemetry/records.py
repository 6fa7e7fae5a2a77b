"""One record a round, one a phase: counts, names and paths of scopes; no file contents, ever.

A figure is here if somebody produces it. Tokens are the model's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

from token_budget.errors import LedgerValueError
from token_budget.ledger.figures import whole
from token_budget.telemetry.stop_reasons import HANDED_ON, is_truncated

if TYPE_CHECKING:
    from token_budget.ceiling import BoundName
    from token_budget.plan import BudgetPlan
    from token_budget.remaining import ScopePath
    from token_budget.telemetry.context_facts import ContextFacts

PhaseOutcome = Literal["complete", "incomplete", "failed"]
"""``complete``: every deliverable was written; ``incomplete``: something was kept, but not all is
there; ``failed``: nothing of it is used."""

UPPER_LEVEL = 0.9
"""The upper quantile that is recorded, beside the median."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """What was expected of the visible answer of a phase.

    Attributes:
        median: Its 0.5 quantile.
        upper: Its 0.9 quantile.
        calibration: How the quantiles were obtained: a sentence of the estimator.
    """

    median: int
    upper: int
    calibration: str

    def __post_init__(self) -> None:
        """Refuse what is no estimate."""
        whole(self.median, "estimated.median")
        whole(self.upper, "estimated.upper")
        if self.upper < self.median:
            raise LedgerValueError("estimated.upper", self.upper, f"at least {self.median:,}")

    @classmethod
    def of(cls, plan: BudgetPlan) -> Estimated:
        """The estimate of a plan."""
        visible = plan.estimate.visible
        upper = round(visible.quantile(UPPER_LEVEL))
        return cls(round(visible.median), upper, plan.estimate.output.calibration)


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """What became of one request.

    Attributes:
        scope: The attempt that it belongs to, as in the ledger.
        round: Its number in the attempt, as in the ledger.
        at: When it ended, in seconds since 1970.
        model: The model that was asked.
        category: What kind of work it is, such as ``backend``; None: not known.
        estimate: What was expected of the whole answer before its first round.
        ceiling: What was sent as ``max_tokens``.
        bound: The bound that the ceiling comes from.
        reserved: What was held for it: tokens of prompt and answer.
        used: Tokens of prompt and answer.
        output: Those of the answer, thinking included.
        thinking: Those of the answer that were thinking.
        unused: Visible tokens of the answer that are in no kept operation.
        stop_reason: As the API reported it; None: the stream died without one.
        continues: Whether it continues an answer that was cut off.
        operations_kept: Operations that were read from it and can be used.
        operations_rejected: Operations that were read from it and cannot.
        request_id: The API's name for the request; None: it never said.
        outcome: What it led to, in the words of whoever drives the attempt.
    """

    scope: ScopePath
    round: int
    at: float
    model: str
    category: str | None
    estimate: Estimated
    ceiling: int
    bound: BoundName
    reserved: int
    used: int
    output: int
    thinking: int
    unused: int
    stop_reason: str | None
    continues: bool
    operations_kept: int
    operations_rejected: int
    request_id: str | None
    outcome: str

    def __post_init__(self) -> None:
        """Refuse figures that cannot be true."""
        for name in _ROUND_COUNTS:
            whole(getattr(self, name), f"round_record.{name}")
        _at_most("round_record.output", self.output, self.used, "used")
        _at_most("round_record.thinking", self.thinking, self.output, "output")
        _at_most("round_record.unused", self.unused, self.visible, "visible")

    @property
    def visible(self) -> int:
        """Tokens of the answer that were not thinking."""
        return self.output - self.thinking

    @property
    def truncated(self) -> bool | None:
        """Whether the answer was cut off, by its stop reason; None: not known."""
        return is_truncated(self.stop_reason, self.ceiling)

    @property
    def continuation_tokens(self) -> int:
        """Tokens of the answer if it continues one that was cut off, else 0."""
        return self.output if self.continues else 0

    @property
    def wasted(self) -> int:
        """Tokens of the answer that were paid for and not used.

        The thinking behind an answer of which something was kept counts as used.
        """
        if self.unused < self.visible or self.stop_reason in HANDED_ON:
            return self.unused
        return self.output


_ROUND_COUNTS = ("round", "ceiling", "reserved", "used", "output", "thinking", "unused",
                 "operations_kept", "operations_rejected")  # fmt: skip


@dataclass(frozen=True, slots=True)
class PhaseRecord:
    """What became of one attempt at a phase; sums are those of its rounds.

    Attributes:
        scope: The attempt, as in the ledger.
        at: When it ended, in seconds since 1970.
        model: The model that was planned for.
        category: What kind of work it is, such as ``backend``; None: not known.
        estimate: What was expected of the visible answer.
        ceiling: What the plan would have sent as ``max_tokens``.
        bound: The bound that the ceiling comes from.
        reserved: What the plan reserves.
        rounds: How many there were.
        used: Tokens of prompts and answers.
        output: Those of answers, thinking included.
        thinking: Those of answers that were thinking.
        visible: What the answer took, without thinking and without what was written twice.
        continuation_tokens: Tokens of answers that continue one that was cut off.
        wasted: Tokens of answers that were paid for and not used.
        truncated: Whether the answer ended cut off; None: not known, or nothing was sent.
        operations_kept: Operations that were read and can be used.
        operations_rejected: Operations that were read and cannot.
        operations_applied: Operations that changed a file.
        request_ids: The API's names for the requests.
        outcome: What became of it.
        context: What was selected for its prompt; None: nothing was.
    """

    scope: ScopePath
    at: float
    model: str
    category: str | None
    estimate: Estimated
    ceiling: int
    bound: BoundName
    reserved: int
    rounds: int
    used: int
    output: int
    thinking: int
    visible: int
    continuation_tokens: int
    wasted: int
    truncated: bool | None
    operations_kept: int
    operations_rejected: int
    operations_applied: int
    request_ids: tuple[str, ...]
    outcome: PhaseOutcome
    context: ContextFacts | None = None

    def __post_init__(self) -> None:
        """Refuse an outcome and figures that cannot be true."""
        if self.outcome not in get_args(PhaseOutcome):
            expected = f"one of {', '.join(get_args(PhaseOutcome))}"
            raise LedgerValueError("phase_record.outcome", self.outcome, expected)
        for name in _PHASE_COUNTS:
            whole(getattr(self, name), f"phase_record.{name}")

    def within(self, quantile: int) -> bool | None:
        """Whether the answer took no more than a quantile of its estimate; None: not known.

        Of an answer that is not complete, only what it took so far is known.
        """
        if self.outcome == "complete":
            return self.visible <= quantile
        return False if self.outcome == "incomplete" and self.visible > quantile else None


_PHASE_COUNTS = ("ceiling", "reserved", "rounds", "used", "output", "thinking", "visible",
                 "continuation_tokens", "wasted", "operations_kept", "operations_rejected",
                 "operations_applied")  # fmt: skip


def day_of(at: float) -> str:
    """The day of a moment, UTC, as ISO 8601 writes it."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _at_most(place: str, value: int, most: int, of: str) -> None:
    if value > most:
        raise LedgerValueError(place, value, f"at most the {most:,} tokens {of}")
