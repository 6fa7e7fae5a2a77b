"""One phase being carried out: everything but sending, which is sync or async.

Whatever arrives is kept in the workspace's state before it is entered in the books, so a phase that
ends early is gone on with by the next call, and what was paid for is never asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from continuation.errors import NoProgress
from continuation.response import Response
from ndjson import Conflict, NdjsonError, parse
from token_budget.attempts.beginning import Beginning
from token_budget.attempts.kept import KeptAttempt, KeptAttempts, digest_of
from token_budget.context.telling import facts_of
from token_budget.errors import NotApplied, NotApproved
from token_budget.executor.applying import apply_answer, changed_paths, preview
from token_budget.executor.events import Settled, nobody
from token_budget.executor.result import PhaseResult
from token_budget.ledger import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from continuation.requests import Request
    from ndjson import Applied, FileOperation, Preview
    from token_budget.attempts.attempt import Attempt
    from token_budget.context.selected import ContextSelection
    from token_budget.executor.events import Watch
    from token_budget.executor.incoming import Incoming
    from token_budget.policy import BudgetPolicy
    from token_budget.spec import Phase
    from token_budget.telemetry.context_facts import ContextFacts
    from token_budget.telemetry.records import PhaseOutcome

REFUSED_BY_ANSWER = (NotApplied, Conflict)
"""What applying raises because of the answer: the next call has to ask for another one. Anything
else is the system's: the next call applies the same answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the model is shown of the workspace.

    Attributes:
        text: For the prompt.
        files: SHA-256 of the files that are shown whole; None: that a file was not there.
    """

    text: str = ""
    files: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a phase is carried out.

    Attributes:
        apply: Whether a whole answer is applied to the workspace.
        resume: Whether an earlier call's answer is gone on with, and a finished phase left alone.
        watch: Told what happens.
        approve: Asked before files are changed, with what would be; None: nobody is asked.
        shown: What the model is shown of the workspace; None: what the policy chooses.
    """

    apply: bool = True
    resume: bool = True
    watch: Watch = nobody
    approve: Callable[[Preview], bool] | None = None
    shown: Shown | None = None


