"""What a stop reason means, given what arrived: a total map.

Whether an answer was cut off is read from the stop reason and from the answer itself, never
guessed from brackets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ndjson import Partial

if TYPE_CHECKING:
    from collections.abc import Mapping


_SILENT_NOTES = frozenset(("byte-order mark", "blank", "crlf"))
"""What a parser notes of lines that say nothing."""


class Outcome(StrEnum):
    """What is to be done with an answer."""

    COMPLETE = "complete"
    """It is whole."""
    CONTINUE = "continue"
    """It was cut off: the rest is asked for."""
    ASK_MISSING = "ask for what is missing"
    """It ended by itself and is not whole: what is missing is asked for, once."""
    ESCALATE = "escalate"
    """The ceiling went to thinking: a higher one or a lower effort, once."""
    PREWARMED = "prewarmed"
    """The request asked for no answer, only for its prompt to be cached."""
    SHRINK = "shrink"
    """The context window was full: the rest is asked for in a smaller prompt."""
    TOOL_USE = "tool use"
    """The caller runs the tools that the answer calls."""
    RESEND = "resend"
    """The turn was paused: it is sent back as it is."""
    REFUSED = "refused"
    """Nothing of it is applied."""
    UNKNOWN = "unknown"
    """The stop reason is none that is known, or there is none."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer shows of itself, whatever its format.

    Attributes:
        text: Whether anything arrived beside thinking.
        closed: Whether it says that it is whole: by its ``done`` line; a format that has none is
            closed by ending.
    """

    text: bool
    closed: bool


NOTHING_SEEN = Evidence(text=False, closed=False)
"""Before the first answer."""

_WHATEVER_CAME: dict[str | None, Outcome] = {
    "tool_use": Outcome.TOOL_USE,
    "pause_turn": Outcome.RESEND,
    "refusal": Outcome.REFUSED,
}
"""Stop reasons that decide alone."""

_OTHERWISE: dict[str | None, Outcome] = {
    "end_turn": Outcome.ASK_MISSING,
    "stop_sequence": Outcome.ASK_MISSING,
    "max_tokens": Outcome.CONTINUE,
    "model_context_window_exceeded": Outcome.SHRINK,
}
"""What an answer calls for that is not closed."""


def evidence_of(partial: Partial) -> Evidence:
    """What a parsed answer shows of itself."""
    said = (one for one in partial.notes if one.kind not in _SILENT_NOTES)
    text = bool(partial.parsed or partial.unfinished or partial.rejected_count or any(said))
    own_cuts = [one for one in partial.cut_reasons if not one.startswith("stop reason")]
    return Evidence(text=text, closed=text and bool(partial.parsed) and not own_cuts)


def outcome(
    stop_reason: str | None, partial: Partial | Evidence, request: Mapping[str, Any]
) -> Outcome:
    """What is to be done with an answer.

    Args:
        stop_reason: As the API gave it; None: the stream ended without one.
        partial: What arrived.
        request: What was sent: the keyword arguments of ``messages.create``.
    """
    found = evidence_of(partial) if isinstance(partial, Partial) else partial
    if stop_reason in _WHATEVER_CAME:
        return _WHATEVER_CAME[stop_reason]
    if stop_reason not in _OTHERWISE:
        return Outcome.UNKNOWN
    if stop_reason == "max_tokens" and not found.text:
        return Outcome.PREWARMED if request.get("max_tokens") == 0 else Outcome.ESCALATE
    return Outcome.COMPLETE if found.closed else _OTHERWISE[stop_reason]
