from __future__ import annotations

import json

import pytest

from token_budget import BudgetPolicy, Phase
from token_budget.observed_answers import ObservedAnswer
from token_budget.telemetry import EndedAttempt
from token_budget.telemetry.observing import lesson_of, mined_tokens
from token_budget.telemetry.recording import phase_record


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    return BudgetPolicy(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def attempt(policy, make_round):
    """A function that ends an attempt with these rounds, each as fields of its record."""
    deliverables = ["src/new.py (12 functions)", "tests/test_new.py"]
    phase = Phase(
        phase_id="one", run_id="run", deliverables=deliverables, description="Add\nsecret"
    )
    plan = policy.plan(phase)

    def end(*rounds, outcome="complete", effort=None):
        made = tuple(
            make_round(**{"used": 90_000, **fields}, round=number)
            for number, fields in enumerate(rounds, start=1)
        )
        ended = EndedAttempt(phase, plan, made, outcome, operations_applied=1)
        return ended, lesson_of(phase_record(ended), ended)

    return end


def test_the_models_tokens_become_those_of_the_mined_form(attempt):
    ended, _ = attempt({})
    estimate = ended.plan.estimate
    written = (3_000 + estimate.envelope) * estimate.multiplier
    assert mined_tokens(round(written), estimate) == 3_000
    assert mined_tokens(0, estimate) == 0


def test_a_complete_answer_is_observed_as_it_is(attempt):
    ended, lesson = attempt({"output": 5_000, "thinking": 1_000})
    assert lesson.answer.tokens == mined_tokens(4_000, ended.plan.estimate)
    assert not lesson.answer.truncated
    assert (lesson.answer.source, lesson.answer.attempt) == ("one", "/run/phase/1")


def test_rounds_add_up_and_what_was_written_twice_counts_once(attempt):
    first = {"output": 5_000, "thinking": 1_000, "unused": 300, "stop_reason": "max_tokens"}
    second = {"output": 2_300, "thinking": 0, "unused": 50, "continues": True}
    ended, lesson = attempt(first, second)
    assert lesson.answer.tokens == mined_tokens(4_000 + 2_300 - 300, ended.plan.estimate)
    assert not lesson.answer.truncated


@pytest.mark.parametrize("stop_reason", ["max_tokens", "model_context_window_exceeded", None])
def test_an_answer_that_ended_cut_off_is_a_lower_bound(attempt, stop_reason):
    cut = {"output": 5_000, "unused": 300, "stop_reason": stop_reason}
    ended, lesson = attempt(cut, outcome="incomplete")
    assert lesson.answer.truncated
    assert lesson.answer.tokens == mined_tokens(4_600, ended.plan.estimate)


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [({}, "failed"), ({"stop_reason": "max_tokens"}, "failed"), ({}, "incomplete")],
)
def test_what_says_nothing_of_the_whole_teaches_nothing(attempt, fields, outcome):
    _, lesson = attempt({"output": 5_000, **fields}, outcome=outcome)
    assert (lesson.answer.tokens, lesson.answer.truncated) == (0, False)


def test_thinking_is_observed_of_rounds_that_begin_an_answer(attempt):
    cut = {"output": 900, "thinking": 900, "stop_reason": "max_tokens"}
    again = {"output": 5_000, "thinking": 2_000, "stop_reason": "max_tokens"}
    more = {"output": 700, "thinking": 100, "continues": True}
    dead = {"output": 700, "thinking": 0, "stop_reason": None}
    refused = {"output": 700, "thinking": 650, "stop_reason": "refusal"}
    _, lesson = attempt(cut, again, more, dead, refused)
    assert [(one.tokens, one.truncated) for one in lesson.thinking] == [(900, True), (2_000, False)]
    assert {one.family for one in lesson.thinking} == {"claude-opus-5-5"}


def test_where_thinking_is_switched_off_it_is_not_learnt_that_none_happens(tmp_path, make_round):
    policy = BudgetPolicy.from_file(workspace=tmp_path, thinking="off", model="claude-opus-5")
    phase = Phase(phase_id="one", deliverables=["a.py"])
    plan = policy.plan(phase)
    ended = EndedAttempt(phase, plan, (make_round(thinking=0),), "complete", 1)
    assert lesson_of(phase_record(ended), ended).thinking == ()


def test_what_is_kept_of_a_phase_holds_no_prose_and_teaches_the_same(attempt):
    _, lesson = attempt({"output": 5_000})
    text = json.dumps(lesson.answer.as_json())
    assert "secret" not in text
    assert "src/new.py" in text
    again = ObservedAnswer.from_json(lesson.answer.attempt, lesson.answer.at, json.loads(text))
    assert [one.path for one in again.phase.deliverables] == ["src/new.py", "tests/test_new.py"]
    assert again.phase.deliverables[0].counts == (("functions", 12),)
    assert ObservedAnswer.from_json(again.attempt, again.at, again.as_json()) == again
