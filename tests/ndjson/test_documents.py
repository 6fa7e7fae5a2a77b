from __future__ import annotations

import pytest

from ndjson.documents import Documents
from ndjson.errors import LimitExceeded


def read(*lines, last=False):
    documents, offset = Documents(64, 1000), 0
    for number, line in enumerate(lines, 1):
        broken = documents.read(line, number, offset, last=last and number == len(lines))
        offset += len(line) + 1
        if broken is not None:
            return documents, broken
    return documents, None


def data(documents):
    return [found.data for found in documents.found]


def test_objects_on_one_line_are_told_apart():
    documents, _ = read(b'{"a":"}"} {"b":{}},{}')
    assert data(documents) == [b'{"a":"}"}', b'{"b":{}}', b"{}"]


def test_an_object_over_several_lines_has_its_first_line_and_its_span():
    documents, _ = read(b" {", b'"a":', b"1} {}")
    first, second = documents.found
    assert (first.data, first.line, first.lines, first.span) == (b'{\n"a":\n1}', 1, 3, (1, 10))
    assert (second.line, second.lines, second.span) == (3, 1, (11, 13))


@pytest.mark.parametrize(
    "opening", [b"[", b'{"operations":[', b'{"x":{},"files" : [', b'{"files":[']
)
def test_a_list_gives_out_its_elements(opening):
    documents, _ = read(opening, b'{"a":1},', b"[2], 3]")
    assert data(documents) == [b'{"a":1}', b"[2]", b"3"]
    assert all(found.listed for found in documents.found)
    assert documents.whole == (opening == b"[")


def test_the_object_round_a_list_is_whole_at_its_own_end():
    documents, _ = read(b'{"files":[{}]', b', "x": [1]}')
    assert (data(documents), documents.whole) == ([b"{}"], True)
    assert documents.header == b'{"files":['


@pytest.mark.parametrize(
    "line", [b'{"type":"x","files":[{}]}', b'{"a":{"files":[{}]}}', b'{"files":{"files":[{}]}}']
)
def test_other_lists_are_parts_of_their_object(line):
    documents, _ = read(line)
    assert data(documents) == [line]


def test_a_break_names_the_byte_and_keeps_what_came_before():
    documents, broken = read(b'{"a":1} {"b":2} {"c" 3}')
    assert data(documents) == [b'{"a":1}', b'{"b":2}']
    assert (broken.line, broken.data, broken.reread) == (1, b'{"c" 3}', False)
    assert "'3' cannot stand at byte 22" in broken.reason


def test_text_after_an_object_takes_the_object_with_it():
    documents, broken = read(b"{}, {} x")
    assert data(documents) == [b"{}"]
    assert broken.data == b"{}"


def test_a_line_that_cannot_go_on_with_the_object_is_not_part_of_it():
    documents, broken = read(b'{"a":1', b'{"b":2}')
    assert (broken.line, broken.data, broken.reread) == (1, b'{"a":1\n', True)
    assert not documents.open


def test_a_line_end_within_a_string_is_a_break():
    _, broken = read(b"{", b'"a":"x')
    assert (broken.line, broken.in_string, broken.reread) == (1, True, False)


def test_the_end_of_the_answer_within_a_string_is_none():
    documents, broken = read(b"{", b'"a":"x', last=True)
    assert broken is None
    assert documents.unfinished == (b'{\n"a":"x', 1)


def test_a_broken_element_leaves_its_list_open():
    documents, broken = read(b'[{"a" 1}')
    assert broken is not None
    assert documents.listing


def test_a_value_over_several_lines_is_limited():
    with pytest.raises(LimitExceeded):
        read(*[b'{"a":"' + b"x" * 600 + b'",', b'"b":"' + b"x" * 600 + b'",'])
