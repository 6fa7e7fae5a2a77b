from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import fuzz_oracle
from benchmarks.answer_shapes import SHAPES, written
from benchmarks.fuzz_oracle import (
    check,
    check_any_bytes,
    check_cut,
    outcome,
    pieces,
    unfinished_content,
)
from ndjson import Create, Delete, Limits, Parser, parse

ANSWER = written([Create(path="a.py", content="x = 1\ny = 2\n"), Delete(path="b.py")], "ndjson")
WITHIN = ANSWER.data.index(b"y = 2") + 3


class RandomChoices:
    """Choices without a fuzzer."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def integer(self, low, high):
        return self._random.randint(low, high)

    def text(self, most):
        alphabet = 'ab"\\{}[]:,\n\r`é\u2028\U0001f600'
        return "".join(self._random.choices(alphabet, k=self._random.randint(0, most)))

    def rest(self):
        lines = [b'{"type":"delete","path":"x"}', b"```json", b"[", b"{", b"", b"prose", b"\xff"]
        return b"\n".join(self._random.choices(lines, k=self._random.randint(0, 30)))


@given(st.integers())
def test_the_parser_passes(seed):
    check(RandomChoices(seed))


@given(st.binary(max_size=200), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_the_parser_passes_on_any_bytes(data, sizes):
    check_any_bytes(data, sizes)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_parser_passes_at_every_cut(shape):
    operations = [one.operation for one in ANSWER.placed]
    answer = written(operations, shape)
    for cut in range(len(answer.data) + 1):
        check_cut(answer, cut)


def test_a_limit_is_an_outcome():
    found = outcome([b"{}\n" * 3], Limits(objects=2))
    assert found.limit == "objects"
    assert found.partial.rejected_count == 2
    assert outcome([b"{}\n"], Limits()).limit == ""


@pytest.mark.parametrize("data", ["hello", b"hello", ""])
def test_pieces_are_the_whole(data):
    found = list(pieces(data, [2, 1]))
    assert type(data)().join(found) == data
    assert [len(one) for one in found[:2]] == [2, 1][: len(found)]


def test_what_had_arrived_of_a_create_ends_with_a_whole_line():
    assert unfinished_content(ANSWER, WITHIN) == "x = 1\n"
    assert unfinished_content(ANSWER, ANSWER.placed[0].end) == ""
    assert unfinished_content(ANSWER, len(ANSWER.data)) == ""


class ForgetsHalfAChunk(Parser):
    def feed(self, chunk):
        return super().feed(chunk[: len(chunk) // 2 + 1])


class Crashes(Parser):
    def feed(self, chunk):
        if b"\xff" in chunk:
            raise UnicodeDecodeError("utf-8", chunk, 0, 1, "invalid")
        return super().feed(chunk)


def test_a_parser_that_depends_on_the_chunks_is_found(monkeypatch):
    monkeypatch.setattr(fuzz_oracle, "Parser", ForgetsHalfAChunk)
    with pytest.raises(AssertionError, match="chunks"):
        check_any_bytes(ANSWER.data, [7])


def test_an_exception_is_found(monkeypatch):
    monkeypatch.setattr(fuzz_oracle, "Parser", Crashes)
    with pytest.raises(UnicodeDecodeError):
        check_any_bytes(b"\xff", [1])


def without_operations(found):
    return replace(found, parsed=())


def with_half_a_line(found):
    unfinished = replace(found.unfinished, content=f"{found.unfinished.content}y =")
    return replace(found, unfinished=unfinished)


def with_another_path(found):
    return replace(found, unfinished=replace(found.unfinished, path="c.py"))


def without_unfinished(found):
    return replace(found, unfinished=None)


def taken_for_whole(found):
    return replace(found, cut_reasons=())


def taken_for_cut(found):
    return replace(found, cut_reasons=("stop reason max_tokens",))


@pytest.mark.parametrize(
    ("fault", "cut", "message"),
    [
        (without_operations, len(ANSWER.data), "other operations"),
        (with_half_a_line, WITHIN, "other content"),
        (with_another_path, WITHIN, "another path"),
        (without_unfinished, WITHIN, "other content"),
        (taken_for_whole, WITHIN, "not taken for cut off"),
        (taken_for_cut, len(ANSWER.data), "a whole answer taken for cut off"),
    ],
)
def test_every_fault_is_found(monkeypatch, fault, cut, message):
    monkeypatch.setattr(fuzz_oracle, "parse", lambda data: fault(parse(data)))
    with pytest.raises(AssertionError, match=message):
        check_cut(ANSWER, cut)
