from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.embeddings.http_answers import most_bytes, rows_of
from token_budget.context.errors import BadVectors

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("data"), inner),
)


@given(st.permutations(range(5)))
def test_numbers_decide_the_order(order):
    entries = [{"index": n, "embedding": [float(n)]} for n in order]
    assert rows_of("e", json.dumps({"data": entries}).encode(), 5) == [[float(n)] for n in range(5)]


def test_without_numbers_the_order_is_that_of_the_texts():
    entries = [{"embedding": [1.0]}, {"embedding": [2.0]}]
    assert rows_of("e", json.dumps({"data": entries}).encode(), 2) == [[1.0], [2.0]]


@given(JSON.map(lambda one: json.dumps(one).encode()) | st.binary())
def test_anything_else_is_an_error_of_ours(body):
    with pytest.raises(BadVectors):
        rows_of("e", body, 3)


@pytest.mark.parametrize("index", [-1, 2, 1.0, "0", True, None])
def test_a_number_of_no_text_is_refused(index):
    entries = [{"index": 0, "embedding": [1.0]}, {"index": index, "embedding": [2.0]}]
    with pytest.raises(BadVectors, match="not numbered"):
        rows_of("e", json.dumps({"data": entries}).encode(), 2)


@given(st.integers(1, 20), st.integers(1, 50))
def test_an_honest_answer_is_never_too_long(texts, dimension):
    entries = [
        {"object": "embedding", "index": n, "embedding": [-1.2345678901234567e-300] * dimension}
        for n in range(texts)
    ]
    body = json.dumps({"object": "list", "data": entries, "model": "m" * 100}, indent=2)
    assert len(body) <= most_bytes(texts, dimension)
