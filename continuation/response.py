"""One response of the Messages API, as far as a continuation looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]

_CUT = frozenset(("max_tokens", "model_context_window_exceeded", None))
"""Stop reasons after which the last block may have been cut off."""

_THINKING = frozenset(("thinking", "redacted_thinking"))
"""Blocks that are no turn by themselves."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back in one round.

    Attributes:
        blocks: The content, block by block, as it would be sent back.
        stop_reason: As the API gave it; None: there was none.
        interrupted: The stream broke off: that there is no stop reason is no news.
        tool_input: The raw JSON of a tool call that was cut off, as its ``partial_json`` events
            gave it: the SDK's final message drops a parameter that is not finished.
        explanation: What the API says of a refusal.
    """

    blocks: tuple[Block, ...]
    stop_reason: str | None
    interrupted: bool = False
    tool_input: str = ""
    explanation: str = ""

    @classmethod
    def of(cls, message: object, *, tool_input: str = "", interrupted: bool = False) -> Response:
        """The response that a message of the SDK, or the same as a mapping, is.

        Args:
            message: It.
            tool_input: See above.
            interrupted: See above.

        Raises:
            TypeError: It has no content.
        """
        if isinstance(message, Response):
            return message
        content = _field(message, "content")
        if content is None:
            expected = "expected a response of the Messages API, with its content blocks"
            raise TypeError(f"{expected}, found {type(message).__qualname__}")
        details = _field(message, "stop_details")
        return cls(
            blocks=tuple(_block(one) for one in content),
            stop_reason=None if interrupted else _field(message, "stop_reason"),
            interrupted=interrupted,
            tool_input=tool_input,
            explanation=_field(details, "explanation") or "",
        )

    @property
    def cut(self) -> bool:
        """Whether the last block may have been cut off."""
        return self.stop_reason in _CUT

    @property
    def text(self) -> str:
        """What it says: its text blocks; without any, the input of the tool call that was cut."""
        said = "".join(one["text"] for one in self.blocks if one["type"] == "text")
        return said or (self.tool_input if self.cut else "")

    @property
    def tool_calls(self) -> tuple[Block, ...]:
        """The calls of the caller's tools; none of an answer that was cut off."""
        if self.cut:
            return ()
        return tuple(one for one in self.blocks if one["type"] == "tool_use")

    def sent_back(self) -> list[dict[str, Any]]:
        """The content of the assistant's turn in the next request; empty: nothing can be sent.

        Thinking that was cut off has no signature, and a tool call that was cut off no result: both
        would be refused, and so would empty texts.
        """
        content = [dict(one) for one in self.blocks if self._can_be_sent(one)]
        if (
            self.cut
            and self.tool_input.strip()
            and not any(one["type"] == "text" for one in content)
        ):
            content.append({"type": "text", "text": self.tool_input})
        return content if any(one["type"] not in _THINKING for one in content) else []

    def _can_be_sent(self, block: Block) -> bool:
        match block["type"]:
            case "thinking":
                return bool(block.get("signature"))
            case "text":
                return bool(block["text"].strip())
            case "tool_use" | "server_tool_use":
                return not self.cut
            case _:
                return True

    def as_json(self) -> dict[str, Any]:
        """The response as JSON values; `from_json` reads it."""
        return {
            "blocks": [dict(one) for one in self.blocks],
            "stop_reason": self.stop_reason,
            "interrupted": self.interrupted,
            "tool_input": self.tool_input,
            "explanation": self.explanation,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Response:
        """What `as_json` gave."""
        return cls(**{**values, "blocks": tuple(values["blocks"])})


def _block(block: object) -> Block:
    """A block with the fields that the API sent, and no others."""
    if isinstance(block, Mapping):
        return block
    found: Block = block.to_dict(mode="json")  # type: ignore[attr-defined] # of the SDK's models
    return {name: value for name, value in found.items() if value is not None}


def _field(message: object, name: str) -> Any:  # noqa: ANN401 - whatever the SDK or a caller has
    if isinstance(message, Mapping):
        return message.get(name)
    return getattr(message, name, None)
