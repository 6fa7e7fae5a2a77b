"""Completes an answer: a state machine without input or output.

It is told every response and says what to send next, until the answer is whole or has failed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from continuation.answer import NOTHING_KEPT, Amount, Format, Prefillable
from continuation.errors import (
    ContinuationError,
    NoProgress,
    Refused,
    TooManyRounds,
    UnknownStopReason,
)
from continuation.escalation import escalated
from continuation.formats import empty_answer
from continuation.outcomes import Evidence, Outcome, outcome
from continuation.requests import (
    thinks,
    user_turn,
    with_breakpoint,
    with_last_turn,
    with_prefill,
    with_text,
    with_turns,
)
from continuation.response import Response
from continuation.steps import Ask, Failed, Finished, RunTools, Step
from ndjson import NdjsonError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from continuation.answer import Answer
    from continuation.caching import Life
    from continuation.requests import Request

DEFAULT_ROUNDS = 8
"""Model calls of one attempt at the most, the first one included."""


class Model(Protocol):
    """What the model and its provider can do."""

    @property
    def prefill(self) -> bool:
        """Whether the last message may be the assistant's."""

    @property
    def max_output(self) -> int:
        """The largest ``max_tokens`` that is accepted."""


class Continuation:
    """One answer, in as many rounds as it takes."""

    def __init__(  # noqa: PLR0913 - each is a setting with a default
        self,
        request: Mapping[str, Any],
        format: Format,  # noqa: A002 - the field's own word
        model: Model,
        *,
        deliverables: Sequence[str] = (),
        rounds: int = DEFAULT_ROUNDS,
        largest_ceiling: int | None = None,
        cache: Callable[[Request], Life | None] | None = None,
        shrink: Callable[[Request], Request] | None = None,
    ) -> None:
        """Start before the first round.

        Args:
            request: What is sent first: the keyword arguments of ``messages.create``.
            format: How the answer is written.
            model: What the model can do.
            deliverables: The files that are asked for: what is missing is asked for by their names.
            rounds: Model calls at the most, the first one included.
            largest_ceiling: What ``max_tokens`` may be raised to; None: the model's maximum.
            cache: How long a request's prompt should live in the cache; None: never.
            shrink: Makes the first request smaller, where the context window was full.

        Raises:
            ValueError: A setting cannot be used.
        """
        if rounds < 1:
            raise ValueError(f"rounds: expected 1 or more, found {rounds}")
        self._first = dict(request)
        self._request = dict(request)
        self._model = model
        self._deliverables = tuple(deliverables)
        self._most_rounds = rounds
        self._largest = min(largest_ceiling or model.max_output, model.max_output)
        self._cache = cache or (lambda _: None)
        self._shrink = shrink or dict
        self._format = format
        self._answer = empty_answer(format)
        self._rounds = 0
        self._pending = ""  # the text of turns that were paused or called tools
        self._prefilled = False
        self._asked_for_missing = False
        self._escalated = False
        self._ended: Step | None = None
        self._tools: Response | None = None

    @property
    def answer(self) -> Answer:
        """What is kept so far."""
        return self._answer

    @property
    def rounds(self) -> int:
        """How many responses came."""
        return self._rounds

    @property
    def missing(self) -> tuple[str, ...]:
        """What the answer lacks, in words."""
        return self._answer.missing(self._deliverables)

    @property
    def request(self) -> Request:
        """What was sent last, or is to be sent."""
        return self._request

    def sending(self, ceiling: int) -> Request:
        """The open request with the ceiling that it is sent with."""
        self._request = {**self._request, "max_tokens": ceiling}
        return self._request

    def receive(self, response: object) -> Step:
        """What to do after a response.

        Args:
            response: A `Response`, or a message of the SDK.

        Raises:
            RuntimeError: The answer has ended, or tools have to be run first.
        """
        if self._ended is not None or self._tools is not None:
            raise RuntimeError("no request is open: the answer has ended, or waits for its tools")
        self._rounds += 1
        found = Response.of(response)
        try:
            step = self._next(found)
        except (ContinuationError, NdjsonError) as error:
            step = self._failed(error)
        if isinstance(step, Ask):
            step = self._bounded(step)
        if isinstance(step, Finished | Failed):
            self._ended = step
        return step

    def tools_ran(self, results: Sequence[Mapping[str, Any]]) -> Step:
        """What to send after the caller ran the tools.

        Args:
            results: The ``tool_result`` blocks.

        Raises:
            RuntimeError: No tool was called.
        """
        if self._tools is None:
            raise RuntimeError("no tool was called")
        called = with_last_turn(self._request, self._tools.sent_back())
        request = {**called, "messages": [*called["messages"], user_turn(results)]}
        self._tools = None
        step = self._bounded(Ask(request, "tools", "the tools that the model called have run"))
        self._ended = step if isinstance(step, Failed) else None
        return step

    def fail(self, error: ContinuationError) -> Failed:
        """End it: nothing more is sent."""
        self._ended = self._failed(error)
        return self._ended

    def _next(self, response: Response) -> Step:
        before, text = self._answer.amount(), self._pending + response.text
        what = self._outcome(response, text)
        if what is Outcome.REFUSED:
            self._answer = empty_answer(self._format)
            raise Refused(response.explanation)
        if what in (Outcome.RESEND, Outcome.TOOL_USE):
            return self._held(response, text, what)
        self._pending = ""
        if what is Outcome.UNKNOWN:
            with suppress(ContinuationError, NdjsonError):  # what is kept is evidence only
                self._answer = self._with(text, cut=True)
            raise UnknownStopReason(response.stop_reason)
        if what is Outcome.PREWARMED:
            return Finished(self._answer, what)
        if what is Outcome.ESCALATE:
            thought = any("thinking" in one["type"] for one in response.blocks)
            why = "went to thinking alone" if thought else "was reached before any text"
            return self._escalate(f"its ceiling {why}", effort=True)
        self._answer = self._with(text, cut=response.cut)
        evidence = self._answer.evidence()
        if response.interrupted:
            what = Outcome.COMPLETE if evidence.closed else Outcome.CONTINUE
        else:
            what = outcome(response.stop_reason, evidence, self._request)
        return self._after_text(what, response, before)

    def _outcome(self, response: Response, text: str) -> Outcome:
        """What the stop reason says before the text is read."""
        if response.interrupted:
            return Outcome.CONTINUE
        seen = Evidence(text=bool(text.strip()), closed=False)
        return outcome(response.stop_reason, seen, self._request)

    def _with(self, text: str, *, cut: bool) -> Answer:
        if self._prefilled and isinstance(self._answer, Prefillable):
            return self._answer.after_prefill(text, cut=cut)
        return self._answer.joined(text, cut=cut)

    def _held(self, response: Response, text: str, what: Outcome) -> Step:
        """The turn is not over: its text waits for the rest."""
        self._pending = text
        if what is Outcome.TOOL_USE:
            self._tools = response
            return RunTools(response.tool_calls, response)
        said = response.sent_back()
        request = with_last_turn(self._request, said) if said else self._request
        return Ask(request, "resend", "the turn was paused: it is sent back as it is")

    def _after_text(self, what: Outcome, response: Response, before: Amount) -> Step:
        if what is Outcome.COMPLETE:
            return self._closed(response)
        progress = self._answer.amount().beyond(before)
        if what is Outcome.ASK_MISSING and self._asked_for_missing:
            return self._ended_again()
        if what is Outcome.SHRINK:
            return self._smaller(progress=progress)
        if not progress:
            return self._without_progress(what, response)
        self._asked_for_missing = self._asked_for_missing or what is Outcome.ASK_MISSING
        return self._rest(response, ended=what is Outcome.ASK_MISSING)

    def _closed(self, response: Response) -> Step:
        """The answer says that it is whole.

        Of an answer in one part that is taken as said. Where the parts met something may have been
        left out: files that were asked for and are not there are asked for once.
        """
        if self._rounds == 1 or self._asked_for_missing or not self.missing:
            return self._complete()
        self._asked_for_missing = True
        return self._rest(response, ended=True)

    def _complete(self, *warnings: str) -> Step:
        if not self._answer.amount().operations:
            return self._failed(NoProgress("the answer is empty", self.missing))
        untouched = self.missing
        if untouched:
            warnings = (*warnings, f"not in the answer: {', '.join(untouched)}")
        return Finished(self._answer, Outcome.COMPLETE, (*self._answer.notes, *warnings))

    def _ended_again(self) -> Step:
        """The model ended its answer for the second time without closing it."""
        if self._deliverables and not self.missing:
            return self._complete("the answer has no done line; every deliverable is there")
        reason = "the model was asked for what is missing, and ended without it"
        return self._failed(NoProgress(reason, self.missing))

    def _without_progress(self, what: Outcome, response: Response) -> Step:
        if what is Outcome.CONTINUE and not response.interrupted:
            return self._escalate("what comes next does not fit below its ceiling", effort=False)
        reason = "the stream broke off" if response.interrupted else "the model ended its answer"
        came = "anything came" if not response.text.strip() else "anything could be kept"
        return self._failed(NoProgress(f"{reason} before {came}", self.missing))

    def _escalate(self, why: str, *, effort: bool) -> Step:
        """The same again with a higher ceiling, or with less effort; once."""
        ask = escalated(self._request, self._largest, why, effort=effort)
        if self._escalated or ask is None:
            return self._failed(NoProgress(why, self.missing))
        self._escalated = True
        return ask

    def _smaller(self, *, progress: bool) -> Step:
        smaller = self._shrink(self._first)
        if not progress and smaller == self._first:
            reason = "the context window is full, and the prompt cannot be made smaller"
            return self._failed(NoProgress(reason, self.missing))
        request = smaller
        if self._answer.amount().beyond(NOTHING_KEPT):
            text = self._answer.request_for_rest(self._deliverables, ended=False)
            request = with_text(smaller, text)
        self._first = smaller
        reason = "the context window was full: the rest is asked for in a smaller prompt"
        return Ask({**request, "max_tokens": self._request["max_tokens"]}, "shrink", reason)

    def _rest(self, response: Response, *, ended: bool) -> Step:
        answer = self._answer
        if isinstance(answer, Prefillable) and self._can_prefill() and not ended:
            request = with_prefill(self._first, answer.prefill())
            ask = {**request, "max_tokens": self._request["max_tokens"]}
            return Ask(ask, "prefill", "the model takes its own words back and goes on from them")
        text = self._answer.request_for_rest(self._deliverables, ended=ended)
        said = response.sent_back()
        request = with_turns(self._request, said, text) if said else with_text(self._request, text)
        if ended:
            return Ask(request, "missing", "the model ended before its answer was whole")
        broke = "the stream broke off" if response.interrupted else "the answer was cut off"
        return Ask(request, "continue", f"{broke}: the rest is asked for in its format")

    def _can_prefill(self) -> bool:
        """A prefill stands where thinking would, so a request that thinks has none."""
        return self._model.prefill and not thinks(self._first)

    def _bounded(self, ask: Ask) -> Step:
        if self._rounds >= self._most_rounds:
            return self._failed(TooManyRounds(self._rounds, self.missing))
        request = ask.request
        if ask.strategy not in ("resend", "prefill"):
            life = self._cache(request)
            request = with_breakpoint(request, life) if life is not None else request
        if ask.strategy != "escalate":  # which is the same request again
            self._prefilled = ask.strategy == "prefill"
        self._request = request
        return Ask(request, ask.strategy, ask.reason, ask.smallest_ceiling)

    def _failed(self, error: ContinuationError | NdjsonError) -> Failed:
        return Failed(error, self._answer, self.missing)
