from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson.errors import LimitExceeded, NdjsonError
from ndjson.limits import Limits
from ndjson.operations import Create, Delete, Done, Meta, encode
from ndjson.parser import Parser, parse
from ndjson.reports import KEPT_REPORTS
from tests.ndjson.strategies import FIXTURE, SHAPES, answers, operations, texts

DELETE = '{"type":"delete","path":"a"}'
OTHER = '{"type":"delete","path":"b"}'
DONE = '{"type":"done"}'


def paths(partial):
    return [operation.path for operation in partial.operations]


def reasons(partial):
    return [(one.line, one.reason) for one in partial.rejected]


def kinds(partial):
    return {note.kind for note in partial.notes}


def pieces(data, sizes):
    begin = 0
    for size in sizes:
        yield data[begin : begin + size]
        begin += size
    yield data[begin:]


class TestOneObjectALine:
    def test_an_operation_is_given_out_when_its_line_is_complete(self):
        parser = Parser()
        assert parser.feed(DELETE) == []
        (parsed,) = parser.feed("\n")
        assert (parsed.operation, parsed.line, parsed.span) == (Delete(path="a"), 1, (0, 28))

    def test_spans_are_bytes_of_the_answer(self):
        answer = f'\ufeff\r\n{{"type":"delete","path":"é"}} {DELETE}\r\n  {OTHER}'.encode()
        spans = [answer[slice(*one.span)] for one in parse(answer).parsed]
        assert spans == ['{"type":"delete","path":"é"}'.encode(), DELETE.encode(), OTHER.encode()]

    def test_the_last_line_needs_no_line_break(self):
        partial = parse(f"{DELETE}\n{DONE}")
        assert paths(partial) == ["a"]
        assert partial.cut_reasons == ()

    def test_a_finished_answer_may_hold_no_operation(self):
        partial = parse('{"type":"meta","summary":"nothing to do"}\n{"type":"done"}')
        assert (partial.operations, partial.cut) == ((), False)
        assert partial.meta == Meta(summary="nothing to do")

    def test_a_lone_summary_is_rejected_and_reading_ends(self):
        partial = parse('{"summary": "nothing to do"}')
        assert reasons(partial) == [(1, "the field 'type' is missing from 'summary'")]
        assert (partial.operations, partial.cut_reasons) == ((), ("no done",))

    @pytest.mark.parametrize("separator", ["\u2028", "\x0c", "\x85", "\x0b", "\x1c"])
    def test_only_a_line_feed_ends_a_line(self, separator):
        operation = Create(path="a", content=f"x{separator}y")
        assert parse(encode([operation, Done()])).operations == (operation,)


class TestChunks:
    @given(answers, st.lists(st.integers(0, 9)), st.integers(0))
    def test_any_chunks_of_bytes_give_the_same(self, answer, sizes, cut):
        found, shape = answer
        data = shape(found).encode()
        data = data[: cut % (len(data) + 1)]
        parser = Parser()
        given_out = [one for chunk in pieces(data, sizes) for one in parser.feed(chunk)]
        partial = parser.close()
        assert partial == parse(data)
        assert tuple(given_out) == partial.parsed[: len(given_out)]

    @given(answers)
    def test_one_byte_at_a_time_gives_the_same(self, answer):
        found, shape = answer
        data = shape(found).encode()
        parser = Parser()
        for byte in data:
            parser.feed(bytes([byte]))
        assert parser.close() == parse(data) == parse(data.decode())

    def test_a_chunk_may_end_between_the_halves_of_a_surrogate_pair(self):
        parser = Parser()
        for chunk in ['{"type":"delete","path":"\ud83d', '\ude00"}', "\n"]:
            parser.feed(chunk)
        assert paths(parser.close()) == ["😀"]

    @pytest.mark.parametrize("half", [0xD83D, 0xDE00])
    def test_a_half_that_stays_alone_rejects_its_line_only(self, half):
        half = chr(half)
        partial = parse(f'{{"type":"delete","path":"{half}"}}\n{DELETE}\n{half}')
        assert paths(partial) == ["a"]
        assert [one.line for one in partial.rejected] == [1, 3]

    def test_a_lone_surrogate_as_an_escape_rejects_its_line(self):
        partial = parse(f'{{"type":"delete","path":"\\ud83d"}}\n{DELETE}\n')
        assert (paths(partial), len(partial.rejected)) == (["a"], 1)


