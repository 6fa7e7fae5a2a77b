from __future__ import annotations

import anthropic
import pytest

from continuation.errors import NoProgress
from tests.messages_server import (
    DuplicateDeltas,
    DuplicateEvents,
    ErrorEvent,
    HalfEvent,
    MessagesServer,
    NoEnd,
    Reset,
    Stall,
    UnknownEvent,
    internal_error,
    overloaded,
    rate_limited,
)
from tests.phases import CUT, THREE, carry_out, faithful, files_in, files_of, phase_of

PLACE = 600
"""Characters after which a stream breaks: the first file came whole, the second did not."""

BROKEN = {
    "reset": Reset(PLACE),
    "half an event": HalfEvent(PLACE),
    "an error": ErrorEvent(PLACE),
    "no end": NoEnd(PLACE),
    "a stall": Stall(PLACE, seconds=5.0),
}
ERRORS = {
    "429": (rate_limited(retry_after=0.01, retry_after_ms=None), anthropic.RateLimitError),
    "529": (overloaded(), anthropic.APIStatusError),
    "500": (internal_error(), anthropic.InternalServerError),
}
IMPATIENT = {"timeout": 0.5}


@pytest.mark.parametrize("name", ERRORS)
def test_the_sdk_alone_tries_again(either, policy, root, name):
    fault, _ = ERRORS[name]
    with MessagesServer(faithful(), faults={1: fault, 2: fault}) as server:
        result = either(server, policy, phase_of(), client={"max_retries": 2})
    assert result.complete
    assert len(server.requests) == 3
    assert len(result.rounds) == len(policy.books.history()) == 1
    assert files_in(root) == files_of()


@pytest.mark.parametrize("name", ERRORS)
def test_after_its_last_try_the_phase_fails_with_the_apis_own_error(policy, root, name):
    fault, kind = ERRORS[name]
    faults = dict.fromkeys(range(1, 9), fault)
    with MessagesServer(faithful(), faults=faults) as server:
        result = carry_out(server, policy, phase_of(), client={"max_retries": 1})
    assert result.outcome == "failed"
    assert isinstance(result.error, kind)
    assert fault.message in result.reason
    assert len(server.requests) == 2
    [entered] = policy.books.history()
    assert (entered.usage.total, entered.estimated) == (0, True)
    assert files_in(root) == {}


def test_a_request_that_is_refused_names_what_the_api_said(make_policy):
    with MessagesServer(faithful()) as server:
        result = carry_out(server, make_policy(model="claude-unheard-of"), phase_of())
    assert result.outcome == "failed"
    assert isinstance(result.error, anthropic.NotFoundError)
    assert "claude-unheard-of" in result.reason


@pytest.mark.parametrize("name", BROKEN)
def test_what_arrived_whole_is_kept_and_the_rest_is_asked_for(either, policy, root, name):
    with MessagesServer(faithful(), faults={1: BROKEN[name]}) as server:
        result = either(server, policy, phase_of(), client=IMPATIENT)
    assert result.complete
    assert files_in(root) == files_of()
    assert [one.stop_reason for one in result.rounds] == [None, "end_turn"]
    assert '"type":"create","path":"src/a.py"' not in server.responses[1].text
    first = policy.books.history()[-1]
    assert first.estimated
    assert first.usage.output <= first.held.output_tokens
    assert not policy.books.overruns()


@pytest.mark.parametrize("fault", [DuplicateEvents(), UnknownEvent()])
def test_events_that_say_nothing_new_change_nothing(policy, root, fault):
    with MessagesServer(faithful(), faults={1: fault}) as server:
        result = carry_out(server, policy, phase_of())
    assert result.complete
    assert len(server.requests) == 1
    assert files_in(root) == files_of()


def test_text_that_comes_twice_never_stands_twice_in_a_file(policy, root):
    with MessagesServer(faithful(), faults={1: DuplicateDeltas(3)}) as server:
        result = carry_out(server, policy, phase_of())
    assert result.complete
    assert files_in(root) == files_of()
    assert len(server.requests) == 2
    assert not policy.books.history()[-1].estimated


@pytest.mark.parametrize("fault", [Reset(0), ErrorEvent(0), HalfEvent(0)])
def test_where_nothing_arrived_the_phase_fails_with_what_broke_it(either, policy, root, fault):
    with MessagesServer(faithful(), faults={1: fault}) as server:
        result = either(server, policy, phase_of())
        assert result.outcome == "failed"
        assert result.error is not None
        assert not isinstance(result.error, NoProgress)
        assert result.reason == str(result.error)
        [entered] = policy.books.history()
        assert entered.estimated
        assert entered.usage.total_input > 0
        assert either(server, policy, phase_of()).complete
    assert files_in(root) == files_of()


def test_where_too_little_arrived_the_error_has_what_broke_it_as_its_cause(policy):
    with MessagesServer(faithful(), delta_characters=20, faults={1: Reset(40)}) as server:
        result = carry_out(server, policy, phase_of())
        assert result.outcome == "failed"
        assert isinstance(result.error, NoProgress)
        assert result.error.__cause__ is not None
        assert carry_out(server, policy, phase_of()).complete


@pytest.mark.parametrize("fault", [internal_error(), Reset(0), Reset(40)])
def test_a_later_round_that_fails_leaves_what_came_for_the_next_call(policy, root, fault):
    phase = phase_of(max_tokens=CUT)
    server = MessagesServer(faithful(), factor=1.3, delta_characters=20, faults={2: fault})
    with server:
        first = carry_out(server, policy, phase)
        assert first.outcome == "incomplete"
        assert files_in(root) == {}
        later = carry_out(server, policy, phase)
    assert later.complete
    assert later.resumed
    assert files_in(root) == files_of()
    assert len(server.requests[2].body["messages"]) == len(server.requests[1].body["messages"])


def test_streams_that_break_again_and_again_count_as_rounds(make_policy, root):
    faults = dict.fromkeys(range(1, 9), Reset(250))
    with MessagesServer(faithful(THREE), delta_characters=50, faults=faults) as server:
        result = carry_out(server, make_policy(rounds=3), phase_of())
    assert result.outcome == "incomplete"
    assert "after 3 rounds" in result.reason
    assert len(server.requests) == 3
    assert files_in(root) == {}
