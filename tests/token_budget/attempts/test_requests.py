from __future__ import annotations

import inspect

import anthropic

from tests.phases import phase_of
from token_budget.attempts.requests import (
    COUNTED_FIELDS,
    counted_part,
    first_request,
    said_by_model,
    settings_of,
    texts,
    without_context,
)

TURNS = {
    "system": [{"type": "text", "text": "one"}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "two"}]},
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "three", "signature": "c2ln"}],
        },
        {"role": "user", "content": "four"},
    ],
}


def test_stable_parts_come_first(policy):
    request = first_request(policy.prepare(phase_of()), "the workspace")
    [message] = request["messages"]
    texts_of = [one["text"] for one in message["content"]]
    assert texts_of[0] == "the workspace"
    assert "Write files." in texts_of[1]
    assert "newline-delimited JSON" in request["system"][0]["text"]


def test_what_is_counted_when_it_is_planned_is_what_is_sent(policy):
    prepared = policy.prepare(phase_of())
    request = first_request(prepared)
    sent = [one["text"] for one in (*request["system"], *request["messages"][0]["content"])]
    assert "\n\n".join(sent) == prepared.fixed.text


def test_other_formats_have_no_instructions_of_ours(policy):
    assert "system" not in first_request(policy.prepare(phase_of(output_format="diff")))


def test_no_sampling_parameter_is_ever_sent(policy):
    assert not {"temperature", "top_p", "top_k"} & first_request(policy.prepare(phase_of())).keys()


def test_effort_and_thinking_are_sent_as_they_are_set(make_policy):
    assert settings_of(make_policy().prepare(phase_of())) == {}
    prepared = make_policy(thinking="off", model="claude-opus-5").prepare(phase_of(effort="low"))
    assert settings_of(prepared) == {
        "output_config": {"effort": "low"},
        "thinking": {"type": "disabled"},
    }


def test_a_model_that_always_thinks_is_not_told_otherwise(make_policy):
    assert settings_of(make_policy(thinking="off").prepare(phase_of())) == {}


def test_the_smaller_prompt_has_the_task_alone(policy):
    prepared = policy.prepare(phase_of())
    assert without_context(first_request(prepared, "the workspace")) == first_request(prepared)


def test_only_what_makes_up_a_prompt_is_counted():
    assert counted_part({**TURNS, "max_tokens": 9, "stream": True}) == TURNS


def test_every_counted_field_is_one_of_the_sdks():
    counted = inspect.signature(anthropic.resources.Messages.count_tokens).parameters
    assert set(COUNTED_FIELDS) <= set(counted)


def test_all_that_a_prompt_says_is_read_but_signatures():
    assert "c2ln" not in texts(TURNS)
    assert all(word in texts(TURNS) for word in ("one", "two", "three", "four"))


def test_what_the_model_said_is_told_from_what_it_was_asked():
    said = said_by_model(TURNS)
    assert "three" in said
    assert "four" not in said
