"""A response as the events of a stream."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DELTA_CHARACTERS = 200
"""Characters of one delta: more than the API sends, so that tests and benchmarks are fast."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event; its name is the type of its data."""

    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its type."""
        return str(self.data["type"])

    @property
    def characters(self) -> int:
        """Characters of the answer that it carries."""
        delta = self.data.get("delta", {})
        return sum(len(delta.get(key, "")) for key in ("text", "thinking", "partial_json"))

    def encode(self) -> bytes:
        """It on the wire."""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"event: {self.name}\ndata: {data}\n\n".encode(errors="replace")


def events(
    message: Mapping[str, Any], size: int = DELTA_CHARACTERS, cut_input: str | None = None
) -> Iterator[Event]:
    """The events of a response, in the API's order.

    Args:
        message: The response.
        size: Characters of one delta.
        cut_input: The JSON of the last block, a tool call that was cut off; None: it is whole.
    """
    opening = {**message, "content": [], "stop_reason": None, "stop_sequence": None}
    opening["stop_details"] = None
    opening["usage"] = {**message["usage"], "output_tokens": min(1, _written(message))}
    del opening["usage"]["output_tokens_details"]
    yield Event({"type": "message_start", "message": opening})
    last = len(message["content"]) - 1
    for index, block in enumerate(message["content"]):
        raw = cut_input if index == last else None
        yield from _block_events(index, block, size, raw)
    yield _ending(message)
    yield Event({"type": "message_stop"})


def _block_events(
    index: int, block: Mapping[str, Any], size: int, cut_input: str | None
) -> Iterator[Event]:
    empty, kind, field, text = _parts(block, cut_input)
    yield Event({"type": "content_block_start", "index": index, "content_block": empty})
    if index == 0:
        yield Event({"type": "ping"})
    for start in range(0, len(text), size):
        yield _delta(index, {"type": kind, field: text[start : start + size]})
    if block.get("signature"):
        yield _delta(index, {"type": "signature_delta", "signature": block["signature"]})
    yield Event({"type": "content_block_stop", "index": index})


def _parts(block: Mapping[str, Any], cut_input: str | None) -> tuple[dict[str, Any], str, str, str]:
    """How a block begins, and the kind, the field and the whole text of its deltas."""
    match block["type"]:
        case "thinking":
            empty = {**block, "thinking": "", "signature": ""}
            return empty, "thinking_delta", "thinking", block["thinking"]
        case "tool_use":
            raw = json.dumps(block["input"], ensure_ascii=False) if cut_input is None else cut_input
            return {**block, "input": {}}, "input_json_delta", "partial_json", raw
        case _:
            return {**block, "text": ""}, "text_delta", "text", block["text"]


def _delta(index: int, delta: dict[str, Any]) -> Event:
    return Event({"type": "content_block_delta", "index": index, "delta": delta})


def _ending(message: Mapping[str, Any]) -> Event:
    names = ("stop_reason", "stop_sequence", "stop_details")
    left_out = ("cache_creation", "service_tier")
    usage = {name: one for name, one in message["usage"].items() if name not in left_out}
    delta = {name: message[name] for name in names}
    return Event({"type": "message_delta", "delta": delta, "usage": usage})


def _written(message: Mapping[str, Any]) -> int:
    return int(message["usage"]["output_tokens"])
