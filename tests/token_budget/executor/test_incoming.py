from __future__ import annotations

import pytest

from tests.phases import faithful
from token_budget.executor.events import nobody
from token_budget.executor.incoming import Incoming

START = (
    {"type": "message_start", "message": {"content": [], "usage": {}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
)


def delta(text):
    return {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": text},
    }


def taken(*events, watch=nobody):
    incoming = Incoming(watch)
    for event in events:
        incoming.take(event)
    return incoming


def test_a_stream_without_its_end_was_interrupted():
    assert taken(*START, delta("a")).interrupted
    assert not taken(*START, delta("a"), {"type": "message_stop"}).interrupted


def test_an_error_after_the_end_interrupts_it_too():
    incoming = taken(*START, {"type": "message_stop"})
    incoming.error = OSError("gone")
    assert incoming.interrupted


def test_what_breaks_a_stream_off_is_told_from_who_gives_up():
    def watch(_event):
        raise ValueError("a mistake of the watcher")

    incoming = Incoming(watch)
    incoming.take(START[0])
    incoming.take(START[1])
    with pytest.raises(ValueError, match="watcher") as raised:
        incoming.take(delta("a"))
    for error in (raised.value, KeyboardInterrupt()):
        assert not incoming.broke_off(error)
        assert incoming.error is None
    gone = ConnectionResetError()
    assert incoming.broke_off(gone)
    assert incoming.error is gone


def test_operations_are_told_when_they_are_whole_and_only_those_of_files():
    seen = []
    whole = faithful().target.whole()
    pieces = [whole[place : place + 7] for place in range(0, len(whole), 7)]
    taken(*START, *(delta(one) for one in pieces), watch=seen.append)
    assert "".join(one.text for one in seen) == whole
    told = [operation for one in seen for operation in one.operations]
    assert [one.type for one in told] == ["create"] * 3
    assert sum(bool(one.operations) for one in seen) == 3


def test_an_answer_that_cannot_be_read_goes_on_being_watched():
    seen = []
    deep = '{"type":"create","path":"a","content":' + "[" * 100_000
    taken(*START, delta(deep), delta("\n"), delta("more"), watch=seen.append)
    assert [one.text for one in seen][-1] == "more"
    assert seen[-1].operations == ()
