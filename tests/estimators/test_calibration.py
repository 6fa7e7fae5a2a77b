from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.calibration import (
    LEAST_TAIL_FACTOR,
    SHRINKAGE_PHASES,
    Calibration,
    blurred,
    calibrated,
    group_of,
    moved_by,
    spread_around,
)
from estimators.deliverable import Deliverable
from estimators.distribution import LEVELS, normal_scores
from estimators.prior import Prior

SHIPPED = Prior.shipped().formats["ndjson"].cold.calibration
NINETY = LEVELS.index(0.9)


def evenly(count, width=1.0, group="a"):
    """Residuals spread evenly from minus to plus ``width``, with equal weights."""
    residuals = [width * (2 * (number + 0.5) / count - 1) for number in range(count)]
    return calibrated(residuals, [group] * count, [1.0] * count)


@pytest.mark.parametrize(
    ("count", "action", "group"),
    [
        (0, "modify", "1 file, none created"),
        (1, "modify", "1 file, none created"),
        (1, "create", "1 file, some created"),
        (1, None, "1 file, some created"),
        (3, "delete", "2 to 3 files, none created"),
        (4, "rename", "4 to 9 files, none created"),
        (9, "create", "4 to 9 files, some created"),
        (10, "modify", "10 files or more, none created"),
    ],
)
def test_phases_are_alike_by_number_of_files_and_creation(count, action, group):
    assert group_of([Deliverable(f"{number}.py", action) for number in range(count)]) == group


def test_phases_that_a_model_most_likely_writes_are_a_group_of_their_own():
    one = [Deliverable("a.py", "create")]
    assert group_of(one, 0.5) == group_of(one) == "1 file, some created"
    assert group_of(one, 0.6) == "1 file, some created, by a model"


def test_quantiles_are_those_of_the_residuals():
    made = evenly(2_000)
    expected = [2 * level - 1 for level in LEVELS[:-1]]
    assert made.pooled[:-1] == pytest.approx(expected, abs=0.002)


def test_a_distribution_covers_its_share_of_what_it_was_calibrated_on():
    made = spread_around(1_000, evenly(2_000).residuals("a"))
    actual = [1_000 * math.exp(2 * (number + 0.5) / 2_000 - 1) for number in range(2_000)]
    for level in (0.05, 0.25, 0.75, 0.9, 0.99):
        covered = sum(tokens <= made.quantile(level) for tokens in actual) / len(actual)
        assert covered == pytest.approx(level, abs=0.002)


def test_the_median_is_the_sum_of_the_shares():
    assert spread_around(1_000, evenly(99).residuals("a")).median == pytest.approx(1_000)


def test_repositories_count_by_weight_and_not_by_phases():
    residuals, groups = [0.1] * 90 + [2.0] * 10, ["a"] * 100
    by_repository = calibrated(residuals, groups, [1 / 90] * 90 + [1 / 10] * 10)
    by_phase = calibrated(residuals, groups, [1.0] * 100)
    level = LEVELS.index(0.75)
    assert (by_phase.pooled[level], by_repository.pooled[level]) == (0.1, 2.0)


def test_a_group_stands_half_for_itself_once_it_has_enough_phases():
    wide = [2.0 * (2 * (n + 0.5) / SHRINKAGE_PHASES - 1) for n in range(SHRINKAGE_PHASES)]
    narrow = [0.0] * 100_000
    groups = ["wide"] * len(wide) + ["narrow"] * len(narrow)
    made = calibrated([*wide, *narrow], groups, [1.0] * len(groups))
    assert made.pooled[NINETY] == 0.0
    assert made.groups["wide"][NINETY] == pytest.approx(1.6 / 2, abs=0.02)


def test_the_highest_quantile_comes_from_the_pooled_tail():
    residuals = [0.0] * 995 + [5.0] * 5
    made = calibrated(residuals, ["a"] * 900 + ["b"] * 100, [1.0] * 1_000)
    assert made.groups["a"][-1] == made.pooled[-1] == 5.0


def test_quantiles_are_over_the_spread_of_a_phase_and_the_highest_one_is_not():
    made = calibrated([*[1.0, -1.0] * 400, *[6.0] * 2], ["a"] * 802, [1.0] * 802, [2.0] * 802)
    assert made.pooled[LEVELS.index(0.9)] == 0.5
    assert made.pooled[-1] == 6.0


def test_a_wide_phase_has_the_tail_of_all_phases():
    residuals = [*evenly(500).residuals("a")[:-1], 3.0]
    narrow, wide = (spread_around(1_000, residuals, spread) for spread in (0.5, 2.0))
    assert narrow.quantile(0.999) == wide.quantile(0.999) == pytest.approx(1_000 * math.exp(3))


