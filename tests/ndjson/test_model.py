from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson.model import scalar_values


@given(st.text())
def test_text_of_scalar_values_stays_as_it_is(text):
    assert scalar_values(text) is text


def test_a_lone_surrogate_is_named_with_its_place():
    with pytest.raises(ValueError, match=r"U\+DC00\) at character 1"):
        scalar_values("x\udc00")
