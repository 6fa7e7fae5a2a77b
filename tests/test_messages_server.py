from __future__ import annotations

import asyncio
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import get_args

import anthropic
import httpx2
import pytest
from anthropic.types import StopReason
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.messages_api.tokens import LARGEST_FACTOR, LEAST_FACTOR, TokenMeasure
from tests.messages_authors import AUTHORS, ChosenByText, Scripted, Target, ToolCall, Written
from tests.messages_server import (
    MODELS,
    Abilities,
    DuplicateDeltas,
    DuplicateEvents,
    ErrorEvent,
    HalfEvent,
    HttpError,
    MessagesServer,
    NoEnd,
    Reset,
    Stall,
    UnknownEvent,
    UnknownStopReason,
    internal_error,
    overloaded,
    rate_limited,
)
from token_budget.counting import TokenCounter

MODEL = "claude-opus-5-5"
TAKES_PREFILL = "claude-haiku-4-5"
ODD = 'naïve \u2028 \x85 \r\n 😀 \x00 "quoted" \\n {}\n'
TEXT = ODD * 40
LONG_PROMPT = "A line of the prompt.\n" * 400


def user(content="Hello."):
    return {"role": "user", "content": content}


def assistant(content):
    return {"role": "assistant", "content": content}


def text_block(text, **more):
    return {"type": "text", "text": text, **more}


def says(*script):
    return Scripted(tuple(Written(one) if isinstance(one, str) else one for one in script))


def body(**changes):
    return {"model": MODEL, "max_tokens": 20_000, "messages": [user()], **changes}


def connect(server, **settings):
    defaults = {"api_key": "any", "max_retries": 0, "timeout": 10}
    return anthropic.Anthropic(base_url=server.url, **defaults | settings)


@pytest.fixture
def serve():
    """A function that starts a server and a client of it."""
    opened = []

    def start(author=None, *, client=None, **settings):
        server = MessagesServer(author or says(TEXT), **settings).__enter__()
        made = connect(server, **client or {})
        opened.append((server, made))
        return server, made

    yield start
    for server, made in opened:
        made.close()
        server.__exit__(None, None, None)


def streamed(client, **request):
    with client.messages.stream(**request) as stream:
        return stream.get_final_message()


def contents(message):
    """The blocks of a message; those of a stream have one field more, which is empty."""
    blocks = [one.to_dict() for one in message.content]
    return [{name: one for name, one in block.items() if one is not None} for block in blocks]


def refusal(client, **request):
    """What the API says to a request that it refuses."""
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(**request)
    assert caught.value.body["error"]["type"] == "invalid_request_error"
    assert caught.value.request_id
    return caught.value.body["error"]["message"]


# A response


def test_a_response_is_the_same_in_one_piece_and_as_a_stream(serve):
    calls = (ToolCall("look", {"path": "a.py", "lines": [1, 2]}),)
    server, client = serve(says(Written(TEXT, 300, "tool_use", calls)), delta_characters=7)
    whole, stream = client.messages.create(**body()), streamed(client, **body())
    assert contents(whole) == contents(stream)
    assert [one.type for one in whole.content] == ["thinking", "text", "tool_use"]
    assert whole.content[1].text == TEXT
    assert whole.content[2].input == {"path": "a.py", "lines": [1, 2]}
    assert (whole.stop_reason, whole.usage) == (stream.stop_reason, stream.usage)
    assert whole.stop_reason == "tool_use"
    assert server.responses[0].text == TEXT


