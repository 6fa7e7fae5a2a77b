from __future__ import annotations

import json

import pytest
from anthropic.types import Message
from hypothesis import given
from hypothesis import strategies as st

from continuation.response import Response

TEXT = {"type": "text", "text": "Hello"}
THINKING = {"type": "thinking", "thinking": "Let me see", "signature": "c2ln"}
UNSIGNED = {"type": "thinking", "thinking": "Let me s", "signature": ""}
REDACTED = {"type": "redacted_thinking", "data": "xyz"}
CALL = {"type": "tool_use", "id": "t1", "name": "read", "input": {"path": "a.py"}}
CUT = ["max_tokens", "model_context_window_exceeded", None]

blocks = st.lists(
    st.sampled_from([TEXT, THINKING, UNSIGNED, REDACTED, CALL, {"type": "text", "text": " \n"}])
)
responses = st.builds(
    Response,
    blocks=blocks.map(tuple),
    stop_reason=st.sampled_from(["end_turn", "tool_use", *CUT]),
    interrupted=st.booleans(),
    tool_input=st.text(max_size=5),
    explanation=st.text(max_size=5),
)


def message_of(content, stop_reason="end_turn", **more):
    usage = {"input_tokens": 1, "output_tokens": 1}
    fixed = {"id": "m", "type": "message", "role": "assistant", "model": "x", "usage": usage}
    return Message.model_validate({**fixed, "content": content, "stop_reason": stop_reason, **more})


def test_a_message_of_the_sdk_and_its_json_are_the_same_response():
    content = [THINKING, TEXT, CALL]
    found = Response.of(message_of(content, "tool_use"))
    assert found == Response.of({"content": content, "stop_reason": "tool_use"})
    assert found.blocks == tuple(content)
    assert Response.of(found) is found


def test_a_refusal_says_why():
    details = {"type": "refusal", "category": None, "explanation": "No."}
    found = Response.of({"content": [], "stop_reason": "refusal", "stop_details": details})
    assert found.explanation == "No."
    assert Response.of(message_of([], "refusal")).explanation == ""


def test_an_interrupted_stream_has_no_stop_reason():
    found = Response.of({"content": [TEXT], "stop_reason": "end_turn"}, interrupted=True)
    assert found.stop_reason is None
    assert found.cut


@pytest.mark.parametrize("nonsense", [None, "text", 7, {"choices": []}])
def test_what_is_no_response_is_refused(nonsense):
    with pytest.raises(TypeError, match="expected a response of the Messages API"):
        Response.of(nonsense)


@given(responses)
def test_a_response_survives_as_json(response):
    assert Response.from_json(json.loads(json.dumps(response.as_json()))) == response


@given(responses)
def test_nothing_is_sent_back_that_the_api_refuses(response):
    sent = response.sent_back()
    assert all(one["text"].strip() for one in sent if one["type"] == "text")
    assert all(one["signature"] for one in sent if one["type"] == "thinking")
    assert not sent or any(one["type"] in ("text", "tool_use") for one in sent)
    assert not response.cut or not any(one["type"] == "tool_use" for one in sent)


@given(responses)
def test_what_is_sent_back_stands_as_it_came(response):
    remaining = iter([*response.blocks, {"type": "text", "text": response.tool_input}])
    assert all(any(one == other for other in remaining) for one in response.sent_back())


@pytest.mark.parametrize("stop_reason", CUT)
def test_a_tool_call_of_a_cut_answer_is_never_handed_on(stop_reason):
    found = Response((TEXT, CALL), stop_reason)
    assert found.tool_calls == ()
    assert found.sent_back() == [TEXT]


def test_a_whole_tool_call_is_handed_on():
    found = Response((THINKING, TEXT, CALL), "tool_use")
    assert found.tool_calls == (CALL,)
    assert found.sent_back() == [THINKING, TEXT, CALL]


def test_the_raw_input_of_a_cut_tool_call_is_the_text():
    found = Response((THINKING, CALL), "max_tokens", tool_input='{"path":"a')
    assert found.text == '{"path":"a'
    assert found.sent_back() == [THINKING, {"type": "text", "text": '{"path":"a'}]
    assert Response((CALL,), "tool_use", tool_input='{"path":"a.py"}').text == ""


@pytest.mark.parametrize("content", [[], [THINKING], [REDACTED], [UNSIGNED, REDACTED]])
def test_thinking_alone_is_no_turn(content):
    assert Response(tuple(content), "max_tokens").sent_back() == []
