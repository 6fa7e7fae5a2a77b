"""Contents with raw line breaks, and strings without an end: what becomes an operation."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ndjson.errors import LimitExceeded
from ndjson.limits import Limits
from ndjson.operations import Delete
from ndjson.parser import Parser, parse
from tests.ndjson.strategies import (
    FIXTURE,
    as_array_over_lines,
    as_crlf,
    as_lines,
    as_lines_with_prose,
    file_operations,
    texts,
)

BEFORE = '{"type":"delete","path":"before"}'
INNER = '{"type":"delete","path":"in"}'
AFTER = '{"type":"delete","path":"after"}'
DONE = '{"type":"done"}'
OPEN = '{"type":"create","path":"x","content":"x'

OBJECTS = [
    ('{"type":"create","path":"p","content":"', '"}'),
    ('{"type":"create","content":"', '","path":"p"}'),
    ('{"type":"create","path":"p","content":"', '","overwrite":true}'),
    ('{"type":"create","path":"p","lines":["', '"]}'),
    ('{"type":"modify","path":"p","edits":[{"type":"append","content":"', '"}]}'),
    ('{\n  "type": "create",\n  "content": "', '",\n  "path": "p"\n}'),
    ('{\n  "type": "create",\n  "path": "p",\n  "content": "', '"\n}'),
]
"""What stands before and after a content."""


def by_line(one):
    return f"{BEFORE}\n{one}\n{AFTER}\n{DONE}\n"


ANSWERS = [
    by_line,
    lambda one: f"{BEFORE}\n{one}",
    lambda one: by_line(one).replace("\n", "\r\n"),
    lambda one: f"Here:\n\n```json\n{by_line(one)}```\nThat is all.\n",
    lambda one: f"{BEFORE} {one} {AFTER} {DONE}",
    lambda one: f"[\n  {BEFORE},\n  {one},\n  {AFTER}\n]\n",
    lambda one: f'{{"operations":[{BEFORE},{one},{AFTER}]}}',
    lambda one: f"{by_line(one)}{one}\n{AFTER}\n{DONE}\n",
]


def paths(partial):
    return [operation.path for operation in partial.operations]


def no_end(text):
    """Leave out a text that ends its object by itself: it is not content then."""
    assume(not re.search(r'"\s*[,}\]]', text))
    return text


contents = st.builds(
    lambda begin, middle, end: f"{begin}\n{FIXTURE}{middle}\n{FIXTURE}{end}",
    texts.map(no_end),
    texts,
    st.sampled_from(["", "y", "\n", '"', '"quoted"', "```", "{", '{"a":', "]", "\\\\"]),
)
objects = st.builds(
    lambda ends, content: f"{ends[0]}{content}{ends[1]}", st.sampled_from(OBJECTS), contents
)
answers = st.builds(lambda whole, one: whole(one), st.sampled_from(ANSWERS), objects)


class TestContentWithRawLineBreaks:
    @given(answers)
    def test_an_operation_inside_is_never_read(self, answer):
        partial = parse(answer)
        assert set(paths(partial)) <= {"before", "after"}
        assert paths(partial)[:1] == ["before"]
        assert partial.rejected_count

    @given(answers, st.integers(0))
    def test_nor_when_the_answer_was_cut_off(self, answer, cut):
        partial = parse(answer[: cut % (len(answer) + 1)], "max_tokens")
        assert set(paths(partial)) <= {"before", "after"}
        assert partial.unfinished is None or partial.unfinished.path != "never"

    @given(answers, st.lists(st.integers(0, 9)))
    def test_any_chunks_give_the_same(self, answer, sizes):
        parser, begin, given_out = Parser(), 0, []
        for size in [*sizes, len(answer)]:
            given_out += parser.feed(answer[begin : begin + size])
            begin += size
        partial = parser.close()
        assert partial == parse(answer)
        assert tuple(given_out) == partial.parsed[: len(given_out)]

    @given(st.sampled_from(OBJECTS), contents)
    def test_with_its_quotes_escaped_it_costs_itself_only(self, ends, content):
        escaped = "\n".join(json.dumps(line)[1:-1] for line in f"{content}\nx".split("\n"))
        parser = Parser()
        given_out = parser.feed(f"{BEFORE}\n{ends[0]}{escaped}{ends[1]}\n{AFTER}\n")
        assert [one.operation.path for one in given_out] == ["before", "after"]
        partial = parser.close("max_tokens")
        assert (partial.rejected_count, partial.warnings) == (1, ())

    def test_what_follows_its_end_on_the_same_line_is_read(self):
        answer = f'[{OPEN}\ny"}}, {INNER},\n{AFTER}]'
        partial = parse(answer)
        assert paths(partial) == ["in", "after"]
        assert [answer[slice(*one.span)] for one in partial.parsed] == [INNER, AFTER]

    def test_a_fence_in_it_quotes_nothing_after_it(self):
        assert paths(parse(f'{OPEN}\n```python\n```"}}\n{AFTER}\n{DONE}')) == ["after"]

    @pytest.mark.parametrize("first_line", ['"', '"""', '"x" + y', "it's 5\"", INNER, "", "{", "x"])
    def test_however_its_first_line_breaks(self, first_line):
        begin = '{"type":"create","path":"p","content":"'
        answer = f'{begin}{first_line}\n{INNER}\ny"}}\n{AFTER}\n{DONE}'
        assert paths(parse(answer)) == ["after"]
        assert paths(parse(f"For example {answer}")) == ["after"]

    @pytest.mark.parametrize("prose", [f"A line as {INNER} deletes.", 'No {x} is "open".', '5" {'])
    def test_prose_without_a_begun_object_leaves_nothing_open(self, prose):
        assert len(Parser().feed(f"{prose}\n{AFTER}\n")) == 1

    def test_several_in_a_row(self):
        answer = f'{OPEN}\n{INNER}\ny"}}\n' * 3 + f"{AFTER}\n{DONE}"
        assert paths(parse(answer)) == ["after"]

    def test_a_nested_answer_with_such_a_content_is_not_its_end(self):
        nested = f'{OPEN}\n{INNER}\ny"}}\n{INNER}\n{DONE}\n'
        assert paths(parse(f'{OPEN}\n{nested}"}}\n{AFTER}\n{DONE}')) == ["after"]

    def test_operations_that_may_be_inside_are_rejected_with_the_line_they_may_belong_to(self):
        partial = parse(f'{BEFORE}\n{OPEN}\n{INNER}\ny"}}\n{DONE}')
        rejected = partial.rejected[1]
        reason = "it may be content of the object that line 2 leaves open"
        assert (rejected.line, rejected.reason, rejected.excerpt) == (3, reason, INNER)
        assert any("line 2 leaves its object open" in warning for warning in partial.warnings)

    def test_a_summary_inside_is_none_of_the_answer(self):
        partial = parse(f'{OPEN}\n{{"summary":"never","operations":[]}}\ny"}}\n{DONE}')
        assert partial.meta is None


