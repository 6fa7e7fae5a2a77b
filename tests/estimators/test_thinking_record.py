from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.thinking_record import MEMORY, ThinkingRecord, from_lower_bound

LENGTHS = st.lists(st.floats(-5, 5), min_size=1, max_size=30)


def recorded(lengths):
    record = ThinkingRecord()
    for length in lengths:
        record = record.with_length(length)
    return record


@given(LENGTHS)
def test_figures_are_those_of_a_weighted_sample(lengths):
    record = recorded(lengths)
    weights = [MEMORY**age for age in range(len(lengths))][::-1]
    mean = sum(w * x for w, x in zip(weights, lengths, strict=True)) / sum(weights)
    squares = sum(w * (x - mean) ** 2 for w, x in zip(weights, lengths, strict=True))
    assert record.weight == pytest.approx(sum(weights))
    assert record.mean == pytest.approx(mean, abs=1e-9)
    assert record.squares == pytest.approx(squares, abs=1e-9)
    assert (record.answers, record.thought) == (len(lengths), pytest.approx(sum(weights)))


def test_recent_lengths_weigh_more():
    assert recorded([0.0] * 100 + [1.0] * 50).mean > 0.6
    assert recorded([1.0] * 50 + [0.0] * 100).mean < 0.15


def test_an_answer_without_thinking_is_counted_and_has_no_length():
    record = recorded([1.0]).without_thinking()
    assert (record.answers, record.silent, record.mean) == (2, 1.0, 1.0)
    assert record.thought == pytest.approx(MEMORY)


@given(LENGTHS, LENGTHS)
def test_merged_figures_are_those_of_both_samples(first, second):
    one, other = recorded(first), recorded(second)
    both = one.merged(other)
    whole = one.weight + other.weight
    mean = (one.weight * one.mean + other.weight * other.mean) / whole
    apart = one.weight * (one.mean - mean) ** 2 + other.weight * (other.mean - mean) ** 2
    assert both.weight == pytest.approx(whole)
    assert both.mean == pytest.approx(mean, abs=1e-9)
    assert both.squares == pytest.approx(one.squares + other.squares + apart, abs=1e-9)
    assert both.answers == len(first) + len(second)


def test_merging_with_nothing_changes_nothing():
    record = recorded([1.0, 2.0])
    assert record.merged(ThinkingRecord()) == ThinkingRecord().merged(record) == record
    silent = ThinkingRecord().without_thinking()
    assert silent.merged(silent).silent == 2


@given(st.floats(-30, 30), st.floats(-5, 5), st.floats(0.1, 3))
def test_a_lower_bound_teaches_something_above_it_and_no_more_than_a_length(bound, mean, spread):
    length, weight = from_lower_bound(bound, mean, spread)
    assert length >= max(bound, mean)
    assert 0 <= weight <= 1


def test_a_bound_informs_the_more_the_higher_it_is():
    weights = [from_lower_bound(bound, 0.0, 1.0)[1] for bound in (-4, -1, 0, 1, 4)]
    assert weights == sorted(weights)
    assert weights[0] < 0.001
    assert weights[2] == pytest.approx(2 / math.pi)


def test_a_lower_bound_has_the_slope_of_its_likelihood():
    length, weight = from_lower_bound(0.3, 0.0, 0.5)

    def log_likelihood(mean):
        return math.log(0.5 * math.erfc((0.3 - mean) / 0.5 / math.sqrt(2)))

    slope = (log_likelihood(1e-5) - log_likelihood(-1e-5)) / 2e-5
    assert weight * length / 0.5**2 == pytest.approx(slope, rel=1e-4)


def test_it_survives_json():
    record = recorded([1.0, 2.5]).without_thinking()
    assert ThinkingRecord.from_json(json.loads(json.dumps(record.as_json()))) == record


@pytest.mark.parametrize(
    "change",
    [
        {"lengths": [1.0, math.nan, 0.0]},
        {"lengths": [1.0, 0.0]},
        {"lengths": [-1.0, 0.0, 0.0]},
        {"lengths": None},
        {"lengths": [1.0, 0.0, -1.0]},
        {"thought": -1},
        {"silent": math.inf},
        {"answers": 0},
        {"answers": -3},
        {"truncated": 9},
        {"truncated": -1},
        {"answers": None},
    ],
)
def test_figures_that_cannot_be_are_refused(change):
    data = recorded([1.0]).as_json() | change
    with pytest.raises((TypeError, ValueError)):
        ThinkingRecord.from_json(data)


@pytest.mark.parametrize("part", ["lengths", "thought", "silent", "answers", "truncated"])
def test_a_missing_part_is_refused(part):
    data = recorded([1.0]).as_json()
    del data[part]
    with pytest.raises(KeyError):
        ThinkingRecord.from_json(data)
