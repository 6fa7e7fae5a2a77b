"""A message of the Messages API, put together from the events of its stream.

The SDK puts one together too, but stops at what it cannot read: the input of a tool call that was
cut off, or an event out of its order. This keeps all that came, and says whether the end did.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_DELTAS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}
"""The field of a block that each kind of delta adds to."""

DISTINCT_CHARACTERS = 8
"""Two equal pieces of text in a row with this many different characters, white space aside, are
taken for one event that came twice: rules and runs of blanks have fewer. Where they were meant, the
rest is asked for once more, and nothing is lost; where they were not, what comes after them would
be joined to the wrong place."""


class StreamedMessage:
    """Takes events in their order.

    Attributes:
        stopped: Whether the stream came to its end, as its last event says.
        text: The text of all blocks so far.
        damaged: Whether an event came twice in a row, as far as that can be told: from there on no
            text is taken.
    """

    def __init__(self) -> None:
        """Start before the first event."""
        self.stopped = False
        self.text = ""
        self.damaged = False
        self._last_delta: tuple[int, str] = (-1, "")
        self._message: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        self._inputs: dict[int, str] = {}
        self._whole: set[int] = set()

    @property
    def started(self) -> bool:
        """Whether anything came that counts as an answer."""
        return bool(self._message)

    def take(self, event: object) -> str:
        """Add an event; the text that it brings. Events that nobody knows bring nothing."""
        fields = _fields(event)
        match fields.get("type"):
            case "message_start" if not self._message:
                self._message = dict(fields["message"])
            case "content_block_start":
                self._blocks.setdefault(fields["index"], dict(fields["content_block"]))
            case "content_block_delta":
                return self._add(fields["index"], fields["delta"])
            case "content_block_stop":
                self._whole.add(fields["index"])
            case "message_delta":
                self._message.update(_given(fields["delta"]))
                usage = _given(fields.get("usage") or {})
                self._message["usage"] = {**self._message.get("usage", {}), **usage}
            case "message_stop":
                self.stopped = True
        return ""

    def _add(self, index: int, delta: Mapping[str, Any]) -> str:
        block, kind = self._blocks.get(index), delta.get("type")
        if block is None or (kind == "text_delta" and self._is_repeated(index, delta["text"])):
            return ""
        if kind == "input_json_delta":
            self._inputs[index] = self._inputs.get(index, "") + delta["partial_json"]
        elif kind in _DELTAS:
            name = _DELTAS[kind]
            block[name] = (block.get(name) or "") + delta[name]
        if kind != "text_delta":
            return ""
        self.text += delta["text"]
        return str(delta["text"])

    def _is_repeated(self, index: int, text: str) -> bool:
        """Whether the stream said this a moment ago; pieces of few characters may well be meant."""
        distinct = {*"".join(text.split())}
        same = (index, text) == self._last_delta and len(distinct) >= DISTINCT_CHARACTERS
        self._last_delta = (index, text)
        self.damaged = self.damaged or same
        return self.damaged

    def message(self) -> dict[str, Any]:
        """The message as the API would have sent it in one piece."""
        content = [self._block(index) for index in sorted(self._blocks)]
        return {"stop_reason": None, "usage": {}, **self._message, "content": content}

    def tool_input(self) -> str:
        """The input of the last block as it came, if that is a call of a tool and was cut off."""
        last = max(self._blocks, default=None)
        if last is None or last not in self._inputs:
            return ""
        return "" if last in self._whole and _is_json(self._inputs[last]) else self._inputs[last]

    def _block(self, index: int) -> dict[str, Any]:
        block = self._blocks[index]
        raw = self._inputs.get(index, "")
        return {**block, "input": json.loads(raw)} if _is_json(raw) else block


def _fields(event: object) -> Mapping[str, Any]:
    """An event of the SDK as the API sent it."""
    if isinstance(event, dict):
        return event
    found: Mapping[str, Any] = event.to_dict(mode="json")  # type: ignore[attr-defined]
    return found


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