def test_the_tail_is_never_below_the_quantile_before_it():
    wide = spread_around(1_000, [*evenly(500).residuals("a")[:-1], 1.5], 3.0)
    assert wide.quantile(0.999) == wide.quantile(0.99)


def test_the_highest_quantile_is_never_near_the_median():
    made = calibrated([0.0] * 10, ["a"] * 10, [1.0] * 10).residuals("a")
    for spread in (0.3, 1.0):
        highest = spread_around(100, made, spread).quantile(0.999)
        assert highest == pytest.approx(100 * LEAST_TAIL_FACTOR, rel=1e-3)


def test_a_wider_phase_has_the_same_median_and_quantiles_further_away():
    residuals = evenly(500).residuals("a")
    usual, wide = spread_around(1_000, residuals), spread_around(1_000, residuals, 2.0)
    assert wide.median == usual.median
    assert wide.quantile(0.9) / wide.median == pytest.approx(
        (usual.quantile(0.9) / usual.median) ** 2
    )


def test_an_independent_deviation_adds_its_variance():
    quantiles = [0.4 * score for score in normal_scores(LEVELS)]
    blurry = blurred(quantiles, 0.3)
    assert blurry[:-1] == pytest.approx([0.5 * score for score in normal_scores(LEVELS[:-1])])
    assert blurry[-1] == quantiles[-1]
    assert blurred(quantiles, 0.0) == pytest.approx(quantiles)


@given(st.lists(st.floats(-2, 2), min_size=len(LEVELS), max_size=len(LEVELS)))
def test_moved_quantiles_never_cross(moved):
    values = moved_by(evenly(100).pooled, moved)
    assert all(a <= b for a, b in pairwise(values))


def test_an_unknown_group_is_spread_as_all_phases_are():
    made = evenly(100)
    assert made.residuals("never seen") == made.pooled


def test_it_says_on_how_many_phases_it_stands():
    made = calibrated([0.0] * 1_500, ["a"] * 1_200 + ["b"] * 300, [1.0] * 1_500)
    described = "conformal, 1,200 phases alike (a) of 1,500 of other repositories"
    assert made.describe("a") == described
    assert "0 phases alike (c) of 1,500" in made.describe("c")


RESIDUALS = st.lists(
    st.tuples(st.floats(-5, 5), st.sampled_from("abc"), st.floats(0.01, 10)), min_size=1
)


@given(RESIDUALS)
def test_quantiles_never_cross_and_survive_their_json(rows):
    residuals, groups, weights = zip(*rows, strict=True)
    made = calibrated(residuals, groups, weights)
    for values in (made.pooled, *made.groups.values()):
        assert len(values) == len(LEVELS)
        assert all(a <= b for a, b in pairwise(values))
    assert Calibration.from_json(json.loads(json.dumps(made.as_json()))) == made


def test_no_residuals_are_no_calibration():
    with pytest.raises(ValueError, match="at least one residual"):
        calibrated([], [], [])


def test_the_shipped_calibration_survives_its_json():
    assert Calibration.from_json(SHIPPED.as_json()) == SHIPPED


def damaged(part, value, group=None):
    data = SHIPPED.as_json()
    if group is None:
        data[part] = value
    else:
        data[part][group] = value
    return data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (damaged("pooled", []), "pooled: expected 17 quantiles, found 0"),
        (damaged("groups", [0.0] * 16, "x"), "groups.x: expected 17 quantiles, found 16"),
        (damaged("pooled", [math.nan] * 17), "pooled: expected finite quantiles"),
        (damaged("groups", [*[0.0] * 16, math.inf], "x"), "groups.x: expected finite quantiles"),
        (damaged("pooled", [*[0.0] * 16, -1.0]), "pooled: .* never decrease"),
        (damaged("phases", -1, "1 file, none created"), "phases.1 file, none created: .* -1"),
        (damaged("phases", "7", "1 file, none created"), "phases.1 file, none created: .* '7'"),
    ],
)
def test_damaged_quantiles_are_refused_by_place(data, message):
    with pytest.raises(ValueError, match=message):
        Calibration.from_json(data)


@pytest.mark.parametrize("part", ["pooled", "groups", "phases"])
def test_a_missing_part_is_named(part):
    data = SHIPPED.as_json()
    del data[part]
    with pytest.raises(KeyError, match=part):
        Calibration.from_json(data)


def test_a_group_without_its_number_of_phases_is_refused():
    data = SHIPPED.as_json()
    del data["phases"]["1 file, none created"]
    with pytest.raises(KeyError, match="1 file, none created"):
        Calibration.from_json(data)
