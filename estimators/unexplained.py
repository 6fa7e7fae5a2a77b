"""What no data has yet: documented, weak priors for what a spec says beyond its files.

The histories behind the shipped parameters have no complexities, no categories, no counts, no prose
and no unexpanded folders. Each figure below is a judgement, kept so small that records of real
phases overrule it soon.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from estimators.deliverable import Deliverable
    from estimators.phase_description import PhaseDescription

COMPLEXITY_SHIFTS = {"low": -0.15, "medium": 0.0, "high": 0.15}
"""What a complexity adds to the logarithm of the tokens of a phase."""

CATEGORY_SHIFTS = {
    "frontend": 0.05,
    "backend": 0.05,
    "database": 0.05,
    "deployment": 0.0,
    "integration": 0.0,
    "implementation": 0.05,
    "refactoring": 0.05,
    "testing": 0.05,
    "tests": 0.05,
    "documentation": -0.05,
    "docs": -0.05,
    "configuration": -0.05,
}
"""What a category adds to the logarithm of the tokens of a phase; its files say most of it."""

USUAL_CRITERIA = 3
CRITERION_SHIFT = 0.02
LARGEST_CRITERIA_SHIFT = 0.15
"""What each acceptance criterion beyond the usual ones adds to that logarithm, and all together."""

COUNTED_TOKENS = {
    "test": 90.0,
    "endpoint": 200.0,
    "route": 150.0,
    "function": 120.0,
    "class": 250.0,
}
"""Tokens of one counted thing: eight to twenty lines of eleven tokens."""

COUNT_WEIGHT = 0.3
"""Weight of a size reckoned from counts, beside that of the path, in the logarithm."""

PROSE_TOKENS = 600.0
"""What a deliverable without a path is taken to write: the median of one-file phases is near it."""

FILES_IN_A_FOLDER = 3.0
"""Files that an unexpanded folder or glob is taken to stand for."""

ATTEMPT_SPREAD = 0.3
"""Standard deviation of the logarithm by which a model's answers to one and the same phase differ,
where they write files whole: two attempts of a phase were found to differ by a SMAPE of 34, which a
normal deviation of 0.3 makes. In a history a file that is written whole is the committed one."""

VAGUE_SPREAD = 0.9
"""Standard deviation of the logarithm of what names no file, in tokens; it counts by its share."""

USUAL_FILE = "src/package/module.py"
USUAL_FILES = 3.0
NO_DELIVERABLES_SPREAD = 1.2
"""A phase without deliverables is taken for so many such files, half of them new, with the verbs of
its description; its 0.9 quantile is 4.7 times the median."""


def attempt_spread(phase: PhaseDescription) -> float:
    """The `ATTEMPT_SPREAD` of a phase that is said to be a model's and writes files whole, or 0."""
    whole = phase.output_format == "whole_file"
    return ATTEMPT_SPREAD * (phase.authorship or 0.0) if whole else 0.0


def described_shift(
    category: str | None, complexity: str | None, criteria: int = 0
) -> tuple[float, list[str]]:
    """What category, complexity and acceptance criteria add to the logarithm, and what to say."""
    shift, reasons = 0.0, []
    for name, value, shifts in (
        ("complexity", complexity, COMPLEXITY_SHIFTS),
        ("category", category, CATEGORY_SHIFTS),
    ):
        if value is None:
            continue
        known = shifts.get(value.strip().lower())
        if known is None:
            reasons.append(f"{name} {value!r} is not known: no effect")
        elif known:
            shift += known
            reasons.append(f"{name} {value}: x{math.exp(known):.2f}, a prior without data")
    many = min(CRITERION_SHIFT * max(criteria - USUAL_CRITERIA, 0), LARGEST_CRITERIA_SHIFT)
    if many:
        told = f"{criteria} acceptance criteria: x{math.exp(many):.2f}, a prior without data"
        reasons.append(told)
    return shift + many, reasons


def counted_tokens(deliverable: Deliverable) -> float | None:
    """The size that a new file's counts imply, such as ``15 tests``; None: they imply none."""
    if deliverable.action != "create":
        return None
    sizes = [
        number * COUNTED_TOKENS[singular]
        for noun, number in deliverable.counts
        if (singular := _singular(noun)) in COUNTED_TOKENS and number > 0
    ]
    return sum(sizes) or None


def with_counts(tokens: float, deliverable: Deliverable) -> float:
    """A new file's tokens, drawn towards what its counts imply."""
    counted = counted_tokens(deliverable)
    return tokens if counted is None else tokens ** (1 - COUNT_WEIGHT) * counted**COUNT_WEIGHT


def _singular(noun: str) -> str:
    word = noun.lower()
    if word.endswith("sses"):
        return word[:-2]
    return word.removesuffix("s") if not word.endswith("ss") else word
