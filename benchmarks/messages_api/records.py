"""What a server was asked and what it answered: kept for assertions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.messages_api.answers import Answer
    from benchmarks.messages_api.faults import Fault


@dataclass(frozen=True, slots=True)
class Received:
    """A request to ``/v1/messages``: its JSON, its headers (names in lower case)."""

    body: dict[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to a request.

    Attributes:
        number: Of the request, from 1.
        status: Of HTTP.
        text: Visible text, as far as the author was let write; the fault may have kept some back.
        stop_reason: None where an error was answered.
        usage: As in the response: what is billed, also when the connection broke.
        blocks: The content.
        error: The API's words where there was an error.
        fault: That was played.
    """

    number: int
    status: int
    text: str = ""
    stop_reason: str | None = None
    usage: Mapping[str, Any] | None = None
    blocks: tuple[Mapping[str, Any], ...] = ()
    error: str = ""
    fault: Fault | None = None

    @classmethod
    def of(
        cls, number: int, answer: Answer, content: Mapping[str, Any], fault: Fault | None
    ) -> Answered:
        """The record of a response."""
        return cls(
            number,
            200,
            text=answer.text,
            stop_reason=content["stop_reason"],
            usage=content["usage"],
            blocks=answer.blocks,
            fault=fault,
        )
