from __future__ import annotations

import numpy as np

from token_budget.context.features import features
from token_budget.context.gathering import Signals
from token_budget.context.values import Chunk

A, B, C = Chunk("a", 1, 5, 10, "", ""), Chunk("a", 6, 9, 20, "", ""), Chunk("b", 1, 1, 30, "", "")


def test_figures_are_shares_of_the_highest():
    made = features(
        Signals([A, B, C], {"path": {"a": 4.0, "b": 1.0}}, {"chunk words": [0, 2.0, 0]})
    )
    assert made["path"].tolist() == [1.0, 1.0, 0.25]
    assert made["chunk words"].tolist() == [0.0, 1.0, 0.0]


def test_a_signal_that_names_nothing_says_nothing():
    made = features(Signals([A, C], {"path": {}}, {"chunk words": [0, 0]}))
    assert made["path"].tolist() == made["chunk words"].tolist() == [0.0, 0.0]


def test_a_rank_falls_from_the_first_and_is_nothing_for_what_is_not_named():
    made = features(Signals([A, C], {"file words": {"a": 0.1}}))
    ranks = made["file words rank"]
    assert ranks[0] > ranks[1] == 0.0


def test_changes_count_by_their_logarithm():
    made = features(Signals([A, B], {}, {"changed lately": [3.0, 0.0]}))
    assert np.allclose(made["changed lately"], [np.log(4.0), 0.0])


def test_sizes_are_those_of_the_chunk_and_of_its_file():
    made = features(Signals([A, B, C], {}))
    assert made["size"].tolist() == sorted(made["size"].tolist())
    assert made["size of file"].tolist() == [np.log(2), np.log(2), 0.0]


def test_similarities_are_a_feature_of_their_own():
    made = features(Signals([A, B], {}), {A: 0.2, B: 0.6})
    assert made["embedding"].tolist() == [0.0, 1.0]


def test_where_a_chunk_is_and_whether_it_ever_changed_are_features():
    made = features(Signals([A, B, C], {}, {}, [(3,), (), (1, 2)]))
    assert made["first chunk"].tolist() == [1.0, 0.0, 1.0]
    assert made["last chunk"].tolist() == [0.0, 1.0, 1.0]
    assert made["never changed"].tolist() == [0.0, 1.0, 0.0]
