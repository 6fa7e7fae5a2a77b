from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.distribution import Distribution
from token_budget.ceiling import (
    BOUND_NAMES,
    LARGEST_UNSTREAMED_TOKENS,
    budget_bound,
    exhausted,
    runaway_bound,
    smallest,
)
from token_budget.remaining import Balance

BOUNDS = st.dictionaries(
    st.sampled_from(BOUND_NAMES), st.none() | st.integers(-1000, 10**6), min_size=1
).filter(lambda bounds: any(value is not None for value in bounds.values()))


@pytest.mark.parametrize(
    ("contract", "left", "tokens", "bound"),
    [(4096, 4000, 4000, "run"), (500, 10_000, 500, "contract"), (700, 700, 700, "contract")],
)
def test_the_ceiling_is_the_smallest_bound_and_names_it(contract, left, tokens, bound):
    ceiling = smallest({"run": left, "contract": contract, "model": 128_000})
    assert (ceiling.tokens, ceiling.bound) == (tokens, bound)


@given(BOUNDS)
def test_no_bound_is_ever_exceeded(bounds):
    ceiling = smallest(bounds)
    applying = [value for value in bounds.values() if value is not None]
    assert ceiling.tokens == max(min(applying), 0)
    assert ceiling.bounds[ceiling.bound] == min(applying)
    assert set(ceiling.bounds) == set(BOUND_NAMES)


def test_no_bound_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one bound"):
        smallest({"contract": None})


@pytest.mark.parametrize(
    ("tokens", "stream"),
    [(LARGEST_UNSTREAMED_TOKENS, False), (LARGEST_UNSTREAMED_TOKENS + 1, True)],
)
def test_streaming_is_asked_for_exactly_where_the_sdk_demands_it(tokens, stream):
    assert smallest({"model": tokens}).stream is stream


def test_the_sdk_refuses_what_we_stream_and_takes_what_we_do_not():
    from anthropic import Anthropic

    client = Anthropic(api_key="none")
    client._calculate_nonstreaming_timeout(LARGEST_UNSTREAMED_TOKENS, None)
    with pytest.raises(ValueError, match="Streaming is required"):
        client._calculate_nonstreaming_timeout(LARGEST_UNSTREAMED_TOKENS + 1, None)


def _budgets(**left):
    ceiling = smallest({"model": 128_000, **left})
    balances = {name: Balance(limit=10_000, spent=7_000, held=2_000) for name in left}
    return exhausted(ceiling, balances, prompt=800, floor=500)


def test_a_budget_under_the_floor_is_exhausted_with_its_figures():
    error = _budgets(run=499, phase=5_000)
    assert (error.scope, error.limit, error.spent, error.held) == ("run", 10_000, 7_000, 2_000)
    assert (error.asked, error.left) == (1_300, 1_299)
    assert "run" in str(error)
    assert "1,299" in str(error)


def test_a_budget_at_the_floor_is_enough():
    assert _budgets(run=500) is None


def test_a_contract_under_the_floor_is_not_exhaustion():
    ceiling = smallest({"contract": 100, "run": 5_000})
    assert exhausted(ceiling, {"run": Balance(limit=9_000)}, prompt=0, floor=500) is None


def test_money_bounds_the_answer_after_the_prompt_is_paid():
    balance = Balance(micro_usd_left=10_000)
    bound = budget_bound(balance, prompt=1, prompt_micro_usd=4_000, micro_usd_per_token=2.0)
    assert bound == 3_000


def test_the_tightest_limit_of_a_balance_counts():
    balance = Balance(limit=5_000, spent=1_000, output_left=900, micro_usd_left=10**9)
    bound = budget_bound(balance, prompt=2_000, prompt_micro_usd=1, micro_usd_per_token=1.0)
    assert bound == 900


def test_no_limit_is_no_bound():
    assert (
        budget_bound(Balance(), prompt=1, prompt_micro_usd=None, micro_usd_per_token=None) is None
    )


@given(st.floats(1, 10**6), st.floats(0.01, 2))
def test_the_runaway_bound_is_never_under_four_medians(median, sigma):
    total = Distribution.log_normal(median, sigma)
    bound = runaway_bound(total)
    assert bound >= round(4 * total.median)
    assert bound >= round(total.quantile(0.999))
