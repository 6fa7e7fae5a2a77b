from __future__ import annotations

import pytest

from estimators.effort import DEFAULT_EFFORT, PRIOR_MEDIAN_TOKENS, known_effort
from estimators.errors import UnknownEffortError


@pytest.mark.parametrize("effort", ["low", "medium", "high", "xhigh", "max"])
def test_every_effort_of_the_api_is_known(effort):
    assert known_effort(effort) == effort
    assert len(PRIOR_MEDIAN_TOKENS) == 5


@pytest.mark.parametrize("effort", [None, ""])
def test_no_effort_is_the_default_of_the_api(effort):
    assert known_effort(effort) == DEFAULT_EFFORT


def test_an_unknown_effort_is_named_with_those_that_are_known():
    with pytest.raises(UnknownEffortError, match="'extreme': expected one of low, medium, high"):
        known_effort("extreme")