def test_a_response_comes_in_the_events_of_the_api(serve):
    _, client = serve(says(Written("abcde", 10)), delta_characters=2)
    with client.messages.create(**body(), stream=True) as stream:
        found = [
            one.delta.type if one.type == "content_block_delta" else one.type for one in stream
        ]
    names = "message_start content_block_start thinking_delta signature_delta content_block_stop"
    thinking, text = found.index("thinking_delta"), found.index("text_delta")
    assert list(dict.fromkeys(found[: text - 1])) == names.split()
    assert found[thinking - 1] == "content_block_start"
    assert found[text:] == [
        *["text_delta"] * 3,
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


def test_an_asynchronous_client_gets_the_same(serve):
    server, client = serve(says(TEXT))

    async def ask():
        async with anthropic.AsyncAnthropic(base_url=server.url, api_key="any") as other:
            created = await other.messages.create(**body())
            async with other.messages.stream(**body()) as stream:
                return created, await stream.get_final_message()

    created, stream = asyncio.run(ask())
    expected = client.messages.create(**body())
    assert contents(created) == contents(stream) == contents(expected)
    assert created.usage == stream.usage == expected.usage


def test_requests_are_recorded_with_their_headers(serve):
    server, client = serve()
    streamed(client, **body())
    assert server.requests[0].body == {**body(), "stream": True}
    assert server.requests[0].headers["authorization"] == "Bearer any"
    assert server.requests[0].headers["anthropic-version"]


def test_a_model_can_be_looked_up(serve):
    server, client = serve()
    found = client.models.retrieve(TAKES_PREFILL)
    assert (found.max_input_tokens, found.max_tokens) == (200_000, 64_000)
    assert found.capabilities.thinking.types.enabled.supported
    assert not client.models.retrieve(MODEL).capabilities.thinking.types.disabled.supported
    assert server.other_requests == [("GET", f"/v1/models/{m}") for m in (TAKES_PREFILL, MODEL)]
    with pytest.raises(anthropic.NotFoundError, match="model: claude-1"):
        client.models.retrieve("claude-1")
    with pytest.raises(anthropic.NotFoundError):
        client.messages.create(**body(model="claude-1"))


def test_a_key_is_needed(serve):
    server, _ = serve()
    with httpx2.Client() as client:
        response = client.post(f"{server.url}/v1/messages", json=body())
    assert response.status_code == 401


# Tokens


def test_tokens_are_counted_by_a_hidden_factor(serve):
    _server, client = serve(says(TEXT), factor=1.5)
    answer = client.messages.create(**body(messages=[user(LONG_PROMPT)]))
    counter = TokenCounter()
    assert answer.usage.output_tokens == math.ceil(1.5 * counter.count(TEXT))
    counted = client.messages.count_tokens(model=MODEL, messages=[user(LONG_PROMPT)])
    assert answer.usage.input_tokens == counted.input_tokens
    assert 0 <= counted.input_tokens - 1.5 * counter.count(LONG_PROMPT) < 10


def test_the_factor_is_drawn_by_the_seed():
    factors = {MessagesServer(says(""), seed=seed).factor for seed in range(20)}
    assert len(factors) == 20
    assert LEAST_FACTOR <= min(factors) < max(factors) <= LARGEST_FACTOR


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.integers(0, 100), st.floats(1.1, 1.8))
def test_a_cut_is_the_longest_beginning_that_fits(text, tokens, factor):
    measure = TokenMeasure(factor)
    kept = measure.cut(text, tokens)
    assert text.startswith(kept)
    assert (kept == text) == measure.fits(text, tokens)


@pytest.mark.parametrize("ceiling", [1, 2, 17, 200, 800])
def test_an_answer_is_cut_exactly_at_its_ceiling(serve, ceiling):
    server, client = serve(says(TEXT), factor=1.3)
    found = streamed(client, **body(max_tokens=ceiling))
    assert (found.stop_reason, found.usage.output_tokens) == ("max_tokens", ceiling)
    text = "".join(one.text for one in found.content)
    assert TEXT.startswith(text)
    assert ceiling - 6 <= server.count(text) <= ceiling  # a character may take three tokens


def test_an_answer_that_just_fits_is_not_cut(serve):
    server, client = serve(says(TEXT), factor=1.7)
    needed = server.count(TEXT)
    assert streamed(client, **body(max_tokens=needed)).stop_reason == "end_turn"
    assert streamed(client, **body(max_tokens=needed - 1)).stop_reason == "max_tokens"


