from __future__ import annotations

from itertools import pairwise

import pytest

from estimators.errors import EstimatorError
from estimators.thinking import DEFAULT_EFFORT, PRIOR_MEDIAN_TOKENS, thinking_prior


def test_more_effort_is_more_thinking():
    medians = [
        thinking_prior(effort).median for effort in ("low", "medium", "high", "xhigh", "max")
    ]
    assert all(a < b for a, b in pairwise(medians))
    assert set(PRIOR_MEDIAN_TOKENS) == {"low", "medium", "high", "xhigh", "max"}


def test_the_prior_is_wide():
    made = thinking_prior("medium")
    assert made.quantile(0.9) == pytest.approx(3.6 * made.median, rel=0.01)


@pytest.mark.parametrize("effort", [None, ""])
def test_no_effort_is_the_default_of_the_api(effort):
    assert thinking_prior(effort) == thinking_prior(DEFAULT_EFFORT)


def test_an_unknown_effort_is_named_with_those_that_are_known():
    with pytest.raises(EstimatorError, match="'extreme': expected one of low, medium, high"):
        thinking_prior("extreme")
