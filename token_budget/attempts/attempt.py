"""An attempt: one phase being carried out, round by round; the loop is the caller's.

It holds before every send, settles after every round, and says what to send until the answer is
whole or has failed. It sends nothing itself, so it serves any client, sync or async.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from continuation.errors import NoProgress
from continuation.response import Response
from continuation.steps import Ask, Failed, Finished, RunTools
from token_budget.attempts.facts import OpenRound, Seam, facts_of, usage_of, usage_of_failure
from token_budget.attempts.holding import hold, round_ceiling
from token_budget.attempts.prompt_sizes import PromptSizes
from token_budget.attempts.requests import counted_part
from token_budget.attempts.result import result_of
from token_budget.ceiling import exhausted
from token_budget.errors import BudgetExhausted
from token_budget.telemetry.log_tail import LogTail
from token_budget.telemetry.recording import EndedAttempt, recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from continuation.errors import ContinuationError
    from continuation.machine import Continuation
    from continuation.requests import Request
    from continuation.response import Block
    from continuation.steps import Step
    from token_budget.attempts.planner import Planner
    from token_budget.attempts.result import AttemptResult
    from token_budget.ceiling import Ceiling
    from token_budget.ledger import Reservation, Round, Usage
    from token_budget.plan import BudgetPlan
    from token_budget.prepared import Prepared
    from token_budget.remaining import ScopePath
    from token_budget.spec import Phase
    from token_budget.telemetry.context_facts import ContextFacts
    from token_budget.telemetry.recording import RoundFacts
    from token_budget.telemetry.records import PhaseOutcome

LOGGER = logging.getLogger("token_budget.attempts")


class Attempt:
    """One phase being carried out. Made by `BudgetPolicy.begin`.

    Leaving the block releases what is still held.

    Attributes:
        phase: What the spec says.
        plan: What was planned.
        scope: The attempt in the books.
        log: What happened, line by line.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - only `begin_attempt` makes one
        self,
        policy: Planner,
        prepared: Prepared,
        plan: BudgetPlan,
        reservation: Reservation,
        continuation: Continuation,
        step: Step,
    ) -> None:
        """Start with the step that ``continuation`` has come to."""
        self.phase: Phase = prepared.phase
        self.plan = plan
        self.scope: ScopePath = reservation.scope
        self.log = LogTail()
        self._policy, self._prepared = policy, prepared
        self._reservation, self._continuation = reservation, continuation
        self._first = continuation.request
        self._step = step
        self._sizes = PromptSizes(self._upper, policy.counter.count)
        self._open: OpenRound | None = None
        self._settled: list[tuple[Round, RoundFacts]] = []
        self._responses: list[Response] = []
        self._warnings: list[str] = []
        self._error: BaseException | None = None
        self._released = False

    @property
    def request(self) -> Request:
        """The first request, with the ceiling that it was planned with."""
        return self._first

    @property
    def responses(self) -> tuple[Response, ...]:
        """What came in this attempt, to go on with it in another one.

        A stream that broke off before anything could be kept is not among it.
        """
        return tuple(self._responses)

    @property
    def sent(self) -> OpenRound:
        """The request that was sent and not answered yet.

        Raises:
            RuntimeError: There is none.
        """
        if self._open is None:
            raise RuntimeError("no request is open: call next_request first")
        return self._open

    @property
    def last_outcome(self) -> str:
        """What the last round led to, in a word; empty: there was none."""
        return self._settled[-1][1].outcome if self._settled else ""

    def not_counted(self, error: Exception) -> None:
        """The API could not be asked how long a prompt is: that it is estimated is said."""
        self._warnings.append(f"the length of a prompt is estimated: {error}")
        self._say(self._warnings[-1])

    def draft(self) -> Request | None:
        """The part of the next request that ``messages.count_tokens`` counts; None: there is none.

        Give what it says to `next_request`: then what is held is no estimate.
        """
        if self._error is not None or not isinstance(self._step, Ask):
            return None
        return counted_part(self._step.request)

    def next_request(self, prompt_tokens: int | None = None) -> Request | None:
        """Hold the next round, and say what to send.

        Args:
            prompt_tokens: The length of `draft` as the API counts it; None: it is estimated.

        Returns:
            The keyword arguments of ``messages.stream`` or ``messages.create``; None: the attempt
            has ended, or its tools have to be run first.

        Raises:
            LedgerError: It cannot be entered; nothing may be sent.
            RuntimeError: A request is open.
        """
        if self._open is not None:
            raise RuntimeError("a request is open: receive its response, or fail it, first")
        if self._error is not None or not isinstance(self._step, Ask):
            return None
        prompt = prompt_tokens or self._sizes.tokens(self._step.request)
        try:
            ceiling = self._held(self._step, prompt)
        except BudgetExhausted as error:
            self._end(error)
            return None
        number = len(self._settled) + 1
        request = self._continuation.sending(ceiling.tokens)
        strategy = self._step.strategy if self._continuation.rounds else "first"
        self._open = OpenRound(number, ceiling, prompt, request, strategy)
        self._say(f"round {number}: {strategy}, ceiling {ceiling.tokens:,} ({ceiling.bound})")
        return request

    def receive(
        self,
        message: object,
        *,
        request_id: str | None = None,
        interrupted: bool = False,
        tool_input: str = "",
        cause: BaseException | None = None,
    ) -> None:
        """Take a response: read it, decide what follows, settle.

        Args:
            message: The whole response: a message of the SDK, or the same as a mapping.
            request_id: The API's name for the request; None: as the message has it.
            interrupted: The stream broke off: what came of it is counted, not reported.
            tool_input: The raw input of a tool call that was cut off.
            cause: What broke the stream off.

        Raises:
            LedgerError: It cannot be entered; the response is kept in `responses`.
            RuntimeError: No request is open.
        """
        sent = self.sent
        response = Response.of(message, tool_input=tool_input, interrupted=interrupted)
        self._responses.append(response)
        before = self._continuation.answer
        self._step = self._continuation.receive(response)
        if response.interrupted and _no_progress(self._step):
            self._responses.pop()  # to go on with it would fail once more
        final = _field(message, "stop_reason") is not None
        reported = _field(message, "usage")
        usage, estimated = usage_of(reported, response, sent, self._upper, final=final)
        if not estimated:
            self._sizes = self._sizes.reported(sent.request, usage.total_input)
        seam = Seam(before, self._continuation.answer, response, self._step)
        facts = facts_of(self.phase, self.plan, sent, seam, usage)
        name = request_id or _field(message, "_request_id")
        self._settle(sent, usage, facts, _field(message, "model"), name, estimated=estimated)
        if isinstance(self._step, Failed):
            self._step.error.__cause__ = cause
            self._end(self._step.error)

    def tools_ran(self, results: Sequence[Mapping[str, Any]]) -> None:
        """Go on after the caller ran the tools of `tool_calls`; guard first.

        Args:
            results: The ``tool_result`` blocks.

        Raises:
            RuntimeError: No tool was called.
        """
        self._step = self._continuation.tools_ran(results)
        if isinstance(self._step, Failed):
            self._end(self._step.error)

    @property
    def tool_calls(self) -> tuple[Block, ...]:
        """The calls of the caller's tools that wait to be run."""
        return self._step.calls if isinstance(self._step, RunTools) else ()

    def fail(self, error: BaseException, message: object = None) -> None:
        """A send failed and nothing came back that can be kept: the attempt ends.

        Args:
            error: Why.
            message: What came nevertheless, such as thinking: it is counted.

        Raises:
            LedgerError: It cannot be entered.
            RuntimeError: No request is open.
        """
        sent, answer = self.sent, self._continuation.answer
        response = Response.of(message or {"content": []}, interrupted=True)
        usage = usage_of_failure(error, sent)
        if response.blocks:
            usage, _ = usage_of(_field(message, "usage"), response, sent, self._upper)
        facts = facts_of(self.phase, self.plan, sent, Seam(answer, answer, response, None), usage)
        self._settle(sent, usage, facts, None, _field(error, "request_id"), estimated=True)
        self._end(error)

    def give_up(self, error: ContinuationError) -> None:
        """End it although it could go on, such as by tools that nobody can run."""
        self._step = self._continuation.fail(error)
        self._end(error)

    def guard(self, needed: int = 0) -> None:
        """Make sure that a follow-up call of the caller's own tool loop is worth it.

        Args:
            needed: The tokens of its prompt.

        Raises:
            BudgetExhausted: Less is left than that and the smallest useful answer.
            LedgerUnavailable: It cannot be read.
        """
        self._reservation.guard(needed)

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be sent."""
        return self._error is not None or isinstance(self._step, Finished | Failed)

    @property
    def result(self) -> AttemptResult:
        """What became of it; before it has ended, what there is so far, as ``incomplete``."""
        return result_of(self._continuation, self._step, self._error, self._settled, self._warnings)

    def as_ended(
        self,
        operations_applied: int,
        outcome: PhaseOutcome | None = None,
        *,
        resumed: bool = False,
        context: ContextFacts | None = None,
    ) -> EndedAttempt:
        """The attempt as `BudgetPolicy.record` takes it.

        Args:
            operations_applied: Operations that changed a file.
            outcome: What became of the phase, where applying decided it; None: as the result says.
            resumed: Whether another attempt got a part of the answer.
            context: What the prompt showed of the workspace; None: nothing was chosen.
        """
        found = self.result
        return EndedAttempt(
            phase=self.phase,
            plan=self.plan,
            rounds=found.rounds,
            outcome=outcome or found.outcome,
            operations_applied=operations_applied,
            scope=self.scope,
            resumed=resumed,
            context=context,
        )

    def close(self) -> None:
        """Release what is still held; a request that is open becomes an unknown round."""
        if not self._released:
            self._released = True
            self._reservation.release()

    def __enter__(self) -> Attempt:
        """The attempt itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _held(self, step: Ask, prompt: int) -> Ceiling:
        """The ceiling of the next round, held.

        Raises:
            BudgetExhausted: There is no room for an answer worth sending.
        """
        now, own = self._prepared.situation, self._reservation.held()
        balances = self._policy.balances(self.phase, 0, now.limits)
        hard = step.strategy == "escalate"
        ceiling = round_ceiling(now, prompt, balances, own, hard=hard)
        floor = max(self._policy.config.floor, step.smallest_ceiling)
        error = exhausted(ceiling, balances, prompt=prompt, floor=floor)
        if error is not None:
            raise error
        return hold(self._reservation, len(self._settled) + 1, now, prompt, ceiling, floor)

    def _settle(  # noqa: PLR0913 - what is entered of a round
        self,
        sent: OpenRound,
        usage: Usage,
        facts: RoundFacts,
        model: str | None,
        request_id: str | None,
        *,
        estimated: bool,
    ) -> None:
        entered = self._reservation.settle(
            sent.number,
            usage,
            model=model or self.plan.model,
            request_id=request_id,
            estimated=estimated,
            alongside=recorded(facts),
        )
        self._open = None
        self._settled.append((entered, facts))
        self._say(
            f"round {sent.number}: {facts.stop_reason or 'broke off'}, {facts.outcome}, "
            f"{facts.operations_kept:,} operations kept, {usage.output:,} tokens"
        )

    def _end(self, error: BaseException) -> None:
        self._error = error
        self._say(f"{self.result.outcome}: {error}")

    def _upper(self, text: str) -> int:
        return self._policy.prompt_tokens(text, self._prepared.situation.limits)

    def _say(self, line: str) -> None:
        self.log.add(line)
        LOGGER.info("%s: %s", "/".join(self.scope), line)


def _no_progress(step: Step) -> bool:
    return isinstance(step, Failed) and isinstance(step.error, NoProgress)


def _field(value: object, name: str) -> Any:  # noqa: ANN401 - whatever the SDK or a caller has
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