def test_thinking_counts_inside_the_ceiling(serve):
    _, client = serve(says(Written(TEXT, thinking_tokens=150)))
    found = streamed(client, **body(max_tokens=200))
    assert [one.type for one in found.content] == ["thinking", "text"]
    assert found.usage.output_tokens == 200
    assert found.usage.output_tokens_details.thinking_tokens == 150


def test_a_ceiling_may_go_to_thinking_alone(serve):
    _, client = serve(says(Written(TEXT, thinking_tokens=500)))
    found = streamed(client, **body(max_tokens=200))
    assert [(one.type, one.signature) for one in found.content] == [("thinking", "")]
    assert found.stop_reason == "max_tokens"
    assert found.usage.output_tokens_details.thinking_tokens == 200


def test_models_think_when_asked_or_by_themselves(serve):
    _, client = serve(says(Written("x", thinking_tokens=2_000)))

    def tokens(model, thinking=None):
        request = body(model=model) | ({"thinking": thinking} if thinking else {})
        return client.messages.create(**request).usage.output_tokens_details.thinking_tokens

    enabled = {"type": "enabled", "budget_tokens": 1_500}
    assert tokens(MODEL) == tokens("claude-opus-5") == 2_000
    assert tokens("claude-opus-5", {"type": "disabled"}) == 0
    assert tokens(TAKES_PREFILL) == tokens("claude-opus-4-6") == 0
    assert tokens(TAKES_PREFILL, enabled) == 1_500
    assert tokens("claude-opus-4-6", {"type": "adaptive"}) == 2_000


def test_a_tool_call_may_be_cut_off(serve):
    call = ToolCall("write", {"content": "word " * 100})
    _, client = serve(says(Written("", stop_reason="tool_use", tool_calls=(call,))))
    with client.messages.create(**body(max_tokens=40), stream=True) as stream:
        found = list(stream)
    deltas = [one.delta for one in found if one.type == "content_block_delta"]
    raw = "".join(one.partial_json for one in deltas)
    assert json.dumps(call.input).startswith(raw)
    assert 10 < len(raw) < 300
    assert next(o.delta.stop_reason for o in found if o.type == "message_delta") == "max_tokens"


def test_a_ceiling_of_zero_warms_the_cache(serve):
    _, client = serve()
    found = client.messages.create(**body(max_tokens=0))
    assert (found.content, found.stop_reason) == ([], "max_tokens")
    assert found.usage.output_tokens == 0


@pytest.mark.parametrize("reason", get_args(StopReason))
def test_every_stop_reason_can_be_scripted(serve, reason):
    _, client = serve(says(Written("x", stop_reason=reason)))
    assert streamed(client, **body()).stop_reason == reason


def test_a_refusal_says_why(serve):
    _, client = serve(says(Written("", stop_reason="refusal")))
    assert streamed(client, **body()).stop_details.explanation


def test_a_stop_sequence_ends_the_answer(serve):
    _, client = serve(says("one END two STOP"))
    found = streamed(client, **body(stop_sequences=["STOP", "END"]))
    assert (found.stop_reason, found.stop_sequence) == ("stop_sequence", "END")
    assert found.content[0].text == "one "


def test_the_context_window_ends_the_answer(serve):
    _, client = serve(says(TEXT), models={"small": Abilities(context_window=100)}, factor=1.2)
    found = streamed(client, **body(model="small"))
    assert found.stop_reason == "model_context_window_exceeded"
    assert found.usage.input_tokens + found.usage.output_tokens == 100


def test_an_author_may_be_cut_before_the_ceiling(serve):
    _, client = serve(says(Written(TEXT, most_tokens=5)))
    found = streamed(client, **body())
    assert (found.stop_reason, found.usage.output_tokens) == ("max_tokens", 5)


