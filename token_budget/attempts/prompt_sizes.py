"""How long the prompt of a round is, where nobody has counted it yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from token_budget.attempts.requests import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WRAPPER_TOKENS = 24
"""Tokens that are allowed for what the API adds round messages and blocks: a judgement on the high
side, as nothing documents it; where the API counts a prompt, it is not used."""

DENSEST_RATE = 1.8
"""The most tokens that a current model makes of one of ``cl100k_base``: what is held for a prompt
that nobody has counted must cover it, whatever the tables expect."""

MARGIN = 1.15
"""What is counted of a later prompt may be this much longer: the rate of its own text is known only
from the text before it."""


@dataclass(frozen=True, slots=True)
class PromptSizes:
    """Estimates prompts, and learns from what the API reports.

    Attributes:
        upper: Gives the tokens of a text at the most, by the tables.
        count: Counts the ``cl100k_base`` tokens of a text.
        rate: The model's tokens for one of those, as reported in this attempt; None: not yet.
    """

    upper: Callable[[str], int]
    count: Callable[[str], int]
    rate: float | None = None

    def tokens(self, request: Mapping[str, Any]) -> int:
        """Tokens of a prompt, at the most."""
        text = texts(request)
        if self.rate is None:
            densest = math.ceil(self.count(text) * DENSEST_RATE)
            return max(self.upper(text), densest) + WRAPPER_TOKENS
        return math.ceil(self.count(text) * self.rate * MARGIN) + WRAPPER_TOKENS

    def reported(self, request: Mapping[str, Any], tokens: int) -> PromptSizes:
        """With what the API said of a prompt; what it says of an empty one teaches nothing."""
        counted = self.count(texts(request))
        if not counted or not tokens:
            return self
        return PromptSizes(self.upper, self.count, tokens / counted)
