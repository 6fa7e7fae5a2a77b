"""What was recorded of the thinking of one model family at one effort."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMORY = 0.98
"""What an answer is worth after one more: the last 50 answers weigh as much as all before them
would. Chosen, not fitted: there are no public records of thinking to fit it on."""

MOST_SCORES = 5.0
"""A lower bound this many spreads from the mean is as good as one any further."""

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class ThinkingRecord:
    """Exponentially weighted figures of the answers of one family at one effort.

    A length is the natural logarithm of thinking tokens over the median of the prior.

    Attributes:
        weight: Lengths; older ones count less, and lower bounds as far as they inform.
        mean: Their mean.
        squares: Their squared deviations from the mean, weighted and added up.
        thought: Answers with thinking tokens; older ones count less.
        silent: Answers without; likewise.
        answers: All that were observed.
        truncated: How many of them were cut off while thinking.
    """

    weight: float = 0.0
    mean: float = 0.0
    squares: float = 0.0
    thought: float = 0.0
    silent: float = 0.0
    answers: int = 0
    truncated: int = 0

    def without_thinking(self) -> ThinkingRecord:
        """The record after an answer that was not thought about."""
        older = self._older(truncated=False)
        return ThinkingRecord(*older.lengths, older.thought, older.silent + 1, *older.counts)

    def with_length(
        self, length: float, weight: float = 1.0, *, truncated: bool = False
    ) -> ThinkingRecord:
        """The record after one more length; a weight of 0 counts the answer alone."""
        older = self._older(truncated=truncated)
        whole = older.weight + weight
        step = (length - older.mean) * weight / whole if whole else 0.0
        squares = older.squares + step * (length - older.mean) * older.weight
        lengths = (whole, older.mean + step, squares)
        return ThinkingRecord(*lengths, older.thought + 1, older.silent, *older.counts)

    def merged(self, other: ThinkingRecord) -> ThinkingRecord:
        """Two records that were made apart as one: all of both counts."""
        whole = self.weight + other.weight
        apart = other.mean - self.mean
        share = other.weight / whole if whole else 0.0
        return ThinkingRecord(
            whole,
            self.mean + apart * share,
            self.squares + other.squares + apart**2 * self.weight * share,
            self.thought + other.thought,
            self.silent + other.silent,
            self.answers + other.answers,
            self.truncated + other.truncated,
        )

    @property
    def lengths(self) -> tuple[float, float, float]:
        """Weight, mean and squares."""
        return self.weight, self.mean, self.squares

    @property
    def counts(self) -> tuple[int, int]:
        """Answers, and those of them that were cut off."""
        return self.answers, self.truncated

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; `from_json` makes the same of them."""
        return {
            "lengths": list(self.lengths),
            "thought": self.thought,
            "silent": self.silent,
            "answers": self.answers,
            "truncated": self.truncated,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ThinkingRecord:
        """The record of `as_json`.

        Raises:
            KeyError: A part is missing.
            TypeError: A part is of another type.
            ValueError: A figure is not finite, is negative, or contradicts another.
        """
        weight, mean, squares = map(float, data["lengths"])
        weights = (weight, squares, float(data["thought"]), float(data["silent"]))
        if not (math.isfinite(mean) and all(0 <= one < math.inf for one in weights)):
            raise ValueError("expected a finite mean, and weights of 0 or more")
        answers, truncated = int(data["answers"]), int(data["truncated"])
        if not 0 <= truncated <= answers or not answers:
            raise ValueError("expected one answer or more, and no more cut off than there are")
        return cls(weight, mean, squares, *weights[2:], answers, truncated)

    def _older(self, *, truncated: bool) -> ThinkingRecord:
        """The record with every weight aged by one answer, and that answer counted."""
        return ThinkingRecord(
            self.weight * MEMORY,
            self.mean,
            self.squares * MEMORY,
            self.thought * MEMORY,
            self.silent * MEMORY,
            self.answers + 1,
            self.truncated + truncated,
        )


def from_lower_bound(bound: float, mean: float, spread: float) -> tuple[float, float]:
    """The exact length, and its weight, that teach as much as a lower bound does.

    One step of Newton's method on the likelihood of a right-censored normal quantity: with
    z = (bound - mean) / spread and h = pdf(z) / (1 - cdf(z)), its slope in the mean is h / spread
    and its information h (h - z) / spread^2. A bound far below the mean weighs next to nothing, one
    far above it as much as the length itself.
    """
    score = max(-MOST_SCORES, min((bound - mean) / spread, MOST_SCORES))
    hazard = _NORMAL.pdf(score) / _NORMAL.cdf(-score)
    return max(mean + spread / (hazard - score), bound), hazard * (hazard - score)
