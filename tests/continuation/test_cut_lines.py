from __future__ import annotations

import json

import pytest

from continuation.cut_lines import CutLine, closes, lines_left, with_cut_line
from ndjson import Create, Delete, Modify, Replace, parse
from ndjson.operations import encode

EDITS = [
    {"type": "replace", "old": f"the old line number {n}\n", "new": f"the new line {n}\n"}
    for n in range(3)
]
LINE = json.dumps({"type": "modify", "path": "a.py", "edits": EDITS})


def cut_at(text):
    found = parse(LINE[: LINE.index(text) + len(text)], "max_tokens")
    assert found.unfinished is not None
    return found.unfinished


def modify(*numbers):
    return Modify(path="a.py", edits=[Replace(**EDITS[number]) for number in numbers])


def left(lines, *operations, closed=False):
    return list(lines_left(lines, parse(encode(operations), "end_turn"), closed=closed))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"edits": [', ()),
        ('"old": "', ()),
        ("line number 0", ("the old line number 0",)),
        ("the new line 0", ("the old line number 0\n",)),
        ("line number 1", ("the old line number 0\n", "the old line number 1")),
    ],
)
def test_what_had_come_of_a_modify_is_remembered(text, expected):
    assert with_cut_line((), cut_at(text), ()) == (CutLine("modify", "a.py", expected),)


def test_edits_that_were_kept_are_not_lacking():
    (found,) = with_cut_line((), cut_at("line number 1"), [modify(0)])
    assert found.edits == ("the old line number 1",)


def test_a_modify_is_there_once_all_that_had_begun_came_again():
    lines = with_cut_line((), cut_at("line number 1"), ())
    assert left(lines, modify(0, 1, 2)) == []
    assert left(lines, modify(1), modify(0)) == []


def test_an_edit_that_is_skipped_is_still_lacking():
    lines = with_cut_line((), cut_at("line number 1"), ())
    (found,) = left(lines, modify(1, 2))
    assert (found.edits, found.partly) == (("the old line number 0\n",), True)
    assert str(found) == "modify a.py, the edit of 'the old line number 0\\n'"
    assert left([found], modify(0)) == []


def test_an_edit_may_come_again_with_more_or_less_around_it():
    lines = with_cut_line((), cut_at("the new line 0"), ())
    for old in ("before\nthe old line number 0\n", "old line number 0"):
        edit = Replace(old=old, new="x")
        assert left(lines, Modify(path="a.py", edits=[edit])) == []


def test_a_file_that_is_written_whole_has_every_edit():
    lines = with_cut_line((), cut_at("line number 1"), ())
    assert left(lines, Create(path="a.py", overwrite=True, content="x\n")) == []
    assert left(lines, Delete(path="b.py")) == list(lines)


def test_a_line_that_is_cut_off_again_stays_one():
    first = with_cut_line((), cut_at("line number 0"), ())
    (again,) = with_cut_line(first, cut_at("line number 2"), [modify(0)])
    assert again.edits == ("the old line number 0", *(EDITS[1]["old"],), "the old line number 2")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"type":"done","opera', True),
        ('{"type":"do', True),
        ('{ "type": "done"', True),
        ('{"type":"d', False),
        ('{"type":"delete"', False),
    ],
)
def test_the_last_line_of_an_answer_is_known_by_its_beginning(raw, expected):
    unfinished = parse(raw, "max_tokens").unfinished
    assert closes(unfinished) is expected
    assert bool(with_cut_line((), unfinished, ())) is not expected
