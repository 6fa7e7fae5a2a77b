from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from continuation.caching import (
    LIFE_SECONDS,
    OUTPUT_TOKENS_A_SECOND,
    CachePrices,
    NextRound,
    breakpoint_life,
)

PRICES = CachePrices(input=5.0, read=0.5, write_5m=6.25, write_1h=10.0)
LONG = round(LIFE_SECONDS["5m"] * OUTPUT_TOKENS_A_SECOND)
"""Output tokens that take longer than the short life."""


def expected_cost(tokens, following, prices, life):
    """What this round's prompt and the next one's are expected to cost, of tokens not cached."""
    if life is None:
        return tokens * prices.input + following.chance * tokens * prices.input
    in_time = following.answer / OUTPUT_TOKENS_A_SECOND < LIFE_SECONDS[life]
    again = prices.read if in_time else prices.input
    return tokens * prices.write(life) + following.chance * tokens * again


@given(
    st.integers(1, 500_000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 300_000),
    st.floats(0.01, 0.9),
    st.floats(1, 2),
    st.floats(1, 3),
)
def test_the_life_is_the_one_that_is_expected_to_cost_least(
    prompt, cached_share, chance, answer, read, short, long
):
    prices = CachePrices(1.0, read, short, long)
    cached = round(prompt * cached_share)
    following = NextRound(chance, answer)
    tokens = prompt - cached
    costs = {life: expected_cost(tokens, following, prices, life) for life in (None, *LIFE_SECONDS)}
    ordered = sorted(costs.values())
    assume(ordered[1] - ordered[0] > 1e-6 * prompt)  # a tie may go either way
    found = breakpoint_life(prompt, cached, following, prices, None)
    assert costs[found] == ordered[0]


def test_a_likely_continuation_is_worth_a_short_life():
    assert breakpoint_life(10_000, 0, NextRound(0.9, 1_000), PRICES, 1_024) == "5m"


def test_a_long_answer_needs_the_long_life():
    assert breakpoint_life(10_000, 0, NextRound(1.0, LONG - 1), PRICES, 1_024) == "5m"
    dear = CachePrices(input=5.0, read=0.5, write_5m=6.25, write_1h=7.5)
    assert breakpoint_life(10_000, 0, NextRound(1.0, LONG), dear, 1_024) == "1h"


def test_an_unlikely_continuation_is_worth_none():
    assert breakpoint_life(10_000, 0, NextRound(0.05, 1_000), PRICES, 1_024) is None


def test_a_prompt_below_the_minimum_is_never_cached():
    assert breakpoint_life(1_023, 0, NextRound(1.0, 10), PRICES, 1_024) is None
    assert breakpoint_life(1_024, 0, NextRound(1.0, 10), PRICES, 1_024) == "5m"


def test_a_prompt_that_is_cached_already_is_not_written_again():
    assert breakpoint_life(10_000, 10_000, NextRound(1.0, 10), PRICES, 1_024) is None
