"""From sums to what a report says: rates, with what chance alone does to them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from token_budget.telemetry.context_facts import CONTEXT_COUNTS, CONTEXT_MODES

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = {"0.5": "median", "0.9": "upper"}
"""The quantiles whose coverage is known, with the names of their sums."""


def figures_of(sums: Mapping[str, int]) -> dict[str, Any]:
    """What sums amount to.

    Args:
        sums: By the names of `token_budget.telemetry.tables.SUMS`; a missing one is 0.

    Returns:
        Values that JSON can hold; a rate of nothing is None. ``truncation_rate`` is of the rounds
        whose stop reason tells; ``wasted_share`` is of the output of phases that have ended.
    """
    told = sums["rounds"] - sums["unknown_stop"]
    return {
        "rounds": sums["rounds"],
        "truncated": sums["truncated"],
        "stop_reason_unknown": sums["unknown_stop"],
        "truncation_rate": share(sums["truncated"], told),
        "truncation_standard_error": _rate_error(sums["truncated"], told),
        "phases": sums["phases"],
        "complete": sums["complete"],
        "incomplete": sums["incomplete"],
        "failed": sums["failed"],
        "rounds_per_phase": share(sums["phase_rounds"], sums["phases"]),
        "reserved_tokens": sums["reserved"],
        "used_tokens": sums["used"],
        "reserved_over_used": share(sums["reserved"], sums["used"]),
        "output_tokens": sums["output"],
        "thinking_tokens": sums["thinking"],
        "thinking_share": share(sums["thinking"], sums["output"]),
        "continuation_tokens": sums["continuation_tokens"],
        "wasted_tokens": sums["wasted"],
        "wasted_share": share(sums["wasted"], sums["phase_output"]),
        "operations_kept": sums["operations_kept"],
        "operations_rejected": sums["operations_rejected"],
        "operations_applied": sums["operations_applied"],
        "calibration": {level: _coverage(sums, level, name) for level, name in LEVELS.items()},
        "context": context_figures(sums),
    }


def context_figures(sums: Mapping[str, int]) -> dict[str, Any]:
    """What the contexts of phases amount to.

    Returns:
        How many phases had one, and of each mode; the sums of
        `token_budget.telemetry.context_facts.ContextFacts`; which share of their budgets they
        took, and which share of texts had a cached vector.
    """
    looked_for = sums["embedding_hits"] + sums["embedding_misses"]
    return {
        "phases": sums["contexts"],
        "modes": {mode: sums[name] for mode, name in CONTEXT_MODES.items()},
        **{name: sums[name] for name in CONTEXT_COUNTS},
        "budget_share": share(sums["context_tokens"], sums["context_budget"]),
        "cached_share": share(sums["embedding_hits"], looked_for),
    }


def share(part: int, whole: int) -> float | None:
    """A part of a whole, rounded to four places; None: of nothing."""
    return round(part / whole, 4) if whole else None


def _coverage(sums: Mapping[str, int], level: str, name: str) -> dict[str, Any]:
    """The share of answers that took no more than a quantile.

    ``standard_error`` is what chance alone does to so many answers if the quantile is right;
    ``unknown`` are phases that failed, or were cut off before it could be told.
    """
    judged, held = sums[f"{name}_judged"], sums[f"{name}_held"]
    return {
        "answers": judged,
        "held": held,
        "unknown": sums["phases"] - judged,
        "coverage": share(held, judged),
        "standard_error": _binomial_error(float(level), judged),
    }


def _rate_error(part: int, whole: int) -> float | None:
    return _binomial_error(part / whole, whole) if whole else None


def _binomial_error(rate: float, number: int) -> float | None:
    """The standard error of a share: sqrt(rate (1 - rate) / number)."""
    return round(math.sqrt(rate * (1 - rate) / number), 4) if number else None
