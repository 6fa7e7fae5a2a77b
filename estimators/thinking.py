"""Thinking tokens before there are any records of them: a wide prior by effort.

No data stands behind these figures yet. They are set so that the prior is honest about that: the
0.9 quantile is 3.6 times the median. Units are the model's own tokens, as the API bills them.
"""

from __future__ import annotations

from estimators.distribution import Distribution
from estimators.errors import EstimatorError

PRIOR_SIGMA = 1.0
"""Standard deviation of the natural logarithm of the thinking tokens of one answer."""

PRIOR_MEDIAN_TOKENS = {
    "low": 300.0,
    "medium": 1_000.0,
    "high": 2_000.0,
    "xhigh": 4_000.0,
    "max": 8_000.0,
}
"""Median thinking tokens of one coding answer by effort; each level doubles, roughly, the last."""

DEFAULT_EFFORT = "high"
"""What the API assumes when a request names no effort (Messages API, ``output_config.effort``)."""


def thinking_prior(effort: str | None = None) -> Distribution:
    """The distribution of the thinking tokens of one answer, in the model's tokens.

    Args:
        effort: ``low``, ``medium``, ``high``, ``xhigh`` or ``max``; None: the API's default.

    Raises:
        EstimatorError: The effort is none of these.
    """
    level = effort or DEFAULT_EFFORT
    if level not in PRIOR_MEDIAN_TOKENS:
        known = ", ".join(PRIOR_MEDIAN_TOKENS)
        raise EstimatorError(f"unknown effort {level!r}: expected one of {known}")
    return Distribution.log_normal(PRIOR_MEDIAN_TOKENS[level], PRIOR_SIGMA)
