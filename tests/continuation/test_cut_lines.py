from __future__ import annotations

import pytest

from continuation.cut_lines import CutLine, closes, lines_left, with_cut_line
from ndjson import Append, Create, Modify, Replace, encode, parse
from ndjson.operations import encode_one

FIRST, SECOND = Replace(old="limit = 1", new="limit = 2"), Replace(old="depth = 3", new="depth = 4")
LINE = encode_one(Modify(path="m.py", edits=(FIRST, SECOND)))
IN_SECOND = LINE.index("depth = 3") + len("dep")


def unfinished(text):
    return parse(text, "max_tokens").unfinished


def left_after(*operations, closed=False):
    [line] = with_cut_line((), unfinished(LINE[:IN_SECOND]), ())
    return list(lines_left([line], operations, parse(encode(operations)), closed=closed))


def test_what_the_edits_of_a_cut_modify_are_about_is_remembered():
    [line] = with_cut_line((), unfinished(LINE[:IN_SECOND]), ())
    assert line == CutLine("modify", "m.py", ("limit = 1", "dep"))


def test_edits_that_come_again_one_a_line_answer_the_line():
    one_a_line = [Modify(path="m.py", edits=(edit,)) for edit in (FIRST, SECOND)]
    assert left_after(*one_a_line) == []


def test_an_edit_that_had_begun_and_does_not_come_again_is_lacking():
    [line] = left_after(Modify(path="m.py", edits=(SECOND,)))
    assert (line.edits, line.partly) == (("limit = 1",), True)
    assert str(line) == "modify m.py, the edit of 'limit = 1'"


def test_what_stands_in_an_operation_that_was_kept_is_not_lacking():
    kept = [Modify(path="m.py", edits=(FIRST,))]
    [line] = with_cut_line((), unfinished(LINE[:IN_SECOND]), kept)
    assert line.edits == ("dep",)


def test_an_edit_without_a_text_to_look_for_is_known_by_what_it_adds():
    line = encode_one(Modify(path="m.py", edits=(Append(content="the end\n"),)))
    [cut] = with_cut_line((), unfinished(line[: line.index("the end") + 4]), ())
    assert cut.edits == ("the ",)


def test_the_same_line_cut_again_is_one_line_that_came_further():
    lines = with_cut_line((), unfinished(LINE[: LINE.index("limit") + 5]), ())
    [line] = with_cut_line(lines, unfinished(LINE[:IN_SECOND]), ())
    assert line.edits == ("limit", "limit = 1", "dep")


def test_another_file_does_not_answer_the_line():
    assert len(left_after(Create(path="b.py", content="x\n"), closed=True)) == 1


@pytest.mark.parametrize(("text", "found"), [('{"type":"done","op', True), ('{"type":"del', False)])
def test_a_done_line_that_was_cut_off_closes_the_answer(text, found):
    assert closes(unfinished(text)) is found
