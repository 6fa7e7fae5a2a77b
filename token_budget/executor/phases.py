"""One phase with the SDK, sync or async: the same work, driven by two loops.

The SDK's own retries are the only ones: what it raises has been retried as its client is set up.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from token_budget.executor.context_check import ContextCheck
from token_budget.executor.events import Planned, Sent
from token_budget.executor.incoming import Incoming
from token_budget.executor.work import PhaseWork, Settings
from token_budget.telemetry.tracing import phase_span, round_span

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from anthropic import Anthropic, AsyncAnthropic

    from continuation.requests import Request
    from token_budget.attempts.attempt import Attempt
    from token_budget.executor.result import PhaseResult
    from token_budget.policy import BudgetPolicy
    from token_budget.spec import Phase
    from token_budget.telemetry.tracing import SpanOutcome


def run_phase(
    client: Anthropic,
    policy: BudgetPolicy,
    phase: Phase,
    *,
    apply: bool = True,
    settings: Settings | None = None,
) -> PhaseResult:
    """Carry out a phase: plan, hold, stream, continue, apply, record.

    Args:
        client: Of the SDK.
        policy: Plans, and keeps the books.
        phase: The phase.
        apply: Whether a whole answer is applied to the workspace.
        settings: Everything else; its ``apply`` counts only if ``apply`` is true.

    Returns:
        What became of it: look at ``outcome``, or call ``raise_for_failure``.

    Raises:
        BudgetExhausted: It does not fit; nothing was sent.
        LedgerError: The books cannot be kept; nothing more is sent.
        ContextError: What of the workspace to show cannot be chosen.
        SpecError: A deliverable cannot be used in this workspace.
        StorageError: The workspace's state cannot be used.
    """
    work = PhaseWork(policy, phase, _settings(settings, apply=apply))
    if work.finished is not None:
        return work.finished
    check = ContextCheck(work.context)
    while (chosen := check.to_count()) is not None:
        check.counted(_counted(client, work.context_draft(chosen)))
    selection = check.selection
    with work.begin(selection) as attempt, phase_span(attempt.scope, attempt.plan) as span:
        work.watch(Planned(attempt.plan, selection))
        while (draft := attempt.draft()) is not None:
            request = attempt.next_request(_counted(client, draft, attempt))
            if request is not None:
                _round(client, work, attempt, request)
        result = work.end(attempt)
        span.outcome(result.outcome)
    return result


async def arun_phase(
    client: AsyncAnthropic,
    policy: BudgetPolicy,
    phase: Phase,
    *,
    apply: bool = True,
    settings: Settings | None = None,
) -> PhaseResult:
    """As `run_phase`, with the async client.

    The context is chosen in a thread; the books are written without leaving the loop.
    """
    work = PhaseWork(policy, phase, _settings(settings, apply=apply))
    if work.finished is not None:
        return work.finished
    check = await asyncio.to_thread(ContextCheck, work.context)
    while (chosen := check.to_count()) is not None:
        counted = await _acounted(client, work.context_draft(chosen))
        await asyncio.to_thread(check.counted, counted)
    selection = check.selection
    with work.begin(selection) as attempt, phase_span(attempt.scope, attempt.plan) as span:
        work.watch(Planned(attempt.plan, selection))
        while (draft := attempt.draft()) is not None:
            request = attempt.next_request(await _acounted(client, draft, attempt))
            if request is not None:
                await _around(client, work, attempt, request)
        result = work.end(attempt)
        span.outcome(result.outcome)
    return result


def _round(client: Anthropic, work: PhaseWork, attempt: Attempt, request: Request) -> None:
    """Send one request, and take what comes."""
    incoming = Incoming(work.watch)
    with _span(attempt) as span:
        try:
            incoming.tell(Sent(attempt.sent))
            with client.messages.create(**request, stream=True) as events:
                incoming.request_id = events.response.headers.get("request-id")
                for event in events:
                    incoming.take(event)
        except BaseException as error:
            if not incoming.broke_off(error):
                work.cancelled(attempt, incoming, error)
                raise
        work.received(attempt, incoming)
        span.outcome(attempt.last_outcome)


async def _around(
    client: AsyncAnthropic, work: PhaseWork, attempt: Attempt, request: Request
) -> None:
    """Send one request, and take what comes."""
    incoming = Incoming(work.watch)
    with _span(attempt) as span:
        try:
            incoming.tell(Sent(attempt.sent))
            async with await client.messages.create(**request, stream=True) as events:
                incoming.request_id = events.response.headers.get("request-id")
                async for event in events:
                    incoming.take(event)
        except BaseException as error:
            if not incoming.broke_off(error):
                work.cancelled(attempt, incoming, error)
                raise
        work.received(attempt, incoming)
        span.outcome(attempt.last_outcome)


def _counted(client: Anthropic, draft: Request, attempt: Attempt | None = None) -> int | None:
    """The length of a prompt as the API counts it; None: it cannot be asked, and is estimated."""
    from anthropic import AnthropicError

    try:
        return client.messages.count_tokens(**draft).input_tokens
    except AnthropicError as error:
        if attempt is not None:
            attempt.not_counted(error)
        return None


async def _acounted(
    client: AsyncAnthropic, draft: Request, attempt: Attempt | None = None
) -> int | None:
    from anthropic import AnthropicError

    try:
        return (await client.messages.count_tokens(**draft)).input_tokens
    except AnthropicError as error:
        if attempt is not None:
            attempt.not_counted(error)
        return None


def _span(attempt: Attempt) -> AbstractContextManager[SpanOutcome]:
    sent = attempt.sent
    ceiling = sent.ceiling
    return round_span(attempt.scope, sent.number, ceiling=ceiling.tokens, bound=ceiling.bound)


def _settings(settings: Settings | None, *, apply: bool) -> Settings:
    found = settings or Settings()
    return replace(found, apply=found.apply and apply)