class TestTolerated:
    @given(answers)
    def test_every_shape_gives_every_operation(self, answer):
        found, shape = answer
        partial = parse(shape(found))
        assert partial.operations == tuple(found)
        assert (partial.rejected, partial.unfinished, partial.cut) == ((), None, False)

    def test_what_was_tolerated_is_noted(self):
        fenced = f"```json\r\n{DELETE} {OTHER}\r\n{DELETE}\r\n```\r\n{DONE}"
        partial = parse(f"\ufeffHello\r\n\r\n{fenced}")
        assert paths(partial) == ["a", "b", "a"]
        assert kinds(partial) == {
            "byte-order mark",
            "crlf",
            "prose",
            "blank",
            "fence",
            "several on a line",
            "repeated",
        }

    def test_a_repeated_operation_is_kept_and_named(self):
        partial = parse(f"{DELETE}\n{OTHER}\n{DELETE}\n{DELETE}\n{DONE}")
        assert paths(partial) == ["a", "b", "a", "a"]
        repeated = [(note.line, note.text) for note in partial.notes]
        assert repeated == [(n, "the same operation as on line 1") for n in (3, 4)]

    def test_equal_paths_alone_are_no_repetition(self):
        answer = encode([Create(path="a", content="x"), Create(path="a", content="y"), Done()])
        assert parse(answer).notes == ()

    def test_commas_after_objects_are_passed_over(self):
        assert paths(parse(f"{DELETE},\n{OTHER},\n{DONE}")) == ["a", "b"]

    def test_the_input_of_a_tool_is_read_the_same_way(self):
        parser = Parser()
        deltas = ["", '{"oper', 'ations": [{"type": "del', 'ete", "path": "a"}', "]}"]
        for delta in deltas:
            parser.feed(delta)
        partial = parser.close("tool_use")
        assert (paths(partial), partial.cut) == (["a"], False)

    def test_a_monolithic_answer_gives_its_summary(self):
        partial = parse('{"summary":"why","operations":[]}')
        assert (partial.meta, partial.cut) == (Meta(summary="why"), False)

    def test_objects_inside_a_line_of_prose_are_not_read(self):
        assert paths(parse(f"For example {DELETE}\n{DONE}")) == []


class TestRejected:
    @pytest.mark.parametrize(
        "broken",
        [
            '{"type":"create","path":"x","content":"unterminated',
            '{"type":"create","path":"x","content":"a "quoted" word"}',
            '{"type":"create","path":"x","content":"bad \\q escape"}',
            '{"type":"create","path":"x","content":"tab\tinside"}',
            '{"type":"modify","path":"x","edits":[{"type":"append","content":"q"}]',
            '{"type":"delete","path":"x"}}',
            '{"type":"delete","path":"x"} trailing words',
            '{"type":"delete","path":"x","path":"y"}',
            '{"type":"remove","path":"x"}',
            "{'type':'delete','path':'x'}",
            '{"type":"delete"',
            "{",
            "{]}",
        ],
    )
    def test_a_broken_line_is_rejected_and_the_next_one_read(self, broken):
        partial = parse(f"{broken}\n{DELETE}\n{DONE}")
        assert paths(partial) == ["a"]
        (rejected,) = partial.rejected
        assert rejected.line == 1
        assert rejected.reason
        assert broken.startswith(rejected.excerpt.rstrip("\n"))

    def test_invalid_utf_8_rejects_its_line_only(self):
        partial = parse(b'{"type":"delete","path":"\xff"}\n\xfe prose\n' + DELETE.encode() + b"\n")
        assert paths(partial) == ["a"]
        assert [one.line for one in partial.rejected] == [1, 2]

    def test_objects_before_a_break_are_kept_when_more_than_the_break_follows(self):
        partial = parse(f'{DELETE} {OTHER} {{"type":"del\n{DONE}')
        assert (paths(partial), len(partial.rejected)) == (["a", "b"], 1)

    def test_one_unterminated_string_does_not_cost_the_operations_round_it(self):
        answer = [f'{{"type":"delete","path":"{n}"}}' for n in range(9)]
        answer[4] = answer[4][:-2]
        assert paths(parse("\n".join([*answer, DONE]))) == list("01235678")

    def test_a_broken_element_does_not_cost_the_rest_of_its_list(self):
        partial = parse(f'[\n  {DELETE},\n  {{"type":"delete","path":"x}},\n  {OTHER}\n]')
        assert (paths(partial), partial.cut) == (["a", "b"], False)

    def test_after_a_broken_object_over_several_lines_only_the_first_column_counts(self):
        nested = f'{{\n "examples": [\n  {{"a" "b"}},\n  {DELETE}\n ]\n}}\n'
        partial = parse(f"{nested}{OTHER}\n{DONE}")
        assert paths(partial) == ["b"]
        assert "skipped" in kinds(partial)

    def test_an_element_that_is_no_object_is_rejected(self):
        partial = parse(f'[{DELETE}, [{OTHER}], {{"type":"done"}}]')
        assert (paths(partial), len(partial.rejected)) == (["a"], 1)


