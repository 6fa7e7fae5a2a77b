from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson.errors import LimitExceeded
from ndjson.lines import Encoder, Lines


@given(st.lists(st.binary(max_size=5) | st.just(b"\n")))
def test_lines_are_those_of_the_whole_text(chunks):
    lines = Lines(1000)
    whole = [line for chunk in chunks for line in lines.feed(chunk)]
    assert [*whole, lines.rest()] == b"".join(chunks).split(b"\n")


def test_a_long_unfinished_line_is_refused_and_let_go():
    lines = Lines(3)
    lines.feed(b"abc")
    with pytest.raises(LimitExceeded):
        lines.feed(b"d")
    assert lines.rest() == b""


def test_what_is_left_after_whole_lines_is_checked_apart():
    lines = Lines(3)
    assert lines.feed(b"a\nbcde") == [b"a"]
    with pytest.raises(LimitExceeded):
        lines.check()


@given(st.text(), st.lists(st.integers(0, 5)))
def test_text_may_be_cut_anywhere_even_within_a_pair(text, sizes):
    halves = text.encode("utf-16-le")
    units = [
        halves[i : i + 2].decode("utf-16-le", "surrogatepass") for i in range(0, len(halves), 2)
    ]
    encoder = Encoder()
    data = b""
    for size in [*sizes, len(units)]:
        data += encoder.encode("".join(units[:size]))
        units = units[size:]
    assert data + encoder.rest() == text.encode()


def test_a_half_alone_becomes_bytes_that_are_not_utf_8():
    encoder = Encoder()
    data = encoder.encode("\ud83d") + encoder.encode("x\ude00") + encoder.encode("\ud83d")
    assert data == b"\xed\xa0\xbdx\xed\xb8\x80"
    assert encoder.rest() == b"\xed\xa0\xbd"
