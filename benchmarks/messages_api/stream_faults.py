"""What goes wrong in the middle of a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.messages_api.errors import error_body
from benchmarks.messages_api.faults import Close, NoFault, Step, Wait
from benchmarks.messages_api.sse import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STALL_SECONDS = 60.0
"""Longer than the patience of any test; a server that is closed does not wait for it."""


@dataclass(frozen=True, slots=True)
class _Midway(NoFault):
    """Something happens once so many characters of the answer were sent.

    Attributes:
        after_characters: Of thinking, text and tool calls together. An answer with fewer is sent
            up to its last event but two: the fault comes before the stop reason.
    """

    after_characters: int = 0

    def play(self, events: Iterable[Event]) -> Iterator[Step]:
        """The events before it, and then what happens."""
        row = list(events)
        place = self._place(row)
        yield from (one.encode() for one in row[:place])
        yield from self._happens(row[place], row[place + 1 :])

    def play_body(self, body: bytes) -> Iterator[Step]:
        """Half of the response, and then the connection ends."""
        yield body[: len(body) // 2]
        yield Close(reset=True)

    def _place(self, row: list[Event]) -> int:
        sent = 0
        for place, event in enumerate(row):
            sent += event.characters
            if event.characters and sent > self.after_characters:
                return place
        return max(len(row) - 2, 0)

    def _happens(self, event: Event, rest: list[Event]) -> Iterator[Step]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Reset(_Midway):
    """The connection is reset in the middle of an event."""

    def _happens(self, event: Event, rest: list[Event]) -> Iterator[Step]:  # noqa: ARG002
        data = event.encode()
        yield data[: len(data) // 2]
        yield Close(reset=True)


@dataclass(frozen=True, slots=True)
class HalfEvent(_Midway):
    """Half of an event is sent, and the connection is closed."""

    def _happens(self, event: Event, rest: list[Event]) -> Iterator[Step]:  # noqa: ARG002
        data = event.encode()
        yield data[: len(data) // 2]
        yield Close(reset=False)


@dataclass(frozen=True, slots=True)
class Stall(_Midway):
    """Nothing comes for a while; then the rest does."""

    seconds: float = STALL_SECONDS

    def _happens(self, event: Event, rest: list[Event]) -> Iterator[Step]:
        yield Wait(self.seconds)
        yield from (one.encode() for one in (event, *rest))

    def play_body(self, body: bytes) -> Iterator[Step]:
        """Half of the response, nothing for a while, and the other half."""
        yield body[: len(body) // 2]
        yield Wait(self.seconds)
        yield body[len(body) // 2 :]


@dataclass(frozen=True, slots=True)
class ErrorEvent(_Midway):
    """An error comes in the stream, and nothing after it."""

    kind: str = "overloaded_error"
    message: str = "Overloaded"

    def _happens(self, event: Event, rest: list[Event]) -> Iterator[Step]:  # noqa: ARG002
        yield Event(error_body(self.kind, self.message)).encode()


@dataclass(frozen=True, slots=True)
class NoEnd(_Midway):
    """The stream ends, in good order, without ``message_delta`` and ``message_stop``."""

    after_characters: int = 1_000_000_000

    def _happens(self, event: Event, rest: list[Event]) -> Iterator[Step]:  # noqa: ARG002
        return iter(())

    def play_body(self, body: bytes) -> Iterator[Step]:
        """The response as it is: only a stream can lack its end."""
        yield body


@dataclass(frozen=True, slots=True)
class DuplicateEvents(NoFault):
    """Events that say nothing of the text come twice: pings, and the last one of the stream."""

    def play(self, events: Iterable[Event]) -> Iterator[Step]:
        """Those twice, the others once."""
        for event in events:
            again = event.name in ("ping", "message_delta", "message_stop")
            yield event.encode() * (2 if again else 1)


@dataclass(frozen=True, slots=True)
class DuplicateDeltas(NoFault):
    """Every ``every``-th piece of text comes twice: nothing in the stream gives it away."""

    every: int = 2

    def play(self, events: Iterable[Event]) -> Iterator[Step]:
        """Those twice, the others once."""
        seen = 0
        for event in events:
            seen += bool(event.characters)
            yield event.encode() * (2 if event.characters and not seen % self.every else 1)


@dataclass(frozen=True, slots=True)
class UnknownEvent(NoFault):
    """Events of a type that nobody defined come between the others."""

    name: str = "progress_report"

    def play(self, events: Iterable[Event]) -> Iterator[Step]:
        """The first event, the unknown one, the others."""
        for number, event in enumerate(events):
            yield event.encode()
            if number == 1:
                yield Event({"type": self.name, "percent": 10}).encode()


@dataclass(frozen=True, slots=True)
class UnknownStopReason(NoFault):
    """The answer ends for a reason that nobody defined."""

    reason: str = "model_was_bored"

    def change(self, message: dict[str, Any]) -> dict[str, Any]:
        """With that reason."""
        return {**message, "stop_reason": self.reason}