# What is refused


@pytest.mark.parametrize("model", sorted(name for name, one in MODELS.items() if not one.prefill))
def test_prefill_is_refused_by_models_that_do_not_take_it(serve, model):
    _, client = serve()
    assert refusal(client, **body(model=model, messages=[user(), assistant("{")])) == (
        "This model does not support assistant message prefill. "
        "The conversation must end with a user message."
    )


def test_a_prefill_must_not_end_in_white_space(serve):
    _, client = serve()
    request = body(model=TAKES_PREFILL)
    assert client.messages.create(**request | {"messages": [user(), assistant("{")]}).content
    said = refusal(client, **request | {"messages": [user(), assistant("{\n")]})
    assert "trailing whitespace" in said
    thinking = {"type": "enabled", "budget_tokens": 1_024}
    request |= {"messages": [user(), assistant("{")], "thinking": thinking}
    assert "must start with a thinking block" in refusal(client, **request)


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_sampling_parameters_are_refused(serve, name):
    _, client = serve()
    assert (
        refusal(client, **body(extra_body={name: 1})) == f"`{name}` is deprecated for this model."
    )


CALL = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "seen"}
MARKED = [text_block("a", cache_control={"type": "ephemeral"})] * 5
LIVES = [text_block("a", cache_control={"type": "ephemeral", "ttl": life}) for life in ("5m", "1h")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"messages": []}, "at least one message is required"),
        ({"messages": [assistant("a"), user()]}, 'first message must use the "user" role'),
        ({"messages": [user(), user()]}, 'multiple "user" roles in a row'),
        ({"messages": [{"role": "tool", "content": "a"}]}, "messages.0.role"),
        ({"messages": [user("")]}, "must be non-empty"),
        ({"messages": [user([text_block(" \n")])]}, "must contain non-whitespace text"),
        ({"messages": [user([])]}, "messages.0: all messages must have non-empty content"),
        ({"messages": [user(), assistant([CALL]), user()]}, "without `tool_result` blocks"),
        ({"messages": [user(), assistant("a"), user([RESULT])]}, "unexpected `tool_use_id`"),
        ({"messages": [user(MARKED)]}, "A maximum of 4 blocks with cache_control may be provided"),
        ({"messages": [user(LIVES)]}, "must not come after a ttl='5m'"),
        ({"max_tokens": 128_001, "stream": True}, "max_tokens: 128001 > 128000"),
        ({"max_tokens": -1}, "max_tokens: Input should be greater"),
        ({"thinking": {"type": "disabled"}}, '"thinking.type.disabled" is not supported'),
        ({"thinking": {"type": "enabled", "budget_tokens": 2_000}}, "is not supported"),
        (
            {"model": TAKES_PREFILL, "thinking": {"type": "enabled", "budget_tokens": 9}},
            "budget_tokens: Input should be greater than or equal to 1024",
        ),
        (
            {"model": TAKES_PREFILL, "thinking": {"type": "enabled", "budget_tokens": 20_000}},
            "`max_tokens` must be greater than `thinking.budget_tokens`",
        ),
    ],
)
def test_what_the_api_refuses(serve, changes, words):
    server, client = serve()
    assert words in refusal(client, **body(**changes))
    assert server.responses[0].status == 400


def test_a_ceiling_is_required(serve):
    server, _ = serve()
    request = {name: one for name, one in body().items() if name != "max_tokens"}
    with httpx2.Client(headers={"x-api-key": "any"}) as client:
        found = client.post(f"{server.url}/v1/messages", json=request).json()
    assert found["error"]["message"] == "max_tokens: Field required"


def test_a_prompt_beyond_the_window_is_refused(serve):
    _, client = serve(models={"small": Abilities(context_window=50)})
    said = refusal(client, **body(model="small", messages=[user(LONG_PROMPT)]))
    assert said.startswith("prompt is too long: ")
    assert said.endswith(" tokens > 50 maximum")