class TestNests:
    @given(texts, st.sampled_from(SHAPES))
    def test_operations_inside_a_content_are_never_read(self, text, shape):
        operation = Create(path="fixture", content=f"{FIXTURE}{text}{FIXTURE}")
        assert paths(parse(shape([operation]))) == ["fixture"]

    @given(operations, st.sampled_from(SHAPES), st.sampled_from(["python", "text", "yaml", "diff"]))
    def test_an_example_in_a_fence_of_another_language_is_never_read(self, quoted, shape, tag):
        answer = f"Like this:\n\n```{tag}\n{shape(quoted)}\n```\n{DELETE}\n{DONE}\n"
        partial = parse(answer)
        assert paths(partial) == ["a"]
        assert partial.rejected == ()

    def test_a_nested_object_with_a_type_is_no_operation(self):
        nested = json.dumps({"type": "meta", "operations": [{"type": "delete", "path": "never"}]})
        other = json.dumps({"example": {"operations": [{"type": "delete", "path": "never"}]}})
        partial = parse(f"{nested}\n{other}\n{DONE}")
        assert (partial.operations, len(partial.rejected)) == ((), 2)


class TestLimits:
    def test_a_line_without_end_is_refused_when_it_is_too_long(self):
        parser = Parser(Limits(line_bytes=1000))
        with pytest.raises(LimitExceeded) as raised:
            for _ in range(1_000_000):
                parser.feed("x" * 100)
        assert (raised.value.limit, raised.value.value) == ("line bytes", 1100)

    @pytest.mark.parametrize("end", ["", "\n"])
    def test_the_length_of_a_line_counts_however_it_arrives(self, end):
        with pytest.raises(LimitExceeded):
            Parser(Limits(line_bytes=10)).feed(f"{DONE}{end}")

    def test_the_operations_before_a_limit_are_kept(self):
        parser = Parser(Limits(line_bytes=100))
        with pytest.raises(LimitExceeded):
            parser.feed(f"{DELETE}\n{'x' * 101}")
        with pytest.raises(LimitExceeded):
            parser.feed("more")
        partial = parser.close()
        assert (paths(partial), partial.cut_reasons) == (["a"], ("no done", "limit of line bytes"))

    def test_an_object_over_several_lines_has_the_limit_of_a_line(self):
        parser = Parser(Limits(line_bytes=1000))
        parser.feed('{"type":"modify","path":"x","edits":[\n')
        with pytest.raises(LimitExceeded):
            parser.feed('{"type":"append","content":"x"},\n' * 100)

    @pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', '{"operations":[', '{"a":[\n'])
    def test_depth_is_refused(self, opening):
        with pytest.raises(LimitExceeded) as raised:
            parse(opening * 100_000)
        assert raised.value.limit == "depth"

    def test_a_million_objects_are_refused(self):
        with pytest.raises(LimitExceeded) as raised:
            parse("{}\n" * 1_000_000)
        assert raised.value.limit == "objects"

    @pytest.mark.parametrize("empty", ["{}", "{}\n", "[{}],", "{ \n"])
    def test_too_many_objects_are_refused_however_they_are_written(self, empty):
        parser = Parser(Limits(objects=1_000))
        with pytest.raises(LimitExceeded) as raised:
            parser.feed(empty * 20_000)
            parser.close()
        assert raised.value.limit == "objects"

    def test_reports_are_bounded_and_counted(self):
        partial = parse("{}\nprose\n" * 2000)
        assert (len(partial.rejected), partial.rejected_count) == (KEPT_REPORTS, 2000)
        assert (len(partial.notes), partial.note_count) == (KEPT_REPORTS, 2000)

    def test_excerpts_are_short(self):
        partial = parse("{" + "é" * 10_000 + "\n" + "é" * 10_000)
        assert max(len(one.excerpt) for one in partial.rejected) < 130
        assert max(len(one.text) for one in partial.notes) < 130


def test_a_closed_parser_reads_no_more():
    parser = Parser()
    parser.close()
    with pytest.raises(NdjsonError):
        parser.feed("x")


def test_the_first_limit_that_the_last_line_meets_is_raised_once():
    parser = Parser()
    parser.feed("[" * 100)
    with pytest.raises(LimitExceeded):
        parser.close()
    assert parser.close().cut_reasons == ("no done", "limit of depth")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_to_their_end(data):
    partial = parse(data)
    assert partial.operations == ()


TOKENS = [*'{}[],:"', "\n", "```", "type", '"files":[', DELETE, " ", "x", "\\"]


@given(st.lists(st.sampled_from(TOKENS)))
def test_any_tokens_are_read_to_their_end(found):
    text = "".join(found)
    partial = parse(text)
    assert set(paths(partial)) <= {"a"}
    for one in partial.parsed:
        assert text[slice(*one.span)] == DELETE
