from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.calibration_figures import (
    BASELINES,
    ESTIMATES,
    at_equal_coverage,
    figures,
    mean_of,
    standard_error,
    violation,
)
from benchmarks.calibration_protocols import LEVELS


def constant(tokens):
    return (float(tokens),) * len(LEVELS)


def test_errors_are_those_of_the_median(forecast):
    row = figures([forecast(actual=500), forecast(actual=1_000)])
    assert row["phases"] == 2
    assert row["cold"]["smape"] == pytest.approx((0 + 200 * 500 / 1_500) / 2)
    assert row["cold"]["mdape"] == pytest.approx(25)
    assert row["cold"]["under_estimated"] == 0.5
    assert row["cold"]["pinball"]["0.5"] == pytest.approx(125)
    assert row["cold"]["pinball"]["0.9"] == pytest.approx((0.1 * 400 + 0.9 * 100) / 2)


def test_cold_and_adapted_stand_side_by_side(forecast):
    row = figures([forecast(cold=constant(250), adapted=constant(500), actual=500)])
    assert row["cold"]["mdape"] == 50
    assert row["adapted"]["mdape"] == 0
    assert row["cold"]["above_q0.999"] == 1
    assert row["adapted"]["above_q0.999"] == 0


def test_coverage_has_its_binomial_standard_error(forecast):
    row = figures([forecast(actual=tokens) for tokens in range(10, 1_010, 10)])
    for level in ("0.5", "0.8", "0.9", "0.95", "0.99"):
        found = row["cold"]["coverage"][level]
        assert found["share"] == pytest.approx(float(level))
        expected = math.sqrt(float(level) * (1 - float(level)) / 100)
        assert found["standard_error"] == pytest.approx(expected)
    assert standard_error(0.9, 100) == pytest.approx(0.03)


def test_a_budget_over_actual_has_a_median_and_a_ninth_decile(forecast):
    row = figures([forecast(actual=900), forecast(actual=450), forecast(actual=90)])
    assert row["adapted"]["q0.9_over_actual"]["median"] == pytest.approx(2)
    assert row["adapted"]["q0.9_over_actual"]["p90"] == pytest.approx(8.4)


def test_settled_coverage_is_of_the_adapted_quantiles_after_a_hundred_phases(forecast):
    early = [forecast(order=order, actual=10_000) for order in range(100)]
    assert figures(early)["settled"] is None
    late = [forecast(order=100, cold=constant(1), actual=500), forecast(order=101, actual=950)]
    settled = figures([*early, *late])["settled"]
    assert settled["phases"] == 2
    assert settled["coverage"]["0.9"]["share"] == 0.5
    assert settled["coverage"]["0.95"]["share"] == 1


def test_the_one_number_of_a_rule_of_thumb_is_its_median_and_its_budget(forecast):
    row = figures([forecast(actual=500), forecast(actual=8_192)])
    assert row["tiers"]["coverage"]["0.9"]["share"] == 1
    assert row["weights"]["under_estimated"] == 1
    assert row["weights"]["q0.9_over_actual"]["median"] < 1
    assert {*ESTIMATES, *BASELINES} < row.keys()


def test_every_repository_counts_the_same_in_the_mean(forecast):
    settled = [forecast(order=order) for order in (100, 101)]
    one = figures([forecast(actual=500)])
    other = figures([*(forecast(actual=1_000) for _ in range(8)), *settled])
    mean = mean_of([one, other])
    assert mean["phases"] == 11
    assert mean["cold"]["smape"] == (one["cold"]["smape"] + other["cold"]["smape"]) / 2
    assert mean["settled"] == other["settled"]
    assert mean["tiers"]["above_q0.999"] is None
    error = mean["cold"]["coverage"]["0.9"]["standard_error"]
    assert error == pytest.approx(math.hypot(0.3, 0.3 / math.sqrt(10)) / 2)


def row_of(phases, settled):
    error = standard_error(0.9, phases - 100)
    coverage = {"0.9": {"share": settled, "standard_error": error}}
    return {"repository": "a/a", "phases": phases, "settled": {"coverage": coverage}}


@pytest.mark.parametrize(
    ("phases", "settled", "violates"),
    [
        (299, 0.5, False),
        (300, 0.861, False),
        (300, 0.85, True),
        (300, 0.939, False),
        (300, 0.95, True),
        (2_000, 0.881, False),
        (2_000, 0.879, True),
        (2_000, 0.921, True),
    ],
)
def test_coverage_is_judged_within_two_standard_errors_or_two_percent(phases, settled, violates):
    assert (violation(row_of(phases, settled)) is not None) == violates


def test_a_violation_names_repository_coverage_and_tolerance():
    found = violation(row_of(2_000, 0.8))
    assert found == {"repository": "a/a", "coverage": 0.8, "tolerance": 0.02}


@given(sizes=st.lists(st.integers(200, 10_000), min_size=2, max_size=60))
def test_at_equal_coverage_budgets_that_never_differ_cost_the_same(forecast, sizes):
    rows = at_equal_coverage([forecast(actual=size) for size in sizes])
    assert [row["budget"] for row in rows] == ["cold 0.9", "adapted 0.9", *BASELINES]
    for row in rows[1:]:
        assert row["pinball"] == pytest.approx(rows[0]["pinball"])
        assert row["over_actual"] == pytest.approx(rows[0]["over_actual"])


def test_a_budget_is_scaled_until_it_holds_nine_of_ten(forecast):
    rows = at_equal_coverage([forecast(actual=tokens) for tokens in range(100, 1_200, 100)])
    weights = next(row for row in rows if row["budget"] == "weights")
    assert weights["covered"] == pytest.approx(4 / 11)
    assert weights["factor"] == pytest.approx(1_000 / 400)
    assert weights["budgeted_over_used"] == pytest.approx(11 * 1_000 / 6_600)
