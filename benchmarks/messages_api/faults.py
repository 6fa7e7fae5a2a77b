"""What goes wrong on the way: scripted for one request each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.messages_api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.messages_api.sse import Event


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is sent for so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Close:
    """The connection ends before the response does.

    Attributes:
        reset: By a reset of TCP; False: in an orderly way.
    """

    reset: bool


Step = bytes | Wait | Close
"""What the server does next: send, wait, or end the connection."""


class Fault(Protocol):
    """What happens to one request."""

    def error(self) -> ApiError | None:
        """The error that is answered; None: the response comes, in some way."""

    def change(self, message: dict[str, Any]) -> dict[str, Any]:
        """The response, before it is sent."""

    def play(self, events: Iterable[Event]) -> Iterator[Step]:
        """How its events are sent."""

    def play_body(self, body: bytes) -> Iterator[Step]:
        """How it is sent where it is not streamed."""


class NoFault:
    """Everything goes well; what faults have in common."""

    __slots__ = ()

    def error(self) -> ApiError | None:
        """None."""
        return None

    def change(self, message: dict[str, Any]) -> dict[str, Any]:
        """It stays as it is."""
        return message

    def play(self, events: Iterable[Event]) -> Iterator[Step]:
        """One after the other."""
        return (one.encode() for one in events)

    def play_body(self, body: bytes) -> Iterator[Step]:
        """In one piece."""
        yield body


@dataclass(frozen=True, slots=True)
class HttpError(NoFault):
    """An error instead of a response.

    Attributes:
        status: 429, 500 or 529 (or another one that the API gives).
        message: The API's words.
        retry_after: Seconds, in the header of this name.
        retry_after_ms: Milliseconds, in the header of this name, which the SDK prefers.
        should_retry: What ``x-should-retry`` says; None: it is not sent.
    """

    status: int
    message: str = "Internal server error"
    retry_after: float | None = None
    retry_after_ms: int | None = None
    should_retry: bool | None = None

    def error(self) -> ApiError:
        """The error with its headers."""
        headers = {
            "retry-after": self.retry_after,
            "retry-after-ms": self.retry_after_ms,
            "x-should-retry": None if self.should_retry is None else str(self.should_retry).lower(),
        }
        given = {name: str(value) for name, value in headers.items() if value is not None}
        return ApiError(self.status, self.message, given)


def rate_limited(*, retry_after: float | None = None, retry_after_ms: int | None = 1) -> HttpError:
    """429, to be tried again soon."""
    message = "This request would exceed your organization's rate limit. Please try again later."
    return HttpError(429, message, retry_after, retry_after_ms)


def overloaded(*, retry_after_ms: int | None = 1) -> HttpError:
    """529, to be tried again soon."""
    return HttpError(529, "Overloaded", retry_after_ms=retry_after_ms)


def internal_error(*, retry_after_ms: int | None = 1) -> HttpError:
    """500, to be tried again soon."""
    return HttpError(500, retry_after_ms=retry_after_ms)