class TestUnterminatedString:
    @given(
        st.lists(file_operations, min_size=1, max_size=5),
        st.integers(0),
        st.sampled_from([as_lines, as_crlf, as_lines_with_prose, as_array_over_lines]),
    )
    def test_it_costs_its_own_line_only(self, operations, number, shape):
        number %= len(operations)
        operations[number] = Delete(path="without end")
        begin, end, rest = shape(operations).rpartition('without end"}')
        assume("without end" not in begin)
        partial = parse(f"{begin}{end[:-2]}{rest}")
        assert partial.operations == (*operations[:number], *operations[number + 1 :])
        assert (partial.rejected_count, partial.cut) == (1, False)

    def test_nothing_after_it_is_given_out_before_the_end(self):
        parser = Parser()
        assert len(parser.feed(f"{BEFORE}\n{OPEN}\n{AFTER}\n{DONE}\n")) == 1
        assert paths(parser.close()) == ["before", "after"]

    def test_it_costs_its_own_object_only_over_several_lines(self):
        pretty = '{\n  "type": "create",\n  "path": "x,\n  "content": "y"\n}'
        after = '{\n  "type": "delete",\n  "path": "after"\n}'
        assert paths(parse(f"{BEFORE}\n{pretty}\n{after}\n{DONE}")) == ["before", "after"]

    def test_several_of_them(self):
        answer = f"{BEFORE}\n{OPEN}\n{INNER}\n{OPEN}\n{OPEN}\n{AFTER}\n{DONE}"
        partial = parse(answer)
        assert (paths(partial), partial.rejected_count) == (["before", "in", "after"], 3)
        assert any("line 2 leaves its object open" in warning for warning in partial.warnings)

    @pytest.mark.parametrize("stop_reason", ["max_tokens", "model_context_window_exceeded"])
    def test_nothing_after_it_is_known_when_the_answer_was_cut_off(self, stop_reason):
        partial = parse(f"{BEFORE}\n{OPEN}\n{AFTER}\n{DONE}\n", stop_reason)
        assert (paths(partial), partial.rejected_count) == (["before"], 3)

    @pytest.mark.parametrize(
        "rest", ["", f"{DONE}\n{AFTER}\n", f'{DONE}\n{{"type":"create","path":"y']
    )
    def test_nor_when_a_done_is_not_the_last(self, rest):
        partial = parse(f"{BEFORE}\n{OPEN}\n{AFTER}\n{rest}")
        assert (paths(partial), partial.unfinished, partial.cut) == (["before"], None, True)

    def test_the_end_of_a_list_is_as_good_as_a_done(self):
        assert paths(parse(f"[\n{BEFORE},\n{OPEN}}},\n{AFTER}\n]")) == ["before", "after"]

    def test_repeated_operations_after_it_are_named(self):
        partial = parse(f"{AFTER}\n{OPEN}\n{AFTER}\n{DONE}")
        assert [(note.line, note.kind) for note in partial.notes] == [(3, "repeated")]


class TestLimits:
    def test_operations_held_back_count(self):
        parser = Parser(Limits(objects=5))
        with pytest.raises(LimitExceeded):
            parser.feed(f"{OPEN}\n" + f"{AFTER}\n" * 6)
        assert parser.close().operations == ()

    def test_a_string_without_end_is_read_as_lines_once_it_is_too_long(self):
        parser = Parser(Limits(line_bytes=200))
        parser.feed(f"{OPEN}\n" + "y\n" * 200)
        assert parser.feed(f"{AFTER}\n{DONE}\n") == []
        assert paths(parser.close()) == ["after"]

    def test_lines_that_wait_for_the_end_of_a_string_are_read_when_it_never_comes(self):
        partial = parse(f"{OPEN}\n" + "[" * 60 + "\n")
        assert partial.cut_reasons == ("unfinished line", "no done")
