from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson.errors import LimitExceeded
from ndjson.nesting import Nesting, tokens

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


def steps(text):
    nesting = Nesting(64)
    fitted = [nesting.step(token) for token, _, _ in tokens(text.encode())]
    return nesting, fitted


@given(values)
def test_every_json_value_fits_and_is_complete_at_its_last_token(value):
    nesting, fitted = steps(json.dumps(value))
    assert all(fitted)
    assert nesting.complete


@given(values.filter(lambda value: isinstance(value, list | dict)), st.integers(0))
def test_what_is_cut_is_not_complete(value, cut):
    text = json.dumps(value)
    nesting, _ = steps(text[: cut % len(text)])
    assert not nesting.complete


@pytest.mark.parametrize(
    "text",
    ["{,}", "{1:2}", '{"a" 1}', '{"a":}', '{"a":1,}', "[,]", "[1,]", "[1 2]", "{]", "[}", "}", ":"],
)
def test_what_cannot_come_does_not_fit(text):
    _, fitted = steps(text)
    assert False in fitted


def test_a_token_that_does_not_fit_changes_nothing():
    nesting = Nesting(2)
    nesting.step(b"{")
    before = (list(nesting.stack), nesting.expect)
    assert not nesting.step(b"]")
    assert not nesting.step(b"?")
    assert (nesting.stack, nesting.expect) == before


def test_depth_is_limited():
    nesting = Nesting(2)
    assert [nesting.step(b"["), nesting.step(b"[")] == [True, True]
    with pytest.raises(LimitExceeded):
        nesting.step(b"[")


def test_tokens_have_their_bytes():
    line = b' {"a\\"}" :\t-1.5e3,'
    found = [(token, line[start:end]) for token, start, end in tokens(line)]
    assert found == [
        (b"{", b"{"),
        (b'"', b'"a\\"}"'),
        (b":", b":"),
        (b"v", b"-1.5e3"),
        (b",", b","),
    ]


def test_a_string_without_end_is_no_token():
    assert next(tokens(b'"a\\"'))[0] == b"?"
