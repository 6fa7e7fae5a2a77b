from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.telemetry import LogTail

LINES = st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=40)


@given(LINES, st.integers(1, 100))
def test_it_is_never_over_its_bound_and_keeps_the_end_in_order(lines, most):
    tail = LogTail(most)
    for number, line in enumerate(lines, start=1):
        tail.add(line)
        whole = b"".join(one + b"\n" for one in lines[:number])
        kept = b"".join(one + b"\n" for one in tail.lines)
        assert len(kept) == len(tail) <= most
        assert whole.endswith(kept)
        assert tail.dropped_bytes == len(whole) - len(kept)


@given(LINES, st.integers(31, 100))
def test_it_counts_the_lines_that_are_gone(lines, most):
    tail = LogTail(most)
    for line in lines:
        tail.add(line)
    assert tail.dropped_lines + len(tail.lines) == len(lines)


def test_of_a_line_without_room_the_end_is_kept():
    tail = LogTail(4)
    tail.add("before")
    tail.add("abcdef")
    assert tail.lines == (b"def",)
    assert (tail.dropped_lines, tail.dropped_bytes) == (2, 3 + 4 + 3)


def test_a_text_that_utf_8_cannot_hold_is_kept_escaped():
    tail = LogTail()
    tail.add("\ud800é")
    assert tail.lines == (b"\\ud800" + "é".encode(),)


def test_as_bytes_it_says_what_is_missing():
    tail = LogTail(8)
    tail.add("one")
    assert bytes(tail) == b"one\n"
    tail.add("two")
    tail.add("three")
    assert bytes(tail) == b"[2 earlier lines dropped, 8 bytes]\nthree\n"


def test_no_room_is_refused():
    with pytest.raises(ValueError, match="expected 1 or more"):
        LogTail(0)
