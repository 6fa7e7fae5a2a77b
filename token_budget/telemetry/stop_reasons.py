"""Whether an answer was cut off: read from its stop reason, and from nothing else."""

from __future__ import annotations

CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded"})
"""Stop reasons of the Messages API that say that the answer goes on where nobody sees it."""

ENDED = frozenset({"end_turn", "stop_sequence", "tool_use", "pause_turn", "refusal"})
"""Stop reasons of the Messages API of an answer that ended by itself."""

HANDED_ON = frozenset({"tool_use", "pause_turn"})
"""Of those, the ones after which the conversation goes on: thinking alone is no waste there."""


def is_truncated(stop_reason: str | None, ceiling: int) -> bool | None:
    """Whether an answer was cut off.

    Args:
        stop_reason: As the API reported it; None: the stream died without one.
        ceiling: The ``max_tokens`` that was sent. With 0 a request only warms the cache: its
            ``max_tokens`` is no truncation.

    Returns:
        None where that is not known: there is no stop reason, or one that nobody here knows.
    """
    if stop_reason in CUT_OFF:
        return ceiling > 0
    return False if stop_reason in ENDED else None
