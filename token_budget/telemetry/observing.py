"""What a recorded attempt teaches the estimators, in the units that they speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_budget.deliverables import described
from token_budget.learnt import Learnt
from token_budget.ledger.scopes import key_of
from token_budget.models import bare_model_id
from token_budget.observed_answers import ObservedAnswer, with_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.prior import Prior
    from token_budget.answer_tokens import PlanEstimate
    from token_budget.plan import BudgetPlan
    from token_budget.telemetry.recording import EndedAttempt
    from token_budget.telemetry.records import PhaseRecord, RoundRecord


@dataclass(frozen=True, slots=True)
class ObservedThinking:
    """How much one answer thought.

    Attributes:
        family: The model's id without date and provider.
        effort: What was sent; None: nothing was.
        tokens: Thinking tokens; 0: it did not think.
        truncated: It was cut off while thinking.
    """

    family: str
    effort: str | None
    tokens: int
    truncated: bool


@dataclass(frozen=True, slots=True)
class Lesson:
    """All that an attempt teaches.

    Attributes:
        answer: Of visible output.
        thinking: Of thinking, one a round that began an answer.
    """

    answer: ObservedAnswer
    thinking: tuple[ObservedThinking, ...]

    def added_to(self, known: Learnt, prior: Prior) -> Learnt:
        """What is known after it.

        Args:
            known: What was learnt before.
            prior: What was fitted.
        """
        thinking = known.thinking
        for one in self.thinking:
            thinking = thinking.observe(one.family, one.effort, one.tokens, truncated=one.truncated)
        return Learnt(with_answers(prior, known.adaptations, [self.answer]), thinking)


def lesson_of(
    record: PhaseRecord,
    ended: EndedAttempt,
) -> Lesson:
    """What an attempt teaches.

    A complete answer is known. One that ended cut off is a lower bound. One that ended by itself
    without all of its deliverables, or failed, says nothing of how long the whole would have been;
    nor does one that went on with the answer of another attempt.

    Args:
        record: What became of it.
        ended: All that is known of it.
    """
    cut_off = record.outcome == "incomplete" and record.truncated is not False
    plan = ended.plan
    told = record.outcome == "complete" or (cut_off and record.rounds > 0)
    known = told and not ended.resumed
    answer = ObservedAnswer(
        attempt=key_of(record.scope),
        at=record.at,
        phase=described(ended.phase, plan.deliverables, plan.output_format),
        tokens=mined_tokens(record.visible, plan.estimate) if known else 0,
        truncated=cut_off,
        source=plan.phase_id,
    )
    return Lesson(answer, tuple(_thinking(ended.rounds, plan)))


def mined_tokens(visible: int, estimate: PlanEstimate) -> int:
    """What the estimator would call an answer: the inverse of `token_budget.answer_tokens`.

    Args:
        visible: What the answer took without thinking, in the model's tokens.
        estimate: The plan's, with the multiplier and the envelope that it assumed.

    Returns:
        ``cl100k_base`` tokens of the mined form.
    """
    return max(round(visible / estimate.multiplier - estimate.envelope), 0)


def _thinking(rounds: Sequence[RoundRecord], plan: BudgetPlan) -> list[ObservedThinking]:
    """Of rounds that began an answer and ended as the API says; none where it was switched off.

    A continuation thinks less than the answer that it continues; a refusal is none.
    """
    if not any(plan.estimate.thinking.values):
        return []
    return [
        ObservedThinking(
            family=bare_model_id(one.model),
            effort=plan.effort,
            tokens=one.thinking,
            truncated=one.truncated and not one.visible,
        )
        for one in rounds
        if one.truncated is not None and not one.continues and one.stop_reason != "refusal"
    ]
