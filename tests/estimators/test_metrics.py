from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.metrics import coverage, mdape, pinball, smape

PAIRS = st.lists(st.tuples(st.floats(0.1, 1e6), st.floats(0.1, 1e6)), min_size=1)


def test_smape_is_the_mean_over_phases():
    assert smape([100, 300], [100, 100]) == pytest.approx((0 + 200 * 200 / 400) / 2)


@given(PAIRS)
def test_smape_takes_both_sides_alike_and_stays_below_200(pairs):
    predicted, actual = zip(*pairs, strict=True)
    assert smape(predicted, actual) == pytest.approx(smape(actual, predicted))
    assert 0 <= smape(predicted, actual) < 200
    assert smape(actual, actual) == 0


def test_mdape_is_a_median_relative_to_what_was():
    assert mdape([110, 50, 900], [100, 100, 100]) == 50


def test_pinball_punishes_a_high_quantile_for_being_too_low():
    assert pinball([90], [100], 0.9) == pytest.approx(9)
    assert pinball([110], [100], 0.9) == pytest.approx(1)


def test_pinball_is_least_at_the_quantile():
    actual = np.random.default_rng(1).lognormal(size=2_000)
    losses = {
        level: pinball(np.full(2_000, np.quantile(actual, level)), actual, 0.9)
        for level in (0.5, 0.8, 0.9, 0.95, 0.99)
    }
    assert min(losses, key=lambda level: losses[level]) == 0.9


def test_coverage_counts_what_does_not_exceed_its_bound():
    assert coverage([10, 10, 10, 10], [9, 10, 11, 12]) == 0.5