def test_tools_may_be_run_between_turns(serve):
    _, client = serve(says(Written("", 100, "tool_use", (ToolCall("look"),)), "seen"))
    first = client.messages.create(**body())
    result = {**RESULT, "tool_use_id": first.content[-1].id}
    turns = [user(), assistant(first.content), user([result])]
    assert client.messages.create(**body(messages=turns)).content[0].text == "seen"


# Thinking that is sent back


@pytest.fixture
def thought(serve):
    """A client, and the blocks of an answer that was thought about."""
    _, client = serve(says(Written("One.", 50), Written("Two.", 50), "Three."))
    blocks = client.messages.create(**body()).content
    return client, [one.to_dict() for one in blocks]


def test_thinking_may_be_sent_back_as_it_came(thought):
    client, said = thought
    turns = [user([text_block("Hello.", cache_control={"type": "ephemeral"})]), assistant(said)]
    second = client.messages.create(**body(messages=[*turns, user("More.")])).content
    turns += [user("More."), assistant(second), user("And more.")]
    assert client.messages.create(**body(messages=turns)).content[0].text == "Three."


def test_all_thinking_may_be_left_out(thought):
    client, said = thought
    assert client.messages.create(**body(messages=[user(), assistant(said[1:]), user()])).content


def test_other_thinking_is_refused(thought):
    client, said = thought
    for change in ({"thinking": "Other words."}, {"signature": "forged"}, {"signature": ""}):
        turns = [user(), assistant([{**said[0], **change}, said[1]]), user()]
        words = refusal(client, **body(messages=turns))
        assert words == "messages.1.content.0: Invalid `signature` in `thinking` block"


def test_thinking_after_another_conversation_is_refused(thought):
    client, said = thought
    for turns in (
        [user("Another beginning."), assistant(said), user()],
        [user(), assistant([said[1], said[0]]), user()],
        [user(), assistant("Before."), user(), assistant(said), user()],
    ):
        assert "cannot be modified" in refusal(client, **body(messages=turns))


def test_a_paused_turn_may_be_sent_back(serve):
    paused = Written("Searching", 50, "pause_turn")
    _, client = serve(says(paused, paused, " and done.", "x"))
    turns = [user(), assistant(client.messages.create(**body()).to_dict()["content"])]
    turns[1]["content"] += client.messages.create(**body(messages=turns)).to_dict()["content"]
    found = client.messages.create(**body(messages=turns))
    assert found.content[0].text == " and done."
    turns[1]["content"] = turns[1]["content"][:1]
    assert "does not support assistant message prefill" in refusal(client, **body(messages=turns))


# The prompt cache


def marked(text, life="5m"):
    return text_block(text, cache_control={"type": "ephemeral", "ttl": life})


def tokens_of(client, **changes):
    found = streamed(client, **body(**changes)).usage
    created = found.cache_creation
    lives = (created.ephemeral_5m_input_tokens, created.ephemeral_1h_input_tokens)
    assert sum(lives) == found.cache_creation_input_tokens
    return found.input_tokens, found.cache_read_input_tokens, *lives


def test_a_marked_prompt_is_written_and_then_read(serve):
    server, client = serve()
    prompt = [user([marked(LONG_PROMPT), text_block("Go.")])]
    fresh, read, written, _ = tokens_of(client, messages=prompt)
    assert (read, server.count(LONG_PROMPT) <= written) == (0, True)
    assert tokens_of(client, messages=prompt) == (fresh, written, 0, 0)


def test_what_is_known_is_forgotten_after_its_life(serve):
    server, client = serve()
    for life, place, seconds in (("5m", 2, 300), ("1h", 3, 3_600)):
        prompt = [user([marked(f"{life} {LONG_PROMPT}", life)])]
        size = tokens_of(client, messages=prompt)[place]
        server.clock.advance(seconds - 1)
        assert tokens_of(client, messages=prompt)[1] == size
        server.clock.advance(seconds - 1)  # it lives as long again after it was read
        assert tokens_of(client, messages=prompt)[1] == size
        server.clock.advance(seconds)
        assert tokens_of(client, messages=prompt)[place] == size


