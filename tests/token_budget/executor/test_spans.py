from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.messages_server import MessagesServer, internal_error
from tests.phases import CUT, carry_out, faithful, phase_of

PHASE, ROUND = "token_budget.phase", "token_budget.round"


@pytest.fixture
def exporter(monkeypatch):
    made = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(made))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield made
    provider.shutdown()


def spans(exporter, name):
    found = [one for one in exporter.get_finished_spans() if one.name == name]
    return sorted(found, key=lambda one: one.start_time)


def test_rounds_are_children_of_their_phase(either, policy, exporter):
    with MessagesServer(faithful(), factor=1.3) as server:
        result = either(server, policy, phase_of(max_tokens=CUT))
    [phase] = spans(exporter, PHASE)
    rounds = spans(exporter, ROUND)
    assert len(rounds) == len(result.rounds) > 1
    assert {one.parent.span_id for one in rounds} == {phase.context.span_id}
    assert phase.attributes["token_budget.outcome"] == "complete"
    for number, (span, record) in enumerate(zip(rounds, result.rounds, strict=True), start=1):
        assert span.attributes["token_budget.round"] == number
        assert span.attributes["token_budget.ceiling"] == record.ceiling
        assert span.attributes["token_budget.bound"] == record.bound
        assert span.attributes["token_budget.outcome"] == record.outcome
    assert phase.attributes["token_budget.scope"] == "/".join(result.rounds[0].scope)


def test_calls_of_the_sdk_are_children_of_their_round(policy, exporter):
    with MessagesServer(faithful()) as server:
        carry_out(server, policy, phase_of())
    [inner] = spans(exporter, ROUND)
    parents = [one.parent.span_id for one in exporter.get_finished_spans() if one.parent]
    assert inner.context.span_id in parents


def test_a_phase_that_failed_says_so(policy, exporter):
    with MessagesServer(faithful(), faults={1: internal_error()}) as server:
        carry_out(server, policy, phase_of())
    [phase] = spans(exporter, PHASE)
    [inner] = spans(exporter, ROUND)
    assert phase.attributes["token_budget.outcome"] == "failed"
    assert inner.attributes["token_budget.outcome"] == "failed"
