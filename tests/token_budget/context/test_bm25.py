from __future__ import annotations

import math

import numpy as np
import pytest

from token_budget.context.bm25 import Bm25, Collection, scored
from token_budget.context.postings import Postings, pairs
from token_budget.context.words import word_key


def collection(*documents, live=None):
    held = [
        (word_key(word), number, count)
        for number, one in enumerate(documents)
        for word, count in one.items()
    ]
    keys, numbers, counts = zip(*held, strict=True)
    made = pairs(np.array(keys, np.uint32), np.array(numbers, np.int64), np.array(counts, np.uint8))
    alive = np.ones(len(documents), bool) if live is None else np.array(live)
    return Collection(Postings.of(made, len(documents)), alive)


def test_scores_are_those_of_the_formula():
    (found,) = scored(
        [collection({"a": 2, "b": 1}, {"b": 3}, {"c": 1})], {"a": 1.0, "b": 0.5}, Bm25()
    )
    average = (3 + 3 + 1) / 3

    def part(holding, count, length):
        rarity = math.log(1 + (3 - holding + 0.5) / (holding + 0.5))
        return rarity * 2.2 * count / (count + 1.2 * (0.25 + 0.75 * length / average))

    expected = [part(1, 2, 3) + 0.5 * part(2, 1, 3), 0.5 * part(2, 3, 3), 0]
    assert found == pytest.approx(expected)


def test_parts_count_as_one_collection_and_the_dead_not_at_all():
    documents = [{"a": 1, "b": 2}, {"a": 3}, {"c": 1, "b": 1}]
    (whole,) = scored([collection(*documents)], {"a": 1, "b": 1}, Bm25())
    stale = collection(documents[0], {"a": 9, "b": 9}, live=[True, False])
    parts = scored([stale, collection(*documents[1:])], {"a": 1, "b": 1}, Bm25())
    assert parts[0] == pytest.approx([whole[0], 0])
    assert parts[1] == pytest.approx(whole[1:])


def test_without_words_nothing_scores():
    (found,) = scored([collection({"a": 1})], {}, Bm25())
    assert found.tolist() == [0]
    (found,) = scored([collection({"a": 1})], {"unknown": 1}, Bm25())
    assert found.tolist() == [0]


@pytest.mark.parametrize(
    "wrong", [{"saturation": -1}, {"length_weight": 1.5}, {"saturation": math.nan}]
)
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        Bm25(**wrong)
