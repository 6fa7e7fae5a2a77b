from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.streamed import DISTINCT_CHARACTERS, StreamedMessage

START = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "model": "claude-opus-5-5",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 7, "output_tokens": 1},
    },
}
END = (
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 9, "input_tokens": None},
    },
    {"type": "message_stop"},
)
LONG = "abcdefghij"[:DISTINCT_CHARACTERS]


def opened(kind="text", index=0, **fields):
    block = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}}.get(kind, fields)
    return {
        "type": "content_block_start",
        "index": index,
        "content_block": {"type": kind, **block},
    }


def delta(name, value, index=0):
    kinds = {"text": "text_delta", "thinking": "thinking_delta", "signature": "signature_delta"}
    kind = kinds.get(name, "input_json_delta")
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, name: value}}


def taken(*events):
    streamed = StreamedMessage()
    for event in events:
        streamed.take(event)
    return streamed


def chunks(text, cuts):
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[one:two] for one, two in pairwise(places)]


def numbered(words):
    """A text in which no two pieces of any chunking are equal and long."""
    return "".join(f"{number}:{word}\n" for number, word in enumerate(words))


@given(words=st.lists(st.text(max_size=9), max_size=30), cuts=st.lists(st.integers(0, 10_000)))
def test_any_chunking_gives_the_same_text(words, cuts):
    text = numbered(words)
    pieces = chunks(text, cuts)
    streamed = StreamedMessage()
    told = "".join(
        streamed.take(event)
        for event in (START, opened(), *(delta("text", one) for one in pieces), *END)
    )
    assert told == streamed.text == text
    assert not streamed.damaged
    assert streamed.stopped
    message = streamed.message()
    assert message["content"] == [{"type": "text", "text": text}]
    assert message["stop_reason"] == "end_turn"
    assert message["usage"] == {"input_tokens": 7, "output_tokens": 9}


@given(
    value=st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=5),
    cuts=st.lists(st.integers(0, 10_000)),
)
def test_any_chunking_gives_the_same_tool_input(value, cuts):
    raw = json.dumps(value)
    pieces = [delta("partial_json", one) for one in chunks(raw, cuts)]
    tool = opened("tool_use", id="toolu_1", name="look", input={})
    streamed = taken(START, tool, *pieces, *END)
    [block] = streamed.message()["content"]
    assert block == {"type": "tool_use", "id": "toolu_1", "name": "look", "input": value}
    assert streamed.tool_input() == ""


@given(st.integers(0, 20))
def test_the_input_of_a_tool_call_that_was_cut_off_is_kept_raw(cut):
    raw = '{"path": "a", "content": "x"}'[:cut]
    tool = opened("tool_use", id="toolu_1", name="look", input={})
    streamed = taken(START, tool, delta("partial_json", raw))
    assert streamed.tool_input() == raw
    assert streamed.message()["content"][0]["input"] == {}


def test_thinking_and_its_signature_are_put_together():
    streamed = taken(
        START,
        opened("thinking"),
        delta("thinking", "so "),
        delta("thinking", "it is"),
        delta("signature", "abc"),
        opened("text", 1),
        delta("text", "done", 1),
        *END,
    )
    assert streamed.message()["content"] == [
        {"type": "thinking", "thinking": "so it is", "signature": "abc"},
        {"type": "text", "text": "done"},
    ]
    assert streamed.text == "done"


def test_the_first_start_counts():
    other = {**START, "message": {**START["message"], "id": "msg_2"}}
    assert taken(START, other).message()["id"] == "msg_1"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "ping"},
        {"type": "progress_report", "percent": 10},
        {"no": "type"},
        delta("text", "of no block", 5),
        {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta"}},
    ],
)
def test_what_nobody_knows_brings_nothing(event):
    streamed = taken(START, opened(), delta("text", "a"))
    assert streamed.take(event) == ""
    assert streamed.text == "a"


def test_before_the_first_event_nothing_has_started():
    streamed = StreamedMessage()
    assert not streamed.started
    assert streamed.message() == {"stop_reason": None, "usage": {}, "content": []}
    streamed.take(START)
    assert streamed.started


def test_a_piece_of_many_characters_that_comes_twice_damages_the_rest():
    streamed = taken(START, opened(), *(delta("text", one) for one in ("a", LONG, LONG, "b")))
    assert streamed.text == "a" + LONG
    assert streamed.damaged


@pytest.mark.parametrize("piece", ["-" * 80, " " * 200, LONG[1:] * 20, "\n\t" + LONG[1:]])
def test_a_piece_of_few_characters_may_come_twice(piece):
    streamed = taken(START, opened(), delta("text", piece), delta("text", piece))
    assert streamed.text == piece * 2
    assert not streamed.damaged


def test_events_of_the_sdk_are_read_like_what_the_api_sent():
    from anthropic.types import RawContentBlockDeltaEvent, RawContentBlockStartEvent

    streamed = StreamedMessage()
    streamed.take(RawContentBlockStartEvent.model_validate(opened()))
    assert streamed.take(RawContentBlockDeltaEvent.model_validate(delta("text", "a"))) == "a"
