from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.trees import LEAF, Node, Trees

STEP = (Node(0, 1.5, 1, 2), Node(LEAF, -1.0), Node(1, 0.0, 3, 4), Node(LEAF, 2.0), Node(LEAF, 5.0))
TREES = Trees(10.0, (STEP, (Node(LEAF, 0.25),)))


@pytest.mark.parametrize(
    ("row", "value"),
    [((1.5, 9.0), 9.25), ((1.6, 0.0), 12.25), ((1.6, 0.1), 15.25)],
)
def test_a_row_goes_left_up_to_the_number(row, value):
    assert TREES.predict(row) == value


def test_trees_survive_their_json():
    assert Trees.from_json(json.loads(json.dumps(TREES.as_json())), features=2) == TREES


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        ([], r"trees\[0\]: expected at least one node"),
        ([[2, 0.0, 1, 2], [1.0], [2.0]], r"trees\[0\]: expected a feature under 2, found 2"),
        ([[0, 0.0, 0, 1], [1.0]], "expected children after node 0"),
        ([[0, 0.0, 1, 3], [1.0], [2.0]], "expected children after node 0"),
        ([[0, float("nan"), 1, 2], [1.0], [2.0]], "expected a finite number, found nan"),
        ([[0, 0.0, 1], [1.0]], "not enough values"),
    ],
)
def test_a_damaged_tree_is_refused(tree, reason):
    with pytest.raises(ValueError, match=reason):
        Trees.from_json({"start": 0.0, "trees": [tree]}, features=2)


@given(st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)))
def test_every_row_has_a_value_between_the_answers(row):
    assert 9.25 <= TREES.predict(row) <= 15.25
