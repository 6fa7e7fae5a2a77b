"""The efforts that a request may name, and what they mean before anything is recorded."""

from __future__ import annotations

from estimators.errors import UnknownEffortError

PRIOR_MEDIAN_TOKENS = {
    "low": 300.0,
    "medium": 1_000.0,
    "high": 2_000.0,
    "xhigh": 4_000.0,
    "max": 8_000.0,
}
"""Median thinking tokens of one coding answer by effort; each level doubles, roughly, the last. No
data stands behind these figures; what is learnt keeps their ratios until it knows better."""

DEFAULT_EFFORT = "high"
"""What the API assumes when a request names no effort (Messages API, ``output_config.effort``)."""


def known_effort(effort: str | None) -> str:
    """The effort itself; the API's default where none is named.

    Raises:
        UnknownEffortError: It is unknown.
    """
    level = effort or DEFAULT_EFFORT
    if level not in PRIOR_MEDIAN_TOKENS:
        raise UnknownEffortError(level, tuple(PRIOR_MEDIAN_TOKENS))
    return level
