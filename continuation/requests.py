"""The next request of an attempt, made from the last one: values in, values out.

A transcript only grows: newer models refuse thinking blocks whose prefix has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from continuation.caching import Life

Request = dict[str, Any]

EFFORTS = ("low", "medium", "high", "xhigh", "max")
"""From the least to the most (anthropic 2.11, ``OutputConfigParam``)."""

DEFAULT_EFFORT = "high"
"""What a request without an effort means."""


def with_turns(request: Mapping[str, Any], said: Sequence[Mapping[str, Any]], text: str) -> Request:
    """The request with the assistant's turn and an answer to it."""
    longer = with_last_turn(request, said)
    return {**longer, "messages": [*longer["messages"], user_turn([text_block(text)])]}


def with_prefill(request: Mapping[str, Any], text: str) -> Request:
    """The request with the beginning of the answer as the assistant's last message."""
    turn = {"role": "assistant", "content": [text_block(text)]}
    return {**request, "messages": [*request["messages"], turn]}


def with_last_turn(request: Mapping[str, Any], said: Sequence[Mapping[str, Any]]) -> Request:
    """The request with the assistant's turn as it came; what it says in two goes is one turn."""
    *earlier, last = request["messages"]
    if last["role"] == "assistant":
        turn = {**last, "content": [*content_blocks(last["content"]), *said]}
        return {**request, "messages": [*earlier, turn]}
    turn = {"role": "assistant", "content": list(said)}
    return {**request, "messages": [*earlier, last, turn]}


def with_text(request: Mapping[str, Any], text: str) -> Request:
    """The request with one more block of the user's at its end."""
    *earlier, last = request["messages"]
    if last["role"] != "user":
        return {**request, "messages": [*earlier, last, user_turn([text_block(text)])]}
    blocks = content_blocks(last["content"])
    return {**request, "messages": [*earlier, {**last, "content": [*blocks, text_block(text)]}]}


def with_breakpoint(request: Mapping[str, Any], life: Life) -> Request:
    """The request with a cache breakpoint at the end of its last user turn, and nowhere else.

    Those that the caller put into ``system`` or ``tools`` stay.
    """
    messages = [without_breakpoints(one) for one in request["messages"]]
    place = max(i for i, one in enumerate(messages) if one["role"] == "user")
    blocks = content_blocks(messages[place]["content"])
    marked = {**blocks[-1], "cache_control": {"type": "ephemeral", "ttl": life}}
    messages[place] = {**messages[place], "content": [*blocks[:-1], marked]}
    return {**request, "messages": messages}


def without_breakpoints(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message without cache breakpoints; a content that is one text stays one."""
    content = message["content"]
    if isinstance(content, str):
        return dict(message)
    blocks = [{name: one[name] for name in one if name != "cache_control"} for one in content]
    return {**message, "content": blocks}


def with_effort(request: Mapping[str, Any], effort: str) -> Request:
    """The request with another effort."""
    return {**request, "output_config": {**request.get("output_config", {}), "effort": effort}}


def lower_effort(request: Mapping[str, Any]) -> str | None:
    """The effort below the one of the request; None: there is none."""
    effort = request.get("output_config", {}).get("effort") or DEFAULT_EFFORT
    place = EFFORTS.index(effort) if effort in EFFORTS else 0
    return EFFORTS[place - 1] if place else None


def thinks(request: Mapping[str, Any]) -> bool:
    """Whether the request asks for thinking."""
    return request.get("thinking", {}).get("type") not in (None, "disabled")


def user_turn(content: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A message of the user."""
    return {"role": "user", "content": list(content)}


def text_block(text: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": text}


def content_blocks(content: str | Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The content of a message as blocks."""
    if isinstance(content, str):
        return [text_block(content)]
    return [dict(one) for one in content]
