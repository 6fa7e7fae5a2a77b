from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson.broken_strings import (
    OpenString,
    Reading,
    is_whole_json,
    may_begin_object,
    may_end_string,
    may_leave_string_open,
)
from ndjson.limits import Limits

BEGIN = b'{"type":"create","path":"a","content":"x'


LIMITS = Limits(depth=9)


def read(*lines, begin=BEGIN, listing=False, limits=LIMITS):
    string = OpenString(begin, 1, limits)
    found = [string.read(line, 2, 0, last=False, listing=listing) for line in lines]
    return found[-1], string


class TestMayEndString:
    @pytest.mark.parametrize(
        "line",
        [
            b'"}',
            b'y"}',
            b'y"}\r',
            b'y",',
            b'y"',
            b'y" }, ',
            b'","overwrite":true}',
            b'y","lines":["a"]}',
            b'{"type":"delete","path":"b"}"}',
            b'{"a":"}',
            b'{"',
            b'{"a":"',
            b'```"}',
            b'print("y")"}]}',
        ],
    )
    def test_a_line_that_closes_more_than_it_opens(self, line):
        assert may_end_string(line)

    @pytest.mark.parametrize(
        "line",
        [
            b"",
            b"}",
            b"plain prose",
            b'a "quoted" word',
            b'{"type":"delete","path":"b"}',
            b'  {"type":"delete","path":"b"},',
            b'{"type":"create","path":"a","content":"',
            b'{"type":"create","path":"a","content":"x',
        ],
    )
    def test_a_line_that_does_not(self, line):
        assert not may_end_string(line)

    @given(st.binary().filter(lambda data: b"\n" not in data), st.sampled_from([b"}", b"]}", b","]))
    def test_whatever_stands_before_the_end(self, begin, end):
        line = begin + b'"' + end
        assert may_end_string(line) or is_whole_json(line)


class TestMayLeaveStringOpen:
    @pytest.mark.parametrize(
        "data",
        [
            BEGIN,
            BEGIN + b'{"type":"delete","path":"b"}',
            BEGIN + b'5" and 6" x',
            BEGIN + b'5" and }',
            b'{"type":"create","path":"a","content":"""' + b'"',
            b'{"type":"delete"',
        ],
    )
    def test_open(self, data):
        assert may_leave_string_open(data)

    @pytest.mark.parametrize(
        "data", [b"{]", BEGIN + b'"}', BEGIN + b' "quoted" word"}', BEGIN + rb'\""}}']
    )
    def test_closed(self, data):
        assert not may_leave_string_open(data)


class TestMayBeginObject:
    @pytest.mark.parametrize("data", [BEGIN, BEGIN + b'"', BEGIN + b'{"a":1}', b'{ "'])
    def test_one_that_is_not_closed(self, data):
        assert may_begin_object(b"As " + data)

    @pytest.mark.parametrize("prose", [b"", b"{", b'5"', b'5" {', b'As {"a":"b"} does.', b'{x} "'])
    def test_none(self, prose):
        assert not may_begin_object(prose)


class TestOpenString:
    @pytest.mark.parametrize(
        "lines",
        [
            [b'y"}'],
            [b'"}'],
            [b"y", b"", b"{", rb'print(\"y\")"}'],
            [b'y",', b' "overwrite": true', b"}"],
            [b'y","other":"z', b'"}'],
            [b'y"},'],
            [b'y"} {"type":"done"}'],
        ],
    )
    def test_an_object_ends_where_the_grammar_ends_it(self, lines):
        found, string = read(*lines)
        assert found is Reading.ENDS
        assert lines[-1][string.end :] in (b"", b'{"type":"done"}')

    @pytest.mark.parametrize("line", [b"", b"y", rb"\"", b'y"', b'y", "path":'])
    def test_it_goes_on_until_then(self, line):
        assert read(line)[0] is Reading.GOES_ON

    @pytest.mark.parametrize(
        "line",
        [
            b'{"type":"delete","path":"b"}',
            b'print("y")"}',
            b'y"]',
            b'y"} and',
            b'y"}]',
            b'y","a":' + b"[" * 9,
        ],
    )
    def test_it_fails_at_what_does_not_fit(self, line):
        assert read(line)[0] is Reading.FAILS

    def test_a_list_may_end_behind_its_element(self):
        assert read(b'y"}]', listing=True)[0] is Reading.ENDS

    def test_a_backslash_may_escape_the_line_break(self):
        assert read(b'"}', begin=BEGIN + b"\\")[0] is Reading.ENDS

    def test_an_object_over_several_lines_is_read_on_too(self):
        assert read(b'y"', b"}", begin=b'{\n  "content": "x')[0] is Reading.ENDS

    def test_what_is_no_object_within_a_string_fails_at_once(self):
        assert read(b'y"}', begin=b'], "summary": "x')[0] is Reading.FAILS

    def test_the_bytes_of_an_object_are_limited(self):
        limits = Limits(line_bytes=len(BEGIN) + 40)
        assert read(b"y" * 39, limits=limits)[0] is Reading.GOES_ON
        assert read(b"y" * 40, limits=limits)[0] is Reading.FAILS

    def test_so_are_its_lines(self):
        assert read(b"", b"", limits=Limits(objects=2))[0] is Reading.GOES_ON
        assert read(b"", b"", b"", limits=Limits(objects=2))[0] is Reading.FAILS
