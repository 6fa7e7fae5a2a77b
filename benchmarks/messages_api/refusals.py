"""What the Messages API refuses, in its own words.

The words were read in public reports of these errors. The API itself joins turns of one role that
follow each other; the server refuses them, so that no client leans on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.messages_api.errors import ApiError
from benchmarks.messages_api.prompts import content_blocks, prompt_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.messages_api.abilities import Abilities
    from benchmarks.messages_api.prompts import Body

MOST_BREAKPOINTS = 4
LEAST_THINKING_BUDGET = 1_024
"""Tokens, of ``thinking.budget_tokens`` (API reference)."""

SAMPLING = ("temperature", "top_p", "top_k")

NO_PREFILL = (
    "This model does not support assistant message prefill. "
    "The conversation must end with a user message."
)
WHITE_SPACE_AT_END = "messages: final assistant content cannot end with trailing whitespace"


def check_key(headers: Mapping[str, str]) -> None:
    """Refuse a request without a key; any will do.

    Raises:
        ApiError: It has none.
    """
    if not headers.get("x-api-key") and not headers.get("authorization"):
        raise ApiError(401, "x-api-key header is required")


def check_prompt(body: Body) -> None:
    """Refuse what no prompt may be, whoever reads it.

    Raises:
        ApiError: The first thing that is wrong.
    """
    _raise_first(_prompt_faults(body))


def check_request(body: Body, model: Abilities, *, resumed: bool) -> None:
    """Refuse what this model does not take.

    Args:
        body: The request; `check_prompt` let it pass.
        model: Its abilities.
        resumed: Whether the last message is a paused turn of the server's own, sent back.

    Raises:
        ApiError: The first thing that is wrong.
    """
    _raise_first(_parameter_faults(body, model))
    if body["messages"][-1]["role"] == "assistant" and not resumed:
        _raise_first(_prefill_faults(body, model))


def check_length(tokens: int, model: Abilities) -> None:
    """Refuse a prompt that is longer than the context window.

    Raises:
        ApiError: It is.
    """
    if tokens > model.context_window:
        raise ApiError(400, f"prompt is too long: {tokens} tokens > {model.context_window} maximum")


def _raise_first(faults: Iterator[str]) -> None:
    fault = next(faults, None)
    if fault is not None:
        raise ApiError(400, fault)


def _prompt_faults(body: Body) -> Iterator[str]:
    messages = body.get("messages")
    if not isinstance(messages, list):
        yield "messages: Field required"
        return
    if not messages:
        yield "messages: at least one message is required"
    yield from _role_faults(messages)
    yield from _text_faults(messages)
    yield from _tool_faults(messages)
    yield from _breakpoint_faults(body)


def _role_faults(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    before = None
    for number, message in enumerate(messages):
        role = message.get("role")
        if role not in ("user", "assistant"):
            yield f"messages.{number}.role: Input should be 'user' or 'assistant'"
        if number == 0 and role != "user":
            yield 'messages: first message must use the "user" role'
        if role == before:
            yield (
                'messages: roles must alternate between "user" and "assistant", '
                f'but found multiple "{role}" roles in a row'
            )
        before = role


def _text_faults(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, message in enumerate(messages):
        blocks = content_blocks(message.get("content"))
        if not blocks:
            yield (
                f"messages.{number}: all messages must have non-empty content "
                "except for the optional final assistant message"
            )
        texts = [str(one.get("text", "")) for one in blocks if one.get("type") == "text"]
        if "" in texts:
            yield "messages: text content blocks must be non-empty"
        if any(not text.strip() for text in texts):
            yield "messages: text content blocks must contain non-whitespace text"


def _tool_faults(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, message in enumerate(messages):
        called = _ids(message, "tool_use", "id")
        following = messages[number + 1] if number + 1 < len(messages) else {}
        answered = _ids(following, "tool_result", "tool_use_id")
        unanswered = [one for one in called if one not in answered]
        if unanswered:
            yield (
                f"messages.{number}: `tool_use` ids were found without `tool_result` blocks "
                f"immediately after: {', '.join(unanswered)}. Each `tool_use` block must have a "
                "corresponding `tool_result` block in the next message."
            )
        unknown = [one for one in answered if one not in called]
        if unknown:
            yield (
                f"messages.{number + 1}.content.0: unexpected `tool_use_id` found in `tool_result` "
                f"blocks: {', '.join(unknown)}. Each `tool_result` block must have a corresponding "
                "`tool_use` block in the previous message."
            )


def _ids(message: Mapping[str, Any], kind: str, field: str) -> list[str]:
    blocks = content_blocks(message.get("content"))
    return [str(one.get(field)) for one in blocks if one.get("type") == kind]


def _breakpoint_faults(body: Body) -> Iterator[str]:
    marked = [one for one in prompt_blocks(body) if one.life]
    if len(marked) > MOST_BREAKPOINTS:
        yield (
            f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. "
            f"Found {len(marked)}."
        )
    lives = [one.life for one in marked]
    if "5m" in lives and "1h" in lives[lives.index("5m") :]:
        late = next(one for one in marked[lives.index("5m") :] if one.life == "1h")
        yield (
            f"{late.place}.cache_control.ttl: a ttl='1h' cache_control block must not come "
            "after a ttl='5m' cache_control block."
        )


def _parameter_faults(body: Body, model: Abilities) -> Iterator[str]:
    if "max_tokens" not in body:
        yield "max_tokens: Field required"
    ceiling = body.get("max_tokens")
    if not isinstance(ceiling, int) or ceiling < 0:
        yield "max_tokens: Input should be greater than or equal to 0"
        return
    if ceiling > model.max_output:
        yield (
            f"max_tokens: {ceiling} > {model.max_output}, which is the maximum allowed number of "
            f"output tokens for {body['model']}"
        )
    for name in SAMPLING:
        if body.get(name) is not None:
            yield f"`{name}` is deprecated for this model."
    yield from _thinking_faults(body.get("thinking"), ceiling, model)


def _thinking_faults(
    thinking: Mapping[str, Any] | None, ceiling: int, model: Abilities
) -> Iterator[str]:
    if thinking is None:
        return
    kind = str(thinking.get("type"))
    if not model.takes_thinking(kind):
        yield f'"thinking.type.{kind}" is not supported for this model.'
    if kind == "enabled":
        budget = thinking.get("budget_tokens") or 0
        if budget < LEAST_THINKING_BUDGET:
            yield (
                "thinking.enabled.budget_tokens: Input should be greater than or equal to "
                f"{LEAST_THINKING_BUDGET}"
            )
        if ceiling <= budget:
            yield "`max_tokens` must be greater than `thinking.budget_tokens`."


def _prefill_faults(body: Body, model: Abilities) -> Iterator[str]:
    if not model.prefill:
        yield NO_PREFILL
    last = len(body["messages"]) - 1
    blocks = content_blocks(body["messages"][-1]["content"])
    if body.get("thinking", {}).get("type") == "enabled" and blocks[0].get("type") == "text":
        yield (
            f"messages.{last}.content.0.type: Expected `thinking` or `redacted_thinking`, but "
            "found `text`. When `thinking` is enabled, a final `assistant` message must start "
            "with a thinking block."
        )
    text = str(blocks[-1].get("text", ""))
    if text != text.rstrip():
        yield WHITE_SPACE_AT_END
