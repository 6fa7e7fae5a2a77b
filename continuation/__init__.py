"""What a cut-off answer still lacks, and how to ask for it.

Usable alone: it imports `ndjson` and nothing of the packages above. Names are loaded when they are
first used; `unwrap` at once, since the module that holds it has the same name. The package and its
errors can be imported where another distribution's `ndjson` hides ours: who uses us can then say
so.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from continuation.unwrap import unwrap

if TYPE_CHECKING:
    from continuation.answer import Format
    from continuation.caching import CachePrices, breakpoint_life
    from continuation.errors import (
        ContinuationError,
        NoProgress,
        Refused,
        SeamMismatch,
        TooManyRounds,
        UnknownStopReason,
    )
    from continuation.machine import Continuation
    from continuation.outcomes import Evidence, Outcome, outcome
    from continuation.response import Response
    from continuation.steps import Ask, Failed, Finished, RunTools

_NAMES = {
    "answer": "Format",
    "caching": "CachePrices breakpoint_life",
    "errors": ("ContinuationError NoProgress Refused SeamMismatch TooManyRounds UnknownStopReason"),
    "machine": "Continuation",
    "outcomes": "Evidence Outcome outcome",
    "response": "Response",
    "steps": "Ask Failed Finished RunTools",
}

_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [
    "Ask",
    "CachePrices",
    "Continuation",
    "ContinuationError",
    "Evidence",
    "Failed",
    "Finished",
    "Format",
    "NoProgress",
    "Outcome",
    "Refused",
    "Response",
    "RunTools",
    "SeamMismatch",
    "TooManyRounds",
    "UnknownStopReason",
    "breakpoint_life",
    "outcome",
    "unwrap",
]


def __getattr__(name: str) -> object:
    """A public name, from the module that holds it (PEP 562); later uses do not come here."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    """The public names too that are not loaded yet."""
    return sorted({*globals(), *_HOME})
