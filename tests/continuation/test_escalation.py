from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from continuation.escalation import escalated
from continuation.requests import EFFORTS

efforts = st.sampled_from([None, *EFFORTS])


def request_of(ceiling, effort=None):
    config = {"output_config": {"effort": effort, "format": "x"}} if effort else {}
    return {"max_tokens": ceiling, "messages": [{"role": "user", "content": "x"}], **config}


@given(st.integers(1, 200_000), st.integers(1, 200_000), efforts, st.booleans())
def test_it_is_never_the_same_request_and_never_a_lower_ceiling(ceiling, largest, effort, lower):
    request = request_of(ceiling, effort)
    ask = escalated(request, largest, "why", effort=lower)
    if ask is None:
        return
    assert ask.request != request
    assert ask.request["max_tokens"] >= ceiling
    assert ask.request["messages"] == request["messages"]
    assert ceiling <= ask.smallest_ceiling <= ask.request["max_tokens"]


@given(st.integers(1, 1_000), efforts, st.booleans())
def test_the_ceiling_goes_up_in_one_step_before_anything_else(ceiling, effort, lower):
    ask = escalated(request_of(ceiling, effort), 1_001, "it was cut", effort=lower)
    assert ask.request == {**request_of(ceiling, effort), "max_tokens": 1_001}
    assert ask.smallest_ceiling == ceiling + 1
    assert ask.reason == f"it was cut: the ceiling is raised from {ceiling:,} to 1,001 tokens"


@pytest.mark.parametrize(
    ("effort", "lower"), [(None, "medium"), ("max", "xhigh"), ("high", "medium"), ("medium", "low")]
)
def test_where_the_ceiling_cannot_be_raised_the_effort_is_lowered(effort, lower):
    ask = escalated(request_of(1_000, effort), 1_000, "it thought", effort=True)
    assert ask.request["output_config"]["effort"] == lower
    assert ask.request["max_tokens"] == ask.smallest_ceiling == 1_000
    assert lower in ask.reason


def test_the_rest_of_the_output_configuration_stays():
    ask = escalated(request_of(1_000, "high"), 1_000, "it thought", effort=True)
    assert ask.request["output_config"] == {"effort": "medium", "format": "x"}


@pytest.mark.parametrize("effort", ["low", "unheard of"])
def test_below_the_lowest_effort_there_is_nothing(effort):
    assert escalated(request_of(1_000, effort), 1_000, "it thought", effort=True) is None


def test_a_lower_effort_is_not_tried_where_it_would_not_help():
    assert escalated(request_of(1_000, "high"), 1_000, "it was cut") is None