def test_a_longer_conversation_reads_its_beginning(serve):
    _, client = serve()
    first = [user([marked(LONG_PROMPT)])]
    size = tokens_of(client, messages=first)[2]
    plain = [user(LONG_PROMPT), assistant("So far."), user([marked("Go on.")])]
    fresh, read, written, _ = tokens_of(client, messages=plain)
    assert (fresh, read) == (0, size)
    assert 0 < written < 40


def test_only_an_exact_beginning_is_known(serve):
    _, client = serve()
    tokens_of(client, messages=[user([marked(LONG_PROMPT)])])
    assert tokens_of(client, messages=[user([marked(f"{LONG_PROMPT}.")])])[1] == 0
    assert tokens_of(client, messages=[user([marked(LONG_PROMPT)])], system="New.")[1] == 0
    assert tokens_of(client, messages=[user([marked(LONG_PROMPT)])], model="claude-opus-5")[1] == 0


def test_short_prompts_are_not_cached(serve):
    _, client = serve()
    fresh, *others = tokens_of(client, messages=[user([marked("Short.")])])
    assert (fresh > 0, others) == (True, [0, 0, 0])


# Faults


def text_so_far(client, **request):
    """The text that a stream brings, and the error or the stop reason with which it ends."""
    found = ""
    try:
        with client.messages.stream(**request) as stream:
            for event in stream:
                found += event.text if event.type == "text" else ""
            return found, stream.get_final_message().stop_reason
    except (anthropic.APIError, httpx2.HTTPError) as error:
        return found, error


@pytest.mark.parametrize("fault", [rate_limited(), overloaded(), internal_error()])
def test_errors_are_tried_again_by_the_sdk(serve, fault):
    server, client = serve(faults={1: fault, 2: fault}, client={"max_retries": 2})
    assert client.messages.create(**body()).stop_reason == "end_turn"
    assert [one.status for one in server.responses] == [fault.status, fault.status, 200]


def test_errors_are_the_sdks_own(serve):
    faults = {1: rate_limited(retry_after=7), 2: overloaded(), 3: internal_error()}
    _, client = serve(faults=faults | {4: HttpError(429, should_retry=False)})
    kinds = (anthropic.RateLimitError, anthropic.OverloadedError, anthropic.InternalServerError)
    for kind in (*kinds, anthropic.RateLimitError):
        with pytest.raises(kind) as caught:
            client.messages.create(**body())
        if caught.value.response.headers.get("retry-after"):
            assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Reset(500), httpx2.ReadError),
        (HalfEvent(500), httpx2.RemoteProtocolError),
        (ErrorEvent(500), anthropic.APIStatusError),
    ],
)
def test_a_stream_may_break_in_the_middle(serve, fault, error):
    _, client = serve(faults={1: fault}, delta_characters=100)
    found, raised = text_so_far(client, **body())
    assert found == TEXT[:500]
    assert isinstance(raised, error)
    assert text_so_far(client, **body()) == (TEXT, "end_turn")


def test_a_response_in_one_piece_may_break_too(serve):
    _, client = serve(faults={1: Reset()})
    with pytest.raises(anthropic.APIConnectionError):
        client.messages.create(**body())


def test_a_stream_may_stall(serve):
    _server, client = serve(faults={1: Stall(500), 2: Stall(500, seconds=0.05)})
    impatient = client.with_options(timeout=0.2)
    found, raised = text_so_far(impatient, **body())
    assert (found, type(raised)) == (TEXT[:400], httpx2.ReadTimeout)
    assert text_so_far(client, **body()) == (TEXT, "end_turn")


