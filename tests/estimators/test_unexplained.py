from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.deliverable import Deliverable
from estimators.phase_description import PhaseDescription
from estimators.unexplained import (
    ATTEMPT_SPREAD,
    CATEGORY_SHIFTS,
    COMPLEXITY_SHIFTS,
    COUNTED_TOKENS,
    attempt_spread,
    counted_tokens,
    described_shift,
    with_counts,
)


def created(*counts, action="create"):
    return Deliverable("tests/test_a.py", action, 0, counts=counts)


def test_what_nobody_said_has_no_effect():
    assert described_shift(None, None) == (0.0, [])


def test_a_model_that_writes_files_whole_never_writes_them_twice_alike():
    files = (created(),)
    said = PhaseDescription(files, by_model=1.0, output_format="whole_file")
    assert attempt_spread(said) == ATTEMPT_SPREAD
    assert attempt_spread(replace(said, by_model=None, category="backend")) == ATTEMPT_SPREAD
    assert attempt_spread(replace(said, by_model=None)) == 0.0
    assert attempt_spread(replace(said, output_format="ndjson")) == 0.0


def test_complexity_and_category_shift_the_logarithm_and_say_so():
    shift, reasons = described_shift("backend", "high")
    assert shift == pytest.approx(CATEGORY_SHIFTS["backend"] + COMPLEXITY_SHIFTS["high"])
    assert reasons == [
        "complexity high: x1.16, a prior without data",
        "category backend: x1.05, a prior without data",
    ]


def test_a_known_word_without_effect_needs_no_reason():
    assert described_shift("deployment", "medium") == (0.0, [])


@pytest.mark.parametrize("word", ["HIGH", " high ", "High"])
def test_case_and_spaces_do_not_count(word):
    assert described_shift(None, word)[0] == COMPLEXITY_SHIFTS["high"]


def test_unknown_words_are_reported():
    shift, reasons = described_shift("sorcery", "fiendish")
    assert shift == 0
    assert reasons == [
        "complexity 'fiendish' is not known: no effect",
        "category 'sorcery' is not known: no effect",
    ]


@given(st.text(), st.text())
def test_no_word_moves_an_estimate_far(category, complexity):
    assert abs(described_shift(category, complexity)[0]) < 0.25


def test_every_shift_is_weak():
    assert max(map(abs, [*CATEGORY_SHIFTS.values(), *COMPLEXITY_SHIFTS.values()])) <= 0.15


@pytest.mark.parametrize("noun", ["tests", "test", "Tests"])
def test_a_noun_counts_in_any_form(noun):
    assert counted_tokens(created((noun, 15))) == 15 * COUNTED_TOKENS["test"]


def test_classes_are_counted_as_class():
    assert counted_tokens(created(("classes", 2))) == 2 * COUNTED_TOKENS["class"]


def test_counts_add_up_and_others_are_passed_over():
    found = counted_tokens(created(("tests", 2), ("bananas", 99), ("routes", 1)))
    assert found == 2 * COUNTED_TOKENS["test"] + COUNTED_TOKENS["route"]


@pytest.mark.parametrize(
    "one",
    [
        created(),
        created(("bananas", 9)),
        created(("tests", 0)),
        created(("tests", 9), action="modify"),
        created(("tests", 9), action=None),
    ],
)
def test_counts_imply_a_size_for_new_files_only(one):
    assert counted_tokens(one) is None
    assert with_counts(500, one) == 500


@given(st.floats(1, 1e6), st.integers(1, 10**9))
def test_counts_draw_the_size_towards_theirs_and_never_beyond(tokens, number):
    counted = number * COUNTED_TOKENS["test"]
    found = with_counts(tokens, created(("tests", number)))
    assert min(tokens, counted) * 0.999 <= found <= max(tokens, counted) * 1.001
    assert abs(math.log(found / tokens)) <= 0.5 * abs(math.log(counted / tokens)) + 1e-6
