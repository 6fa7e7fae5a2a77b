from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.pages.axes import Axis, tick_text

FIGURES = st.lists(st.floats(0, 1e12).map(lambda x: round(x, 6)), min_size=1, max_size=5)
SIZES = st.lists(st.integers(1, 10**9), min_size=1, max_size=5)


@given(FIGURES, st.integers(3, 9))
def test_a_linear_axis_covers_its_values_and_has_few_even_ticks(values, most):
    axis = Axis.covering(values, "tokens")
    assert axis.low <= min(values)
    assert max(values) <= axis.high
    ticks = axis.ticks(most)
    assert 1 <= len(ticks) <= most
    steps = [b - a for a, b in pairwise(ticks)]
    assert all(math.isclose(one, steps[0], rel_tol=1e-6) for one in steps)


@given(SIZES, st.integers(2, 9))
def test_a_logarithmic_axis_covers_its_values_and_has_few_ticks(values, most):
    axis = Axis.covering(values, "tokens", logarithmic=True)
    assert 0 < axis.low <= min(values)
    assert max(values) <= axis.high
    ticks = axis.ticks(most)
    assert 1 <= len(ticks) <= most
    assert all(0 <= axis.position(tick) <= 1 for tick in ticks)
    assert list(ticks) == sorted(set(ticks))


def test_ticks_are_round_values():
    assert Axis("share", 0, 1).ticks() == pytest.approx((0, 0.2, 0.4, 0.6, 0.8, 1))
    assert Axis("tokens", 200, 9_000, logarithmic=True).ticks() == pytest.approx(
        (200, 500, 1_000, 2_000, 5_000)
    )
    assert Axis("tokens", 10, 1e6, logarithmic=True).ticks() == pytest.approx(
        (10, 100, 1e3, 1e4, 1e5, 1e6)
    )


def test_equal_factors_are_equal_lengths_on_a_logarithmic_axis():
    axis = Axis("tokens", 10, 1_000, logarithmic=True)
    assert [axis.position(value) for value in (10, 100, 1_000)] == pytest.approx([0, 0.5, 1])


def test_a_value_beyond_an_end_is_put_there():
    assert [Axis("x", 0, 10).position(value) for value in (-5, 25)] == [0, 1]
    assert Axis("x", 10, 100, logarithmic=True).position(0) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.05, "0.05"),
        (0.1 + 0.2, "0.3"),
        (250, "250"),
        (999.4, "999"),
        (999.6, "1k"),
        (1_000, "1k"),
        (1_500, "1.5k"),
        (10_000, "10k"),
        (4_237_965, "4.24M"),
        (2e9, "2G"),
        (5e15, "5000T"),
        (-1_500, "-1.5k"),
    ],
)
def test_ticks_are_written_shortly(value, text):
    assert tick_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(4_237_965, "4.2M"), (99_600, "100k"), (653, "653")])
def test_they_can_be_written_in_two_digits(value, text):
    assert tick_text(value, digits=2) == text


@pytest.mark.parametrize("values", [[], [math.nan], [1.0, math.inf]])
def test_an_axis_of_no_figures_is_refused(values):
    with pytest.raises(ValueError, match="tokens: expected finite values"):
        Axis.covering(values, "tokens")


@pytest.mark.parametrize(("low", "high", "log"), [(1, 1, False), (2, 1, False), (0, 1, True)])
def test_an_axis_that_spans_nothing_is_refused(low, high, log):
    with pytest.raises(ValueError, match="tokens: expected"):
        Axis("tokens", low, high, logarithmic=log)
