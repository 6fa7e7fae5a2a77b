from __future__ import annotations

import json

from hypothesis import given

from continuation.asking import (
    LISTED,
    SHOWN_LINE_CHARACTERS,
    SHOWN_LINES,
    ask_for_rest,
)
from continuation.ndjson_answer import NdjsonAnswer
from ndjson import Append, Create, Delete, Modify, Replace, encode
from tests.continuation.authors import targets

FILE = Create(path="b.py", content="one\ntwo\nthree\nfour\nfive follows four\n")
MODIFY = Modify(path="m.py", edits=(Append(content="x"),))


def answer_of(text):
    return NdjsonAnswer().joined(text, cut=True)


def ask(text, deliverables=(), *, ended=False):
    return ask_for_rest(answer_of(text), deliverables, ended=ended)


def test_it_says_how_the_answer_ended():
    assert ask(encode([FILE])).startswith("Your answer was cut off.\n")
    assert ask(encode([FILE]), ended=True).startswith("Your answer is not complete.\n")


@given(targets())
def test_what_is_kept_is_counted_and_named(target):
    asked = ask(encode(target))
    assert f"kept are {len(target)} operations" in asked
    assert all(f"- {one.type} {one.path}\n" in asked for one in target)


def test_of_many_operations_the_last_are_named():
    kept = [Delete(path=f"file-{number}") for number in range(LISTED + 1_500)]
    asked = ask(encode(kept))
    assert "kept are 1,540 operations:\n- 1,500 earlier ones\n- delete file-1500\n" in asked
    assert "file-1499\n" not in asked


def test_where_the_open_file_stands_is_shown_and_how_to_go_on():
    line = encode([FILE])
    asked = ask(line[: line.index('four\\n"')])
    assert "Of b.py the first 4 lines are kept" in asked
    assert ":\ntwo\nthree\nfour\nYour next line" in asked
    assert SHOWN_LINES == 3
    assert '{"type":"continue","path":"b.py","after":"four","content":"..."}' in asked


def test_the_line_to_go_on_after_is_given_whole_however_long_and_odd():
    last = '"' + "é\\" * SHOWN_LINE_CHARACTERS + '"'
    line = encode([Create(path="b.py", content=f"{last}\r\nnext\r\n")])
    asked = ask(line[:-10])
    opening = next(one for one in asked.split("\n") if one.startswith('{"type":"continue"'))
    assert json.loads(opening)["after"] == last
    assert f"\n{last[-SHOWN_LINE_CHARACTERS + 1 :]}\r\n" in asked


def test_what_was_cut_off_is_asked_for_from_its_beginning():
    asked = ask(encode([FILE]) + '{"type":"create","path":"c.py","con')
    assert "Cut off and not kept; write again from its beginning:\n- create c.py\n" in asked
    assert "one edit each" not in asked


def test_a_modify_of_which_no_edit_is_whole_is_asked_for_from_its_beginning():
    asked = ask(encode([FILE]) + encode([MODIFY])[:-5])
    assert "write again from its beginning:\n- modify m.py\n" in asked


EDITS = tuple(Replace(old=f"the old text {n}", new="new") for n in range(LISTED + 3))
EDITED = encode([Modify(path="m.py", edits=EDITS)])


def test_a_modify_of_which_edits_are_whole_is_asked_for_from_the_edit_that_was_cut_off():
    asked = ask(encode([FILE]) + EDITED[: EDITED.index(" 2")])
    assert (
        "Of the modify of m.py the first 2 edits are kept:\n"
        "- replace 'the old text 0'\n- replace 'the old text 1'\n"
        "Go on with it next, in one line, from edit 3 to its last:\n"
        '{"type":"modify","path":"m.py","edits":[...]}\n'
        "Write edit 3 whole; it begins with:\n"
        '{"type": "replace", "old": "the old text\n'
    ) in asked
    assert "not kept" not in asked


def test_of_an_edit_of_which_too_little_came_the_one_before_is_asked_for_once_more():
    asked = ask(EDITED[: EDITED.index("the old text 2")])
    assert "the first 1 edits are kept" in asked
    assert "Write edit 2 whole; it begins with:\n" in asked
    assert '{"type": "replace", "old": "the old text 1", "new": "new\n' in asked


def test_of_many_edits_the_last_are_named():
    asked = ask(EDITED[:-3])
    assert "first 42 edits are kept:\n- 2 earlier ones\n- replace 'the old text 2'\n" in asked


def test_what_could_not_be_read_is_asked_for_with_the_reason():
    asked = ask(encode([FILE]) + '{"type":"delete"}\n')
    assert "These lines could not be read; write them again, corrected:\n- line 2: path" in asked


def test_deliverables_that_nothing_names_are_still_to_be_written():
    asked = ask(encode([FILE]), ("b.py", "c.py"))
    assert "Still to be written, as far as this phase needs them:\n- c.py\n" in asked
    assert "Still to be written" not in ask(encode([FILE]), ("b.py",))


def test_it_ends_with_how_to_go_on():
    rules = ask("", ("a.py",)).rpartition("\n\n")[2]
    assert rules.startswith("Go on in the same format: JSON lines only")
    assert '{"type":"done","operations":' in rules
    assert "No operation of it is kept." in ask("", ("a.py",))
