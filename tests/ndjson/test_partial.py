"""What a cut-off answer leaves: nothing that is whole is lost, and nothing is invented."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ndjson.operations import Continue, Create, Delete, Done, Meta, Modify, encode
from ndjson.parser import parse
from tests.ndjson.strategies import SHAPES, answers, as_lines, creates

CREATE = Create(path="src/a.py", content="one\ntwo\nthree", overwrite=True)
DONE = '{"type":"done"}'


def whole_objects(data, cut, parsed):
    """How many of the parsed operations of the whole answer end before the cut."""
    return [one for one in parsed if one.span[1] <= cut]


def expect_nothing_invented(partial, whole, cut, data):
    kept = partial.parsed
    assert kept == tuple(whole_objects(data, cut, whole.parsed))
    assert partial.rejected == ()
    if partial.unfinished is None or not partial.unfinished.content:
        return
    unfinished = partial.unfinished
    original = whole.parsed[len(kept)].operation
    assert (unfinished.kind, unfinished.content[-1]) == (original.type, "\n")
    assert original.content.startswith(unfinished.content)
    assert unfinished.path in (None, original.path)
    assert unfinished.after in (None, getattr(original, "after", None))
    last = unfinished.content[:-1].split("\n")[-1]
    assert unfinished.last_line == last.removesuffix("\r")


class TestAnyByte:
    @given(answers, st.integers(0))
    def test_a_cut_loses_nothing_whole_and_invents_nothing(self, answer, cut):
        found, shape = answer
        data = shape(found).encode()
        cut %= len(data) + 1
        expect_nothing_invented(parse(data[:cut]), parse(data), cut, data)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_one_answer_cut_at_every_byte(self, shape):
        fixture = encode([Delete(path="never"), Done()])
        found = [
            Create(path="é", content=f"{fixture}\u2028😀\r\nx\\\n"),
            Modify(path="m", edits=({"type": "replace", "old": fixture, "new": "\n"},)),
            Continue(path="c", after="x", content="a\nb\n"),
            Delete(path="d"),
        ]
        data = shape(found).encode()
        whole = parse(data)
        assert whole.operations == tuple(found)
        for cut in range(len(data)):
            expect_nothing_invented(parse(data[:cut]), whole, cut, data)

    @given(creates, st.integers(0))
    @example(CREATE, 60)
    def test_a_cut_create_keeps_every_whole_line_that_came(self, create, cut):
        data = encode([create]).encode()
        begin = data.index(b'"content":"') + len(b'"content":"')
        cut = begin + cut % (len(data) - begin - 3) if len(data) > begin + 3 else begin
        unfinished = parse(data[:cut]).unfinished
        assert (unfinished.kind, unfinished.path) == ("create", create.path)
        assert unfinished.overwrite == create.overwrite
        whole_lines = data[begin:cut].replace(b"\\\\", b"  ").count(b"\\n")
        assert unfinished.content.count("\n") == whole_lines


class TestUnfinished:
    def test_a_create_keeps_whole_lines_its_path_and_the_last_line(self):
        cut = encode([CREATE]).partition("thr")[0]
        unfinished = parse(f"{DONE}\n{cut}").unfinished
        assert (unfinished.kind, unfinished.path, unfinished.line) == ("create", "src/a.py", 2)
        assert (unfinished.content, unfinished.last_line) == ("one\ntwo\n", "two")
        assert (unfinished.overwrite, unfinished.raw) == (True, cut)

    def test_lines_count_when_their_string_is_closed(self):
        cut = '{"type":"create","path":"a","lines":["one","two","thr'
        assert parse(cut).unfinished.content == "one\ntwo\n"

    def test_a_path_that_is_cut_is_no_path(self):
        unfinished = parse('{"type":"create","path":"src/a').unfinished
        assert (unfinished.kind, unfinished.path, unfinished.content) == ("create", None, "")

    def test_a_continue_keeps_its_after(self):
        unfinished = parse('{"type":"continue","path":"a","after":"x","content":"y\\nz').unfinished
        assert (unfinished.after, unfinished.content) == ("x", "y\n")

    def test_a_modify_keeps_its_raw_text_only(self):
        edits = '[{"type":"append","content":"{\\"type\\":\\"delete\\"}\\n'
        unfinished = parse(f'{{"type":"modify","path":"a","edits":{edits}').unfinished
        assert (unfinished.kind, unfinished.path, unfinished.content) == ("modify", "a", "")

    def test_a_half_character_is_in_no_text(self):
        cut = '{"type":"create","path":"a","content":"x\\né'.encode()[:-1]
        unfinished = parse(cut).unfinished
        assert (unfinished.content, unfinished.raw[-1]) == ("x\n", "n")

    @pytest.mark.parametrize(
        "cut",
        [
            '{"type":"create","path":"a","file_path":"b","content":"x\\ny',
            '{"type":"create","path":"a","path":"b","content":"x\\ny',
            '{"type":"create","path":5,"content":"x\\ny',
            '{"type":"create","path":"a","mood":"b","content":"x\\ny',
            '{"type":"create","path":"a","lines":["x"],"content":"x\\ny',
            '{"path":"a","content":"x\\ny',
            '{"files":[{"path":"a","mode":"unknown","new_content":"x\\ny',
        ],
    )
    def test_what_can_be_no_valid_operation_keeps_no_content(self, cut):
        assert parse(cut).unfinished.content == ""

    def test_a_file_entry_without_a_mode_is_a_create_as_it_is_when_it_is_whole(self):
        unfinished = parse('{"files":[{"path":"a","new_content":"x\\ny').unfinished
        assert (unfinished.kind, unfinished.content, unfinished.overwrite) == (
            "create",
            "x\n",
            False,
        )

    def test_the_kind_of_a_file_entry_is_unknown_until_its_content_begins(self):
        assert parse('{"files":[{"path":"a","mode":"modify"').unfinished.kind is None
        cut = '{"files":[{"path":"a","mode":"modify","new_content":"x\\ny'
        unfinished = parse(cut).unfinished
        assert (unfinished.kind, unfinished.overwrite) == ("create", True)


class TestCut:
    def test_an_unfinished_line_is_a_cut(self):
        assert "unfinished line" in parse(f'{DONE}\n{{"type":').cut_reasons

    def test_a_cut_at_a_line_boundary_is_a_cut(self):
        assert parse(encode([Meta(), CREATE])).cut_reasons == ("no done",)

    @pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
    def test_the_stop_reason_tells_of_a_cut(self, reason):
        assert parse(DONE, stop_reason=reason).cut_reasons == (f"stop reason {reason}",)

    @pytest.mark.parametrize("reason", [None, "end_turn", "tool_use", "stop_sequence"])
    def test_other_stop_reasons_tell_of_none(self, reason):
        assert parse(DONE, stop_reason=reason).cut_reasons == ()

    def test_a_finished_answer_is_not_cut_because_of_its_brackets(self):
        create = Create(path="a", content="((([[[{{{\n")
        assert not parse(as_lines([create])).cut
        assert not parse(f"[\n{encode([create])}{DONE}").cut

    def test_a_monolithic_answer_ends_with_its_last_bracket(self):
        answer = json.dumps({"operations": [{"type": "delete", "path": "a"}]})
        assert not parse(answer).cut
        assert parse(answer[:-1]).cut
        assert parse(f'{answer}\n{{"type":"delete","path":"b"}}').cut

    def test_an_empty_answer_is_cut(self):
        assert parse("").cut_reasons == ("no done",)


class TestWarnings:
    @pytest.mark.parametrize("kind", ["meta", "done"])
    def test_a_wrong_count_is_a_warning_and_no_cut(self, kind):
        promises = {"meta": Meta(), "done": Done()}
        promises[kind] = type(promises[kind])(operations=3)
        partial = parse(encode([promises["meta"], CREATE, promises["done"]]))
        assert partial.warnings == (f"{kind} says 3 operations; 1 were read",)
        assert not partial.cut

    def test_right_counts_are_no_warning(self):
        assert parse(encode([Meta(operations=1), CREATE, Done(operations=1)])).warnings == ()

    def test_operations_after_done_are_kept_and_warned_of(self):
        partial = parse(encode([Done(), CREATE]))
        assert partial.operations == (CREATE,)
        assert partial.warnings == ("operations follow the done line",)
