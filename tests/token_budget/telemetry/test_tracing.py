from __future__ import annotations

import subprocess
import sys

import anthropic
import httpx2
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from token_budget import BudgetPolicy, Phase
from token_budget.telemetry import phase_span, round_span, tracing

SCOPE = ("run", "one", "1")
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-5-5",
    "content": [{"type": "text", "text": "!"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}


@pytest.fixture
def exporter(monkeypatch):
    made = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(made))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield made
    provider.shutdown()


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    policy = BudgetPolicy(tmp_path_factory.mktemp("workspace"))
    return policy.plan(Phase(phase_id="one", run_id="run", deliverables=["a.py"]))


def spans(exporter):
    return {span.name: span for span in exporter.get_finished_spans()}


def test_the_sdks_spans_become_children_of_the_round_and_it_of_the_phase(exporter, plan):
    with phase_span(SCOPE, plan) as phase:
        with round_span(SCOPE, 1, ceiling=100, bound="contract") as one:
            with trace.get_tracer("an SDK").start_as_current_span("chat"):
                pass
            one.outcome("complete")
        phase.outcome("complete")
    found = spans(exporter)
    outer, inner, call = (
        found[name] for name in ("token_budget.phase", "token_budget.round", "chat")
    )
    assert outer.parent is None
    assert inner.parent.span_id == outer.context.span_id
    assert call.parent.span_id == inner.context.span_id
    assert call.context.trace_id == outer.context.trace_id


def test_the_span_of_a_real_client_is_a_child(exporter):
    def answer(request):
        return httpx2.Response(200, json=MESSAGE)

    transport = httpx2.MockTransport(answer)
    with (
        httpx2.Client(transport=transport) as http,
        round_span(SCOPE, 1, ceiling=9, bound="run"),
    ):
        client = anthropic.Anthropic(api_key="none", http_client=http)
        client.messages.create(
            model="claude-opus-5-5", max_tokens=9, messages=[{"role": "user", "content": "?"}]
        )
    call, own = exporter.get_finished_spans()
    assert own.name == "token_budget.round"
    assert call.parent.span_id == own.context.span_id
    assert call.attributes["gen_ai.usage.output_tokens"] == 1


def test_spans_say_what_was_planned_and_how_it_ended(exporter, plan):
    with phase_span(SCOPE, plan) as phase, round_span(SCOPE, 2, ceiling=9, bound="run"):
        phase.outcome("incomplete")
    outer = spans(exporter)["token_budget.phase"].attributes
    inner = spans(exporter)["token_budget.round"].attributes
    assert outer["token_budget.phase_id"] == "one"
    assert outer["token_budget.ceiling"] == plan.ceiling.tokens
    assert outer["token_budget.outcome"] == "incomplete"
    assert (inner["token_budget.round"], inner["token_budget.bound"]) == (2, "run")
    assert inner["token_budget.scope"] == "run/one/1"


def test_no_usage_is_counted_a_second_time(exporter, plan):
    with phase_span(SCOPE, plan), round_span(SCOPE, 1, ceiling=9, bound="run"):
        pass
    for span in spans(exporter).values():
        assert all(name.startswith("token_budget.") for name in span.attributes)
        assert not [name for name in span.attributes if "usage" in name or "used" in name]


def test_an_error_is_named_by_its_type_and_its_message_is_not_exported(exporter):
    with pytest.raises(ValueError, match="contents"), round_span(SCOPE, 1, ceiling=9, bound="run"):
        raise ValueError("contents of a file")
    span = spans(exporter)["token_budget.round"]
    assert span.attributes["error.type"] == "ValueError"
    assert span.status.status_code is trace.StatusCode.ERROR
    assert not span.events
    assert "contents" not in span.to_json()


def test_without_a_provider_nothing_is_recorded(plan):
    with phase_span(SCOPE, plan) as phase:
        assert not trace.get_current_span().is_recording()
        phase.outcome("complete")


def test_without_opentelemetry_a_span_is_nothing(monkeypatch, plan):
    tracing._trace.cache_clear()
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    with phase_span(SCOPE, plan) as phase:
        phase.outcome("complete")
    tracing._trace.cache_clear()


def test_it_is_not_imported_before_a_span_is_asked_for():
    program = (
        "import sys, token_budget.telemetry.tracing;"
        "sys.exit(any(name.split('.')[0] == 'opentelemetry' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
