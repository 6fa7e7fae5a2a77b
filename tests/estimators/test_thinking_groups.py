from __future__ import annotations

import pytest

from estimators.thinking_groups import (
    ALL_MODELS_VARIANCE,
    ANSWER_VARIANCE,
    EFFORT_VARIANCE,
    FAMILY_VARIANCE,
    LEAST_SPREAD,
    Gaussian,
    answer_variance,
    mean_length,
    pooled,
    thinking_share,
)
from estimators.thinking_record import ThinkingRecord

OWN, SIBLING, OTHER = ("a", "high"), ("a", "low"), ("b", "high")
VARIANCES = ALL_MODELS_VARIANCE, FAMILY_VARIANCE, EFFORT_VARIANCE


def many(mean=0.0, squares=25.0, thought=50.0, silent=0.0):
    return ThinkingRecord(50.0, mean, squares, thought, silent, 100)


def endless(mean):
    return ThinkingRecord(1e9, mean, 0.0, 1e9, 0.0, 10**9)


def test_beliefs_are_pooled_by_their_precision():
    assert pooled([Gaussian(0.0, 1.0), Gaussian(1.0, 1.0)]) == Gaussian(0.5, 0.5)
    assert pooled([Gaussian(0.0, 3.0), Gaussian(1.0, 1.0)]) == Gaussian(0.75, 0.75)


def test_without_records_the_mean_is_the_priors():
    assert mean_length({}, OWN, ANSWER_VARIANCE) == Gaussian(0.0, sum(VARIANCES))


def test_the_variances_add_up_to_that_of_the_prior():
    assert sum(VARIANCES) + ANSWER_VARIANCE == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("asked", "shared"),
    [(OWN, sum(VARIANCES)), (SIBLING, sum(VARIANCES[:2])), (OTHER, VARIANCES[0])],
)
def test_a_known_mean_moves_the_others_by_the_variance_they_share(asked, shared):
    believed = mean_length({OWN: endless(2.0)}, asked, ANSWER_VARIANCE)
    share = shared / sum(VARIANCES)
    assert believed.mean == pytest.approx(2.0 * share)
    assert believed.variance == pytest.approx(sum(VARIANCES) * (1 - share**2), abs=1e-8)


def test_ones_own_records_outweigh_those_of_others():
    records = {OWN: many(0.0), SIBLING: many(2.0), OTHER: many(2.0)}
    assert mean_length(records, OWN, ANSWER_VARIANCE).mean < 0.1


def test_a_record_without_lengths_says_nothing_of_them():
    silent = {OWN: ThinkingRecord().without_thinking()}
    assert mean_length(silent, OWN, 0.5) == mean_length({}, OWN, 0.5)
    assert mean_length(silent, OTHER, 0.5) == mean_length({}, OTHER, 0.5)


def test_the_spread_is_learnt():
    wide = answer_variance({OWN: many(squares=75.0)}, OWN)
    assert wide == pytest.approx(1.5, rel=0.1)
    assert ANSWER_VARIANCE < answer_variance({OWN: many(squares=75.0)}, SIBLING) < wide


def test_the_spread_is_never_narrower_than_the_least():
    assert answer_variance({OWN: many(squares=0.0)}, OWN) == LEAST_SPREAD**2


def test_a_single_answer_says_nothing_of_the_spread():
    one = ThinkingRecord().with_length(2.0)
    assert answer_variance({OWN: one}, OWN) == pytest.approx(ANSWER_VARIANCE)


def test_all_answers_think_before_one_does_not():
    assert thinking_share({}, OWN) == 1.0
    assert thinking_share({OWN: many()}, OWN) == pytest.approx(1.0)


def test_the_share_that_thinks_is_learnt():
    half = thinking_share({OWN: many(thought=25.0, silent=25.0)}, OWN)
    assert half == pytest.approx(0.5, abs=0.06)


def test_a_family_that_never_thinks_says_little_of_the_others():
    records = {OWN: many(thought=0.0, silent=50.0)}
    own, sibling, other = (thinking_share(records, key) for key in (OWN, SIBLING, OTHER))
    assert own < 0.15
    assert own < sibling <= other
    assert sibling > 0.6