def test_closing_does_not_wait_for_a_stall():
    began = time.monotonic()
    with MessagesServer(says(TEXT), faults={1: Stall()}) as server, connect(server) as client:
        text_so_far(client.with_options(timeout=0.1), **body())
    assert time.monotonic() - began < Stall().seconds


def test_a_stream_may_end_without_its_end(serve):
    _, client = serve(faults={1: NoEnd(), 2: NoEnd(after_characters=400)}, delta_characters=100)
    assert text_so_far(client, **body()) == (TEXT, None)
    assert text_so_far(client, **body()) == (TEXT[:400], None)


def test_events_may_come_twice_or_be_unknown(serve):
    faults = {1: DuplicateEvents(), 2: UnknownEvent(), 3: DuplicateDeltas()}
    _, client = serve(says("abcdef"), faults=faults, delta_characters=2)
    assert text_so_far(client, **body()) == ("abcdef", "end_turn")
    assert text_so_far(client, **body()) == ("abcdef", "end_turn")
    assert text_so_far(client, **body()) == ("abcdcdef", "end_turn")


def test_a_stop_reason_may_be_unknown(serve):
    _, client = serve(faults={1: UnknownStopReason("boredom"), 2: UnknownStopReason()})
    assert streamed(client, **body()).stop_reason == "boredom"
    assert client.messages.create(**body()).stop_reason == UnknownStopReason().reason


# Many at once, and mistakes


def test_many_clients_get_their_own_answers(serve):
    authors = {f"phase {letter}.": says(letter * 5_000) for letter in "abcd"}
    server, client = serve(ChosenByText(authors))

    def ask(letter):
        found = streamed(client, **body(messages=[user(f"This is phase {letter}.")]))
        return found.content[0].text == letter * 5_000

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, "abcd" * 5))
    assert {one.number for one in server.responses} == set(range(1, 21))
    assert server.output_tokens == sum(one.usage["output_tokens"] for one in server.responses)


@dataclass
class Broken:
    """An author with a mistake."""

    def write(self, request):
        raise KeyError("a mistake")


def test_a_mistake_of_an_author_comes_out():
    with (
        pytest.raises(KeyError, match="a mistake"),
        MessagesServer(Broken()) as server,
        connect(server, max_retries=2) as client,
    ):
        with pytest.raises(anthropic.InternalServerError, match="the author failed"):
            client.messages.create(**body())
        assert len(server.requests) == 1


def test_settings_that_cannot_be_used():
    with pytest.raises(ValueError, match="delta_characters"):
        MessagesServer(says(""), delta_characters=0)
    with pytest.raises(ValueError, match="factor"):
        MessagesServer(says(""), factor=0)


# An answer in many rounds


def go_on(client, ceiling, rounds=20):
    """A conversation that asks for the rest until the answer ends by itself; its texts."""
    turns, texts = [user("Write the files.")], []
    for _ in range(rounds):
        found = streamed(client, **body(messages=turns, max_tokens=ceiling))
        texts.append("".join(one.text for one in found.content if one.type == "text"))
        if found.stop_reason == "end_turn":
            return texts
        turns += [assistant(found.content), user("Go on.")]
    raise AssertionError(f"not whole after {rounds} rounds")


def test_a_file_that_is_longer_than_any_ceiling_is_written_in_parts(serve):
    content = "".join(f"value_{number} = {number}\n" for number in range(400))
    target = Target.ndjson([{"type": "create", "path": "a.py", "content": content}])
    server, client = serve(AUTHORS["faithful"](target), seed=3)
    ceiling = server.count(target.whole()) // 4
    texts = go_on(client, ceiling)
    assert 5 <= len(texts) <= 6
    last = json.loads(texts[-1].split("\n")[0])
    assert last["type"] == "continue"
    assert content.endswith(f"{last['after']}\n{last['content']}")
    assert json.loads(texts[-1].split("\n")[1]) == {"type": "done", "operations": 1}
