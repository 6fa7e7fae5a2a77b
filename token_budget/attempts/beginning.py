"""How an attempt begins: limits into the books, a reservation, the first request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from continuation.machine import Continuation
from continuation.requests import with_breakpoint
from continuation.steps import Ask
from token_budget.attempts.attempt import Attempt
from token_budget.attempts.caching import RoundOutlook, cache_life
from token_budget.attempts.holding import SOFT_BOUNDS
from token_budget.attempts.requests import (
    first_request,
    said_by_model,
    texts,
    without_context,
)
from token_budget.ceiling import smallest
from token_budget.ledger.amounts import Amount
from token_budget.ledger.limits import Limit
from token_budget.remaining import phase_scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from continuation.caching import Life
    from continuation.requests import Request
    from continuation.response import Response
    from continuation.steps import Step
    from token_budget.attempts.planner import Planner
    from token_budget.ledger import Ledger
    from token_budget.plan import BudgetPlan
    from token_budget.prepared import Prepared
    from token_budget.remaining import ScopePath
    from token_budget.spec import Phase

MICRO_USD = 1_000_000

HELD_TO_APPLY = Amount(output_tokens=1, total_tokens=1, micro_usd=1, calls=1)
"""What an attempt holds that has nothing to ask for, as its answer is whole: the least there is."""

NAME_CHARACTERS = 12
"""Of the name of an attempt: random, so that nobody has to count attempts."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an attempt may begin from.

    Attributes:
        context: Parts of the workspace for the prompt, as text.
        request: The first request instead of ours, without its ceiling: a caller's own prompt.
        responses: What an earlier attempt got to the same request: it is gone on with.
    """

    context: str = ""
    request: Request | None = None
    responses: Sequence[Response] = ()


def begin_attempt(policy: Planner, phase: Phase, beginning: Beginning) -> Attempt:
    """Hold what a phase needs, and start carrying it out; see `BudgetPolicy.begin`."""
    books = policy.books
    set_limits(books, policy, phase)
    prepared = policy.prepare(phase)
    plan = prepared.plan(datetime.now(UTC).date())
    given = beginning.request or first_request(prepared, beginning.context)
    request = {**given, "max_tokens": plan.ceiling.tokens}
    continuation = _continuation(policy, prepared, plan, request, len(beginning.responses))
    step: Step = Ask(continuation.request, "continue", "the first request")
    for response in beginning.responses:
        step = continuation.receive(response)
    asks = isinstance(step, Ask)
    if plan.exhausted is not None and asks:
        raise plan.exhausted
    reservation = books.reserve(attempt_scope(phase), _held(plan) if asks else HELD_TO_APPLY)
    return Attempt(policy, prepared, plan, reservation, continuation, step)


def attempt_scope(phase: Phase) -> ScopePath:
    """A new attempt in the books: under its phase, which is under its run."""
    return (*phase_scope(phase), uuid.uuid4().hex[:NAME_CHARACTERS])


def set_limits(books: Ledger, policy: Planner, phase: Phase) -> None:
    """Enter the limits of the settings and the spec where the books have none yet.

    What stands in the books outranks them: somebody set it there.
    """
    usd = policy.config.usd
    money = None if usd is None else round(usd * MICRO_USD)
    wanted = {
        phase_scope(phase)[:1]: Limit(total_tokens=policy.config.token_budget, micro_usd=money),
        phase_scope(phase): Limit(total_tokens=phase.token_budget),
    }
    for scope, limit in wanted.items():
        if not limit.unlimited and not books.limits(scope):
            books.set_limit(scope, limit)


def _continuation(
    policy: Planner, prepared: Prepared, plan: BudgetPlan, request: Request, earlier: int
) -> Continuation:
    def life(asked: Request) -> Life | None:
        def upper(text: str) -> int:
            return policy.prompt_tokens(text, prepared.situation.limits)

        prompt, written = upper(texts(asked)), upper(said_by_model(asked))
        outlook = RoundOutlook(prompt, 0, written, plan.ceiling.tokens)
        return cache_life(prepared.situation, outlook)

    first = life(request)
    return Continuation(
        with_breakpoint(request, first) if first else request,
        plan.output_format,
        prepared.situation.limits,
        deliverables=[one.path for one in plan.deliverables if one.path],
        rounds=policy.config.rounds + earlier,
        largest_ceiling=_hard_ceiling(plan),
        cache=life,
        shrink=without_context,
    )


def _hard_ceiling(plan: BudgetPlan) -> int:
    """What the ceiling may be raised to where the estimate was too low."""
    return smallest({**plan.ceiling.bounds, **dict.fromkeys(SOFT_BOUNDS)}).tokens


def _held(plan: BudgetPlan) -> Amount:
    """What an attempt holds from its beginning on."""
    answer = max(plan.reservation - plan.prompt_tokens - plan.context_budget, 0)
    return Amount(answer, plan.reservation, plan.cost.held or 0, calls=1)
