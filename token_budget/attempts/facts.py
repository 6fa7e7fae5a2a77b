"""What is known of a round when it has ended: for the books, and for telemetry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from continuation.steps import Ask, Failed, Finished, RunTools
from token_budget.ledger.usage import Usage
from token_budget.telemetry.recording import RoundFacts
from token_budget.telemetry.records import Estimated

if TYPE_CHECKING:
    from collections.abc import Callable

    from continuation.answer import Answer
    from continuation.requests import Request
    from continuation.response import Response
    from continuation.steps import Step
    from token_budget.ceiling import Ceiling
    from token_budget.plan import BudgetPlan
    from token_budget.spec import Phase


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A request that was sent.

    Attributes:
        number: Of the round in the attempt, from 1.
        ceiling: What was sent as ``max_tokens``, and why.
        prompt: Tokens of its prompt, at the most.
        request: What was sent.
        strategy: How it asks: ``first``, or that of `continuation.steps.Ask`.
    """

    number: int
    ceiling: Ceiling
    prompt: int
    request: Request
    strategy: str

    @property
    def continues(self) -> bool:
        """Whether it goes on with an answer; the same request again does not."""
        return self.strategy not in ("first", "escalate")


@dataclass(frozen=True, slots=True)
class Seam:
    """What a response made of an answer.

    Attributes:
        before: The answer before it.
        after: The answer with it.
        response: What came.
        step: What follows; None: the send failed.
    """

    before: Answer
    after: Answer
    response: Response
    step: Step | None


def facts_of(
    phase: Phase, plan: BudgetPlan, sent: OpenRound, seam: Seam, usage: Usage
) -> RoundFacts:
    """The facts of a round."""
    return RoundFacts(
        category=phase.task_category,
        estimate=Estimated.of(plan),
        ceiling=sent.ceiling.tokens,
        bound=sent.ceiling.bound,
        unused=_unused(usage, seam.response, seam.after),
        stop_reason=seam.response.stop_reason,
        continues=sent.continues,
        operations_kept=max(len(seam.after.operations) - len(seam.before.operations), 0),
        operations_rejected=len(seam.after.rejected),
        outcome=outcome_words(seam.step),
    )


def outcome_words(step: Step | None) -> str:
    """What a round led to."""
    match step:
        case Ask():
            return step.strategy
        case RunTools():
            return "tools"
        case Finished():
            return step.outcome.value
        case Failed():
            return f"failed: {type(step.error).__name__}"
        case None:
            return "failed"


def usage_of(
    reported: object,
    response: Response,
    sent: OpenRound,
    upper: Callable[[str], int],
    *,
    final: bool = False,
) -> tuple[Usage, bool]:
    """What a round took, and whether that is an estimate: the API says it last of all.

    An answer that broke off is taken to be as long as what came of it, at the most; of its prompt
    the API has reported the length, if anything came.

    Args:
        reported: The ``usage`` of the message; None or without figures: nothing was reported.
        response: What came.
        sent: The request.
        upper: Gives the tokens of a text at the most.
        final: Whether the API has said all that it says of the usage, although it broke off.
    """
    if not response.interrupted or (final and reported):
        return Usage.of(reported), False
    said = "".join(str(one.get("thinking", "")) for one in response.blocks)
    thinking, visible = (upper(text) if text else 0 for text in (said, response.text))
    output = min(thinking + visible, sent.ceiling.tokens)
    return _with_output(reported, sent.prompt, output, min(thinking, output)), True


def usage_of_failure(error: BaseException, sent: OpenRound) -> Usage:
    """What a request took to which nothing came back.

    One that the API refused took nothing; of another one nobody knows whether it was read.
    """
    refused = getattr(error, "status_code", None) is not None
    return Usage(input=0 if refused else sent.prompt, output=0)


def _with_output(reported: object, prompt: int, output: int, thinking: int) -> Usage:
    figures = reported if isinstance(reported, dict) else {}
    if figures.get("input_tokens") is None:
        return Usage(input=prompt, output=output, thinking=thinking)
    found = Usage.of({**figures, "output_tokens": output, "output_tokens_details": None})
    return Usage(**{**found.counts(), "thinking": thinking})


def _unused(usage: Usage, response: Response, after: Answer) -> int:
    """The share of the visible answer of which nothing is kept, in the model's tokens."""
    whole = len(response.text.encode(errors="replace"))
    visible = usage.output - usage.thinking
    return round(visible * min(after.dropped / whole, 1.0)) if whole else 0
