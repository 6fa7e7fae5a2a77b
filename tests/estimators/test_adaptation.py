from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.adaptation import (
    ADAPTED_SIGMA,
    LARGEST_SURPRISE,
    Adaptation,
    Belief,
    Learner,
    expected_beyond,
)
from estimators.distribution import LEVELS
from estimators.groups import Group

GENERAL, SPECIAL = Group("general", 10, 0.9), Group("special", 2, 0.9)


def learnt(*deviations, groups=(GENERAL,), held=0.0):
    learner = Learner.of(Adaptation())
    for deviation in deviations:
        learner.believe(groups, deviation, held, 1.0)
    return learner.learnt()


def test_nothing_is_believed_of_what_was_never_seen():
    assert Adaptation().shift((GENERAL, SPECIAL)) == 0


def test_a_belief_grows_with_observations_and_is_shrunk_towards_nothing():
    few, many = learnt(0.5), learnt(*[0.5] * 40)
    assert 0 < few.shift((GENERAL,)) < many.shift((GENERAL,)) < 0.5


def test_the_special_group_outweighs_the_general_one_once_it_has_been_seen():
    learner = Learner.of(learnt(*[0.4] * 20))
    for _ in range(20):
        learner.believe((SPECIAL,), -0.4, 0.0, 1.0)
    assert learner.learnt().shift((GENERAL, SPECIAL)) < 0 < learner.learnt().shift((GENERAL,))


def test_recent_observations_count_more():
    rising, falling = learnt(-1, -1, 1, 1), learnt(1, 1, -1, -1)
    assert rising.shift((GENERAL,)) > 0 > falling.shift((GENERAL,))


def test_a_great_surprise_is_cut_down():
    assert learnt(9.0) == learnt(LARGEST_SURPRISE)


@given(st.lists(st.floats(-20, 20), max_size=30))
def test_a_shift_is_within_what_was_observed(deviations):
    cut = [max(-LARGEST_SURPRISE, min(one, LARGEST_SURPRISE)) for one in deviations]
    shift = learnt(*deviations).shift((GENERAL,))
    assert min([0, *cut]) - 1e-9 <= shift <= max([0, *cut]) + 1e-9


@given(
    st.dictionaries(st.text(), st.tuples(st.floats(1e-6, 1e6), st.floats(-5, 5)), max_size=5),
    st.lists(st.floats(-3, 3), min_size=len(LEVELS), max_size=len(LEVELS)),
    st.integers(0, 10**6),
)
def test_what_was_learnt_survives_json(beliefs, moved, phases):
    known = Adaptation({k: Belief(*v) for k, v in beliefs.items()}, tuple(moved), phases, 1)
    assert Adaptation.from_json(json.loads(json.dumps(known.as_json()))) == known


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"moved": [0.0]}, ValueError),
        ({"moved": [math.nan] * len(LEVELS)}, ValueError),
        ({"beliefs": {"a": [0, 1]}}, ValueError),
        ({"beliefs": {"a": [1, math.inf]}}, ValueError),
        ({"beliefs": {"a": 3}}, TypeError),
        ({"phases": None}, TypeError),
    ],
)
def test_a_damaged_state_is_refused(change, error):
    with pytest.raises(error):
        Adaptation.from_json({**Adaptation().as_json(), **change})


def test_a_missing_part_is_refused():
    with pytest.raises(KeyError):
        Adaptation.from_json({})


def test_quantiles_move_towards_being_exceeded_as_often_as_they_say():
    learner = Learner.of(Adaptation())
    high, middle = LEVELS.index(0.8), LEVELS.index(0.5)
    learner.move_quantiles(1.0, [0.0] * len(LEVELS), truncated=False)
    assert learner.moved[high] > learner.moved[middle] > 0
    for _ in range(4):
        learner.move_quantiles(-1.0, [0.0] * len(LEVELS), truncated=False)
    assert learner.moved[high] == pytest.approx(0)
    assert learner.moved[middle] < 0


def test_a_cut_answer_moves_only_quantiles_that_it_exceeds():
    learner = Learner.of(Adaptation())
    learner.move_quantiles(-1.0, [0.0] * len(LEVELS), truncated=True)
    assert set(learner.moved) == {0.0}
    learner.move_quantiles(1.0, [0.0] * len(LEVELS), truncated=True)
    assert min(learner.moved) > 0


@given(st.floats(-3, 3))
def test_a_cut_answer_is_expected_to_be_longer_than_its_bound(bound):
    assert expected_beyond(bound) > max(bound, 0)


def test_a_bound_far_below_says_nothing():
    assert expected_beyond(-4 * ADAPTED_SIGMA) == pytest.approx(0, abs=1e-3)
