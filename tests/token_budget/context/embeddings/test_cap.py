from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.embeddings.cap import EmbeddingCap
from token_budget.errors import ConfigError


@given(st.integers(1, 50), st.lists(st.integers(0, 30)))
def test_no_more_than_the_cap_is_ever_allowed(texts, asked):
    cap, sent = EmbeddingCap(texts), 0
    for number in asked:
        allowed = cap.allowed(number)
        assert 0 <= allowed <= number
        assert allowed == number or sent + allowed == texts
        cap.spend(allowed)
        sent += allowed
    assert sent == min(texts, sum(asked))


def test_minus_one_is_no_limit_and_zero_is_off():
    assert EmbeddingCap().allowed(10**9) == 10**9
    assert not EmbeddingCap().is_off
    assert EmbeddingCap(0).is_off
    assert EmbeddingCap(0).allowed(1) == 0


@pytest.mark.parametrize("texts", [-2, 1.5, True, "5", None])
def test_what_is_no_cap_is_refused(texts):
    with pytest.raises(ConfigError, match="no limit"):
        EmbeddingCap(texts)
