"""The server that speaks the Messages API, for tests; it lives with the benchmarks that use it."""

from __future__ import annotations

from benchmarks.messages_api.abilities import MODELS, Abilities
from benchmarks.messages_api.faults import (
    HttpError,
    internal_error,
    overloaded,
    rate_limited,
)
from benchmarks.messages_api.records import Answered, Received
from benchmarks.messages_api.server import MessagesServer
from benchmarks.messages_api.stream_faults import (
    DuplicateDeltas,
    DuplicateEvents,
    ErrorEvent,
    HalfEvent,
    NoEnd,
    Reset,
    Stall,
    UnknownEvent,
    UnknownStopReason,
)

__all__ = [
    "MODELS",
    "Abilities",
    "Answered",
    "DuplicateDeltas",
    "DuplicateEvents",
    "ErrorEvent",
    "HalfEvent",
    "HttpError",
    "MessagesServer",
    "NoEnd",
    "Received",
    "Reset",
    "Stall",
    "UnknownEvent",
    "UnknownStopReason",
    "internal_error",
    "overloaded",
    "rate_limited",
]