class PhaseWork:
    """One phase being carried out: `phases` sends what its attempt says.

    Attributes:
        finished: The result of an earlier call that finished the phase; None: there is work.
    """

    def __init__(self, policy: BudgetPolicy, phase: Phase, settings: Settings) -> None:
        """Look for an earlier call's answer; nothing is held yet."""
        self._policy, self._settings = policy, settings
        self._phase = phase.model_copy(update={"output_format": "ndjson"})
        self._spec = digest_of(self._phase, phase.model or policy.config.model, "ndjson")
        self._store = KeptAttempts(policy.workspace)
        kept = self._store.find(phase, self._spec) if settings.resume else None
        done = kept is not None and kept.finished and settings.apply
        self.finished = finished_result(self._phase, kept.body) if kept and done else None
        self._earlier = () if kept is None or kept.finished else responses_of(kept.body)
        self._selection: ContextSelection | None = None
        self._body: dict[str, Any] = {} if kept is None or kept.finished else dict(kept.body)

    @property
    def watch(self) -> Watch:
        """Who is told what happens."""
        return self._settings.watch

    def context(self, rate: float = 1.0) -> ContextSelection | None:
        """What of the workspace goes into the prompt; None: an earlier call or the caller said.

        Args:
            rate: The model's tokens for one that we count, where the API has said more than that.

        Raises:
            ContextError: It cannot be chosen.
            LedgerError: The books cannot be opened.
        """
        if self._body or self._settings.shown is not None or not self._policy.config.context_budget:
            return None
        _ = self._policy.books  # opened: the plan sees what they leave
        plan = self._policy.plan(self._phase)
        return self._policy.context(self._phase, plan, rate=rate) if plan.context_budget else None

    def context_draft(self, selection: ContextSelection) -> Request:
        """What ``messages.count_tokens`` is asked about a context."""
        model = self._phase.model or self._policy.config.model
        return {"model": model, "messages": [{"role": "user", "content": selection.rendered}]}

    def begin(self, selection: ContextSelection | None) -> Attempt:
        """Hold what the phase needs.

        Args:
            selection: The context, if one was chosen.

        Raises:
            BudgetExhausted: It does not fit.
            LedgerError: The books cannot be kept.
            SpecError: A deliverable cannot be used.
            StorageError: The workspace's state cannot be used.
        """
        self._selection = selection
        shown = self._settings.shown or Shown()
        if selection is not None:
            shown = Shown(selection.rendered, selection.shown)
        given = Beginning(shown.text, self._body.get("request"), self._earlier)
        attempt = self._policy.begin(self._phase, given)
        if not self._body:
            self._body = {"request": attempt.request, "shown": dict(shown.files)}
        return attempt

    def received(self, attempt: Attempt, incoming: Incoming) -> None:
        """A stream has ended, by itself or not: keep what came, then enter it.

        Raises:
            LedgerError: It cannot be entered; what came is kept.
            StorageError: It cannot be kept; it is entered all the same.
        """
        self._enter(attempt, incoming)
        result = attempt.result
        self.watch(Settled(result.rounds[-1], result.micro_usd))

    def _enter(self, attempt: Attempt, incoming: Incoming) -> None:
        message, broke = incoming.message.message(), incoming.interrupted
        if incoming.error is not None and not incoming.message.text:
            attempt.fail(incoming.error, message)
        else:
            tool_input = incoming.message.tool_input()
            response = Response.of(message, tool_input=tool_input, interrupted=broke)
            try:
                self._keep((*attempt.responses, response))
            finally:
                attempt.receive(
                    message,
                    request_id=incoming.request_id,
                    interrupted=broke,
                    tool_input=tool_input,
                    cause=incoming.error,
                )
            if broke and attempt.ended:
                self._keep(attempt.responses)

    def cancelled(self, attempt: Attempt, incoming: Incoming, error: BaseException) -> None:
        """The caller gave up while a request was open: what came of it is kept and entered.

        Nobody is told: who gave up might do so again.
        """
        if incoming.message.text:
            self._enter(attempt, incoming)
        else:
            attempt.fail(error, incoming.message.message())
        if attempt.result.outcome == "failed":
            self._store.forget(self._phase)
        self._policy.record(attempt.as_ended(0, resumed=bool(self._earlier), context=self._facts()))

    def end(self, attempt: Attempt) -> PhaseResult:
        """The attempt has ended: apply its answer, record it, say what became of it.

        Raises:
            LedgerError: The record cannot be entered.
            StorageError: The workspace's state cannot be written.
        """
        if attempt.tool_calls:
            attempt.give_up(NoProgress("the model called tools, and none were offered"))
        found = attempt.result
        error, applied = found.error, None
        if found.outcome == "complete" and self._settings.apply:
            applied, error = self._applied(attempt, found.operations)
        outcome = found.outcome if error is None else _outcome_after(found.outcome, error)
        number = sum(one.outcome == "applied" for one in applied.results) if applied else 0
        result = PhaseResult(
            phase_id=self._phase.phase_id,
            run_id=self._phase.run_id,
            outcome=outcome,
            reason=found.reason if error is found.error else str(error),
            error=error,
            operations=found.operations,
            text=found.text,
            files_changed=changed_paths(applied, found.operations) if applied else (),
            rounds=found.rounds,
            usage=found.usage,
            micro_usd=found.micro_usd,
            proven=found.proven,
            missing=found.missing,
            warnings=(*(self._selection.warnings if self._selection else ()), *found.warnings),
            applied=applied,
            plan=attempt.plan,
            context=self._selection,
            resumed=bool(self._earlier),
            log=bytes(attempt.log).decode(errors="replace"),
        )
        ended = attempt.as_ended(number, outcome, resumed=result.resumed, context=self._facts())
        self._policy.record(ended)
        self._close(result)
        return result

    def _facts(self) -> ContextFacts | None:
        return facts_of(self._selection) if self._selection is not None else None

    def _applied(
        self, attempt: Attempt, operations: tuple[FileOperation, ...]
    ) -> tuple[Applied | None, BaseException | None]:
        """What the workspace said of the answer, or why it is not applied."""
        shown, approve = self._body.get("shown", {}), self._settings.approve
        workspace = self._policy.workspace
        try:
            if approve is not None and not approve(preview(workspace, self._phase, operations)):
                return None, NotApproved()
            applied = apply_answer(workspace, self._phase, operations, shown)
        except (NotApplied, NdjsonError) as error:
            attempt.log.add(f"not applied: {error}")
            return None, error
        attempt.log.add(applied.summary)
        return applied, None

    def _keep(self, responses: Sequence[Response]) -> None:
        known = [*self._earlier, *responses]
        self._body = {**self._body, "responses": [one.as_json() for one in known]}
        self._store.keep(self._phase, self._spec, KeptAttempt(finished=False, body=self._body))

    def _close(self, result: PhaseResult) -> None:
        """What the next call finds."""
        if result.outcome == "failed":
            self._store.forget(self._phase)
        elif result.complete and self._settings.apply:
            body = {
                "files_changed": result.files_changed,
                "warnings": result.warnings,
                "text": result.text,
                "proven": result.proven,
            }
            self._store.keep(self._phase, self._spec, KeptAttempt(finished=True, body=body))


def responses_of(body: Mapping[str, Any]) -> tuple[Response, ...]:
    """The responses that an unfinished attempt got."""
    return tuple(Response.from_json(one) for one in body.get("responses", ()))


def finished_result(phase: Phase, body: Mapping[str, Any]) -> PhaseResult:
    """The result of an earlier call, as far as it is kept."""
    return PhaseResult(
        phase_id=phase.phase_id,
        run_id=phase.run_id,
        outcome="complete",
        reason="an earlier call finished this phase",
        error=None,
        operations=parse(body["text"]).operations,
        text=body["text"],
        files_changed=tuple(body["files_changed"]),
        rounds=(),
        usage=Usage(0, 0),
        micro_usd=0,
        proven=body["proven"],
        missing=(),
        warnings=tuple(body["warnings"]),
        applied=None,
        plan=None,
        context=None,
        resumed=True,
        log="",
    )


def _outcome_after(outcome: PhaseOutcome, error: BaseException) -> PhaseOutcome:
    """What becomes of a phase whose answer is whole and was not applied."""
    if outcome != "complete":
        return outcome
    return "failed" if isinstance(error, REFUSED_BY_ANSWER) else "incomplete"
