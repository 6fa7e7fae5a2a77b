"""What every error of ``token_budget`` is made from; `token_budget.errors` draws them all."""

from __future__ import annotations

SHOWN_VALUE_CHARACTERS = 120
"""A value in a message is cut to this many characters: a message is read by a person."""


class TokenBudgetError(Exception):
    """Root of the errors of ``token_budget``."""


def shown(value: object) -> str:
    """``value`` as it appears in a message: its ``repr``, shortened."""
    text = repr(value)
    if len(text) <= SHOWN_VALUE_CHARACTERS:
        return text
    return text[: SHOWN_VALUE_CHARACTERS - 1] + "…"
