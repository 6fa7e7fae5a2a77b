from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from token_budget.context.embeddings.vectors import as_bytes, cosines, from_bytes, unit_vectors
from token_budget.context.errors import BadVectors

NUMBERS = st.floats(-1e6, 1e6).filter(lambda one: abs(one) > 1e-6)
ROWS = hnp.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 40)), elements=NUMBERS)


@given(ROWS)
def test_accepted_vectors_point_the_same_way_and_are_one_long(rows):
    units = unit_vectors("e", rows, *rows.shape)
    assert np.linalg.norm(units, axis=1) == pytest.approx(1, abs=1e-5)
    assert (np.sign(units) == np.sign(rows)).all() or (np.abs(rows).min() < 1e-5)


@given(ROWS, st.sampled_from(["float16", "float32"]))
def test_what_is_kept_comes_back(rows, precision):
    units = unit_vectors("e", rows, *rows.shape)
    kept = as_bytes(units, precision)
    assert {len(one) for one in kept} == {rows.shape[1] * (2 if precision == "float16" else 4)}
    found, sound = from_bytes(kept, rows.shape[1])
    assert sound.all()
    assert found == pytest.approx(units, abs=1e-3 if precision == "float16" else 0)


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(1, 10))
def test_any_bytes_are_a_vector_of_length_one_or_unsound(kept, dimension):
    found, sound = from_bytes(kept, dimension)
    assert found.shape == (len(kept), dimension)
    assert np.linalg.norm(found[sound], axis=1) == pytest.approx(1, abs=0.011)
    assert not found[~sound].any()


def test_both_precisions_may_lie_side_by_side():
    units = unit_vectors("e", [[3.0, 4.0]], 1, 2)
    kept = [*as_bytes(units, "float16"), *as_bytes(units, "float32"), b"", b"\0" * 4]
    found, sound = from_bytes(kept, 2)
    assert sound.tolist() == [True, True, False, False]
    assert found[:2] == pytest.approx(np.array([[0.6, 0.8]] * 2), abs=1e-3)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        5,
        [[1.0, 2.0]],
        [[1.0], [2.0]],
        [[1.0, 2.0], [0.0, 0.0]],
        [[1.0, 2.0], [1e-300, 0.0]],
        [[1.0, 2.0], [float("nan"), 1.0]],
        [[1.0, 2.0], [float("inf"), 1.0]],
        [[1.0, 2.0], [1e308, 1e308]],
        [[1.0, 2.0], [1.0]],
        [[1.0, 2.0], ["1", "2"]],
        [[1.0, 2.0], [None, 1.0]],
        [[True, False], [True, True]],
        [[10**400, 1], [1, 1]],
        None,
        "vectors",
    ],
)
def test_what_is_no_vector_of_its_own_for_each_text_is_refused(answer):
    with pytest.raises(BadVectors, match=r"^e: "):
        unit_vectors("e", answer, 2, 2)


def test_cosines_say_how_alike_vectors_are():
    units = unit_vectors("e", [[2, 0], [0, 5], [-1, 0], [1, 1]], 4, 2)
    assert cosines(units, units[0]) == pytest.approx([1, 0, -1, 0.5**0.5])
