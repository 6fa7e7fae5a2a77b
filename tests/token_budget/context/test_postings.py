from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.postings import Postings, packed_postings, pairs, unpacked_postings

KEYS = st.dictionaries(st.integers(0, 2**32 - 1), st.integers(1, 300), max_size=8)


@given(st.lists(KEYS, max_size=5), KEYS)
def test_what_is_packed_is_unpacked(chunks, whole):
    held = unpacked_postings(packed_postings(chunks, whole))
    for number, words in enumerate(chunks):
        mine = held.of_chunks().chunks == number
        found = dict(
            zip(
                held.keys[: len(mine)][mine].tolist(),
                held.counts[: len(mine)][mine].tolist(),
                strict=True,
            )
        )
        assert found == {key: min(count, 255) for key, count in words.items()}
    file = held.of_file()
    assert dict(zip(file.keys.tolist(), file.counts.tolist(), strict=True)) == {
        key: min(count, 255) for key, count in whole.items()
    }


def test_bytes_of_another_form_are_refused():
    with pytest.raises(ValueError, match="multiple of 7"):
        unpacked_postings(b"12345678")


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 9)), st.integers(1, 255), max_size=30
    )
)
def test_lists_hold_the_documents_of_each_word(held):
    keys = np.array([key for key, _ in held], np.uint32)
    documents = np.array([document for _, document in held], np.int64)
    counts = np.array(list(held.values()), np.uint8)
    postings = Postings.of(pairs(keys, documents, counts), 10)
    for key in {key for key, _ in held}:
        where = postings.list_of(key)
        found = dict(
            zip(postings.documents[where].tolist(), postings.counts[where].tolist(), strict=True)
        )
        assert found == {document: count for (one, document), count in held.items() if one == key}
        assert list(found) == sorted(found)
    absent = next(key for key in range(100) if not any(one == key for one, _ in held))
    assert postings.list_of(absent) == slice(0, 0)
    assert postings.lengths.sum() == sum(held.values())
