"""What an author is: it reads a request, and writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from benchmarks.messages_api.prompts import Body


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of one of the caller's tools."""

    name: str
    input: dict[str, Any] = field(default_factory=dict)
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What an author writes at one request, if it is let finish.

    Attributes:
        text: The visible answer.
        thinking_tokens: What it thinks before, in the model's tokens.
        stop_reason: Why it ends at the end of the text.
        tool_calls: After the text.
        most_tokens: The answer is cut off after so many tokens, as at a ceiling; None: only by the
            request's own.
    """

    text: str = ""
    thinking_tokens: int = 0
    stop_reason: str = "end_turn"
    tool_calls: tuple[ToolCall, ...] = ()
    most_tokens: int | None = None


class Author(Protocol):
    """Writes answers."""

    def write(self, request: Body) -> Written:
        """What the model writes at this request, which the server has found valid."""
