from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.distribution import Distribution
from tests.phases import phase_of
from token_budget.attempts.caching import RoundOutlook, cache_life, exceeded

TAKEN = Distribution.log_normal(1_000, 0.5)


@pytest.fixture
def situation(policy):
    return policy.prepare(phase_of()).situation


@given(st.floats(0.06, 0.99))
def test_the_chance_of_a_longer_answer_is_read_from_its_quantiles(level):
    assert exceeded(TAKEN, TAKEN.quantile(level)) == pytest.approx(1 - level, abs=1e-3)


def test_beyond_the_quantiles_it_is_as_good_as_certain_or_next_to_nothing():
    assert exceeded(TAKEN, 0) == 1.0
    assert exceeded(TAKEN, 1e9) == pytest.approx(0.001)


def test_a_long_prompt_is_kept_where_another_round_is_likely(situation):
    likely = RoundOutlook(prompt=50_000, cached=0, written=0, ceiling=10)
    unlikely = replace(likely, ceiling=1_000_000)
    assert cache_life(situation, likely) == "5m"
    assert cache_life(situation, unlikely) is None


def test_a_prompt_that_is_too_short_for_the_cache_is_not_kept(situation):
    now = replace(situation, limits=replace(situation.limits, minimum_cacheable=1_024))
    short = RoundOutlook(prompt=1_023, cached=0, written=0, ceiling=10)
    assert cache_life(now, short) is None
    assert cache_life(now, replace(short, prompt=1_024)) == "5m"


def test_without_a_price_nothing_is_kept(make_policy):
    now = make_policy(model="claude-unheard-of").prepare(phase_of()).situation
    assert not now.prices.known
    assert cache_life(now, RoundOutlook(prompt=50_000, cached=0, written=0, ceiling=10)) is None
