"""Spans of OpenTelemetry, where it is installed: a phase, and in it its rounds.

A span is the current one within its block, so that the spans of the model's SDK become its
children. Nothing is exported unless the program has set up a provider. Our spans say what was
planned and how it ended; what was used stands in the SDK's own, and would count twice here.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from token_budget.plan import BudgetPlan
    from token_budget.remaining import ScopePath

    Attributes = Mapping[str, str | int]

TRACER_NAME = "token_budget"


class SpanOutcome:
    """What a span is told before it ends."""

    def __init__(self, span: Any = None) -> None:  # noqa: ANN401 - the SDK may not be there
        """Use a span; None: there is nobody to tell."""
        self._span = span

    def outcome(self, text: str) -> None:
        """Say what became of the work, such as ``complete``; the last word counts."""
        if self._span is not None:
            self._span.set_attribute("token_budget.outcome", text)


def phase_span(scope: ScopePath, plan: BudgetPlan) -> AbstractContextManager[SpanOutcome]:
    """The span ``token_budget.phase``: around all rounds of an attempt.

    Args:
        scope: The attempt.
        plan: What was planned.
    """
    attributes: Attributes = {
        "token_budget.scope": "/".join(scope),
        "token_budget.run_id": plan.run_id,
        "token_budget.phase_id": plan.phase_id,
        "token_budget.model": plan.model,
        "token_budget.ceiling": plan.ceiling.tokens,
        "token_budget.bound": plan.ceiling.bound,
        "token_budget.reservation": plan.reservation,
    }
    return _span("token_budget.phase", attributes)


def round_span(
    scope: ScopePath, number: int, *, ceiling: int, bound: str
) -> AbstractContextManager[SpanOutcome]:
    """The span ``token_budget.round``: around one request.

    Args:
        scope: The attempt.
        number: The round.
        ceiling: What is sent as ``max_tokens``.
        bound: The bound that it comes from.
    """
    attributes: Attributes = {
        "token_budget.scope": "/".join(scope),
        "token_budget.round": number,
        "token_budget.ceiling": ceiling,
        "token_budget.bound": bound,
    }
    return _span("token_budget.round", attributes)


def _span(name: str, attributes: Attributes) -> AbstractContextManager[SpanOutcome]:
    trace = _trace()
    if trace is None:
        return nullcontext(SpanOutcome())
    return _current(trace, name, attributes)


@contextmanager
def _current(
    trace: Any,  # noqa: ANN401 - a module of a package that may not be there
    name: str,
    attributes: Attributes,
) -> Iterator[SpanOutcome]:
    """A span that is current within the block; an error is named by its type alone.

    Its message may hold what a file or an answer says, which no telemetry may.
    """
    started = trace.get_tracer(TRACER_NAME).start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    )
    with started as span:
        try:
            yield SpanOutcome(span)
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(trace.StatusCode.ERROR)
            raise


@cache
def _trace() -> Any:  # noqa: ANN401 - a module of a package that may not be there
    """The API of OpenTelemetry; None: it is not installed."""
    try:
        return import_module("opentelemetry.trace")
    except ImportError:
        return None
