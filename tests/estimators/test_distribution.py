from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estimators.distribution import HIGHEST_LEVEL, LEVELS, LOWEST_LEVEL, Distribution

DRAWS = 2_000_000
WITHIN = st.floats(LOWEST_LEVEL, HIGHEST_LEVEL)
MEDIANS = st.floats(1, 1e6)
SIGMAS = st.floats(0, 1.5)
LOG_NORMALS = st.builds(Distribution.log_normal, MEDIANS, SIGMAS)
RISING = st.lists(st.floats(0, 1e7), min_size=len(LEVELS), max_size=len(LEVELS)).map(
    lambda values: Distribution(LEVELS, tuple(sorted(values)))
)


def deviations(found, expected):
    return [abs(a / b - 1) for a, b in zip(found, expected, strict=True)]


@given(MEDIANS, st.floats(0.01, 1.5), WITHIN, WITHIN)
def test_quantiles_of_a_log_normal_are_exact_at_any_level(median, sigma, one, other):
    made = Distribution.log_normal(median, sigma)
    assert made.median == pytest.approx(median)
    low, high = sorted((one, other))
    assert made.quantile(low) <= made.quantile(high) * (1 + 1e-12)
    score = math.log(made.quantile(0.9) / median) / sigma
    assert score == pytest.approx(1.2815515655446)


@given(RISING, WITHIN, WITHIN)
def test_quantiles_never_cross(made, one, other):
    low, high = sorted((one, other))
    assert made.quantile(low) <= made.quantile(high) * (1 + 1e-9)


@given(RISING)
def test_quantiles_at_the_given_levels_are_the_given_values(made):
    found = [made.quantile(level) for level in LEVELS]
    assert found == pytest.approx(made.values, rel=1e-9, abs=1e-8)


@pytest.mark.parametrize("level", [0, 0.0499, 0.9991, 1, -0.5, math.nan, math.inf])
def test_a_level_outside_is_refused_by_name(level):
    with pytest.raises(ValueError, match=r"level from 0\.05 to 0\.999, found"):
        Distribution.log_normal(100, 1).quantile(level)


@pytest.mark.parametrize(
    ("levels", "values", "message"),
    [
        ((), (), "as many values as levels"),
        ((0.1, 0.5), (1.0,), "as many values as levels"),
        ((0.5, 0.5), (1.0, 2.0), "increasing levels"),
        ((0.5, 0.1), (1.0, 2.0), "increasing levels"),
        ((0.01, 0.5), (1.0, 2.0), "levels from 0.05"),
        ((0.5, 1.0), (1.0, 2.0), "levels from 0.05"),
        ((0.1, math.nan, 0.9), (1.0, 2.0, 3.0), "levels from 0.05"),
        ((0.1, 0.5), (2.0, 1.0), "never decrease"),
        ((0.1, 0.5), (-1.0, 1.0), "0 or more"),
        ((0.1, 0.5), (1.0, math.inf), "finite values"),
        ((0.1, 0.5, 0.9), (1.0, math.nan, 2.0), "finite values"),
    ],
)
def test_what_is_no_distribution_is_refused(levels, values, message):
    with pytest.raises(ValueError, match=message):
        Distribution(levels, values)


def test_a_negative_sigma_is_refused():
    with pytest.raises(ValueError, match="never decrease"):
        Distribution.log_normal(100, -1)


@pytest.mark.parametrize("sigma", [0.0, 0.3, 1.0])
def test_the_mean_of_a_log_normal_is_known(sigma):
    expected = 1000 * math.exp(sigma**2 / 2)
    assert Distribution.log_normal(1000, sigma).mean == pytest.approx(expected, rel=0.01)


@given(MEDIANS, SIGMAS, st.floats(0.1, 10), st.floats(0, 1))
def test_scaling_adds_the_variances_of_the_logarithms(median, sigma, factor, spread):
    scaled = Distribution.log_normal(median, sigma).scaled(factor, spread)
    expected = Distribution.log_normal(median * factor, math.hypot(sigma, spread))
    assert scaled.values == pytest.approx(expected.values, rel=1e-9)


@given(RISING, st.floats(0.1, 10), st.floats(0, 1))
def test_a_scaled_distribution_never_crosses_and_keeps_its_median(made, factor, spread):
    scaled = made.scaled(factor, spread)
    assert all(a <= b for a, b in pairwise(scaled.values))
    assert scaled.median == pytest.approx(factor * made.median, abs=1e-6)


def test_a_constant_takes_on_the_spread_of_its_factor():
    scaled = Distribution.zero().shifted(50).scaled(2, 0.3)
    assert scaled.values == pytest.approx(Distribution.log_normal(100, 0.3).values)


@given(RISING, st.floats(0, 1e5))
def test_shifting_moves_every_quantile(made, tokens):
    assert made.shifted(tokens).values == tuple(value + tokens for value in made.values)


@given(RISING, st.floats(0, 1e5))
def test_a_floor_lifts_only_what_is_below_it(made, tokens):
    assert made.at_least(tokens).values == tuple(max(value, tokens) for value in made.values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1000, 1.0), (1000, 1.0)),
        ((1000, 0.5), (3000, 1.0)),
        ((1000, 1.2), (100, 0.3)),  # one of them nearly constant
        ((1000, 0.1), (50, 1.0)),
        ((2000, 0.9), (2000, 0.2)),
    ],
)
def test_a_sum_has_the_quantiles_of_a_simulation(one, other):
    chance = np.random.default_rng(7)
    draws = sum(median * np.exp(s * chance.standard_normal(DRAWS)) for median, s in (one, other))
    found = Distribution.log_normal(*one).plus(Distribution.log_normal(*other))
    off = deviations(map(found.quantile, LEVELS), np.quantile(draws, LEVELS))
    assert max(off[:-1]) < 0.02
    assert off[-1] < 0.04
    assert found.mean == pytest.approx(draws.mean(), rel=0.02)


def test_a_sum_with_a_constant_is_a_shift():
    made, constant = Distribution.log_normal(1000, 1.0), Distribution.zero().shifted(400)
    off = deviations(made.plus(constant).values, made.shifted(400).values)
    assert max(off) < 0.01


@given(st.builds(Distribution.log_normal, MEDIANS, st.floats(0.3, 1.5)))
def test_a_sum_is_no_sum_of_quantiles(made):
    both = made.plus(made)
    for level in (0.9, 0.99, 0.999):
        assert made.quantile(level) < both.quantile(level) < 2 * made.quantile(level)
    assert both.quantile(LOWEST_LEVEL) > 2 * made.quantile(LOWEST_LEVEL)


@settings(max_examples=50)
@given(LOG_NORMALS, LOG_NORMALS)
def test_a_sum_does_not_depend_on_the_order_and_never_crosses(one, other):
    both = one.plus(other)
    assert both == other.plus(one)
    assert all(a <= b for a, b in pairwise(both.values))


@given(RISING.filter(lambda made: made.values[-1] > 0))
def test_zero_is_neutral(made):
    zero = Distribution.zero()
    assert made.plus(zero) == zero.plus(made) == made
    assert zero.plus(zero) == zero.scaled(3, 1) == zero
    assert (zero.median, zero.mean, zero.quantile(HIGHEST_LEVEL)) == (0, 0, 0)
