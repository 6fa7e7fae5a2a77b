from __future__ import annotations

from token_budget.context.signals.embedded import nearness
from token_budget.context.values import Chunk

A, B, C = (Chunk(path, 1, 1, 1, "", "") for path in "abc")


def test_the_nearest_has_one_and_the_farthest_nothing():
    assert nearness({A: 0.7, B: 0.8, C: 0.9}) == {B: (0.8 - 0.7) / (0.9 - 0.7), C: 1.0}


def test_where_all_are_alike_nothing_is_said():
    assert nearness({A: 0.5, B: 0.5}) == nearness({}) == {}
