from __future__ import annotations

import copy

import pytest

from continuation.requests import (
    lower_effort,
    thinks,
    with_breakpoint,
    with_effort,
    with_last_turn,
    with_prefill,
    with_text,
    with_turns,
)

SAID = [{"type": "text", "text": "Half of"}]
QUESTION = {"role": "user", "content": "Write it."}
ANSWER = {"role": "assistant", "content": SAID}
REQUEST = {"model": "m", "max_tokens": 100, "messages": [QUESTION]}
PAUSED = {**REQUEST, "messages": [QUESTION, ANSWER]}


def texts_of(request):
    """Who said what, block by block."""
    found = []
    for message in request["messages"]:
        content = message["content"]
        blocks = [{"text": content}] if isinstance(content, str) else content
        found += [(message["role"], one["text"]) for one in blocks]
    return found


def roles_of(request):
    return [one["role"] for one in request["messages"]]


def breakpoints_of(request):
    return [
        (number, place)
        for number, message in enumerate(request["messages"])
        if not isinstance(message["content"], str)
        for place, block in enumerate(message["content"])
        if "cache_control" in block
    ]


CHANGES = [
    lambda request: with_turns(request, SAID, "Go on."),
    lambda request: with_last_turn(request, SAID),
    lambda request: with_prefill(request, "Half of"),
    lambda request: with_text(request, "Go on."),
    lambda request: with_breakpoint(request, "5m"),
    lambda request: with_effort(request, "low"),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("request_before", [REQUEST, PAUSED])
def test_a_transcript_only_grows_and_the_request_before_stays_as_it_was(change, request_before):
    before = copy.deepcopy(request_before)
    after = change(before)
    assert before == request_before
    assert texts_of(after)[: len(texts_of(before))] == texts_of(before)
    assert (after["model"], after["max_tokens"]) == ("m", 100)


def test_the_answer_and_what_is_asked_next_are_two_turns():
    found = with_turns(REQUEST, SAID, "Go on.")
    assert texts_of(found)[1:] == [("assistant", "Half of"), ("user", "Go on.")]


def test_an_answer_in_two_goes_is_one_turn():
    assert roles_of(with_last_turn(PAUSED, SAID)) == ["user", "assistant"]
    assert roles_of(with_turns(PAUSED, SAID, "Go on.")) == ["user", "assistant", "user"]
    assert texts_of(with_last_turn(PAUSED, SAID))[1:] == [("assistant", "Half of")] * 2


def test_one_more_text_of_the_users_is_never_put_into_the_assistants_mouth():
    assert texts_of(with_text(REQUEST, "Go on."))[1:] == [("user", "Go on.")]
    assert roles_of(with_text(REQUEST, "Go on.")) == ["user"]
    assert roles_of(with_text(PAUSED, "Go on.")) == ["user", "assistant", "user"]


def test_a_prefill_is_the_last_message():
    assert with_prefill(REQUEST, "Half of")["messages"] == [QUESTION, ANSWER]


def test_a_breakpoint_stands_at_the_end_of_the_last_user_turn_alone():
    first = with_breakpoint(REQUEST, "1h")
    assert breakpoints_of(first) == [(0, 0)]
    second = with_breakpoint(with_turns(first, SAID, "Go on."), "5m")
    assert breakpoints_of(second) == [(2, 0)]
    assert second["messages"][2]["content"][0]["cache_control"] == {
        "type": "ephemeral",
        "ttl": "5m",
    }
    assert breakpoints_of(with_breakpoint(PAUSED, "5m")) == [(0, 0)]


def test_breakpoints_in_the_system_prompt_stay():
    system = [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}]
    assert with_breakpoint({**REQUEST, "system": system}, "5m")["system"] == system


@pytest.mark.parametrize(
    ("thinking", "expected"),
    [
        ({}, False),
        ({"thinking": {"type": "disabled"}}, False),
        ({"thinking": {"type": "adaptive"}}, True),
        ({"thinking": {"type": "enabled", "budget_tokens": 1_024}}, True),
    ],
)
def test_whether_a_request_thinks(thinking, expected):
    assert thinks({**REQUEST, **thinking}) is expected


def test_a_request_without_an_effort_has_the_usual_one():
    assert lower_effort(REQUEST) == "medium"
    assert lower_effort(with_effort(REQUEST, "medium")) == "low"
    assert lower_effort(with_effort(REQUEST, "low")) is None
