from __future__ import annotations

import json

import pytest

from benchmarks.answer_shapes import BY_LINE, SHAPES, written
from ndjson import Append, Create, Delete, Modify, Rename, parse

CONTENT = 'é = "\U0001f600"\n\u2028\n\tdel x\\\n'
OPERATIONS = [
    Create(path='a "content": "x" \n.py', content=CONTENT),
    Modify(path="b.py", edits=(Append(content="x\n"),)),
    Rename(path="c.py", to="d.py"),
    Delete(path="e.py"),
    Create(path="f.py", content="no final line end"),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_parser_reads_every_shape(shape):
    found = parse(written(OPERATIONS, shape).data)
    assert list(found.operations) == OPERATIONS
    assert not found.cut
    assert not found.rejected


@pytest.mark.parametrize("shape", SHAPES)
def test_every_operation_ends_with_its_bracket(shape):
    answer = written(OPERATIONS, shape)
    assert [one.operation for one in answer.placed] == OPERATIONS
    assert {answer.data[one.end - 1 : one.end] for one in answer.placed} == {b"}"}
    assert answer.complete(len(answer.data)) == len(OPERATIONS)
    first = answer.placed[0].end
    assert [answer.complete(cut) for cut in (0, first - 1, first)] == [0, 0, 1]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_content_arrives_from_its_first_byte_to_its_last(shape):
    answer = written(OPERATIONS, shape)
    for placed in (answer.placed[0], answer.placed[-1]):
        content = placed.operation.content
        arrived = [placed.arrived(cut) for cut in range(len(answer.data) + 1)]
        assert arrived[0] == ""
        assert arrived[placed.end] == content
        assert all(content.startswith(one) for one in arrived)
        sizes = [len(one) for one in arrived]
        assert sizes == sorted(sizes)
        assert len(set(sizes)) == len(content) + 1


def test_a_character_has_arrived_with_the_last_byte_of_its_escape():
    answer = written([Create(path="a", content="\n\U0001f600")], "ndjson, ASCII")
    [placed] = answer.placed
    at = answer.data.index(b"\\ud83d")
    assert placed.arrived(at) == "\n"
    assert placed.arrived(at - 1) == ""
    assert placed.arrived(at + 11) == "\n"
    assert placed.arrived(at + 12) == "\n\U0001f600"


def test_a_line_of_a_list_is_whole_with_its_closing_quote():
    answer = written([Create(path="a", content="one\n\ntwo\n")], "ndjson with lines")
    [placed] = answer.placed
    at = answer.data.index(b'"one"') + len(b'"one"')
    assert placed.arrived(at - 2) == "on"
    assert placed.arrived(at - 1) == "one"
    assert placed.arrived(at) == placed.arrived(at + 2) == "one\n"
    assert placed.arrived(at + 3) == placed.arrived(at + 5) == "one\n\n"
    assert placed.arrived(at + 6) == "one\n\nt"
    assert placed.arrived(placed.end) == "one\n\ntwo\n"


def test_what_has_no_content_never_arrives():
    answer = written(OPERATIONS[1:4], "ndjson")
    assert {one.arrived(len(answer.data)) for one in answer.placed} == {""}


def test_shapes_by_line_have_an_object_on_each_line():
    for shape in BY_LINE:
        text = written(OPERATIONS, shape).data.decode()
        objects = [json.loads(line) for line in text.split("\n") if line.startswith("{")]
        assert [one["type"] for one in objects][1:-1] == [one.type for one in OPERATIONS]
