from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from continuation.answer import Amount
from continuation.errors import SeamMismatch
from continuation.ndjson_answer import NdjsonAnswer
from ndjson import Append, Continue, Create, Delete, Done, Meta, Modify, Rename, encode
from tests.continuation.authors import ENCODINGS, targets, whole

FILE = Create(path="b.py", overwrite=True, content="first line\nsecond line\nthird line\n")
LINE = encode([FILE])
IN_SECOND = LINE.index("second") + len("sec")


def after(*parts):
    """The answer after parts that were all cut off."""
    answer = NdjsonAnswer()
    for part in parts:
        answer = answer.joined(part, cut=True)
    return answer


@given(targets(), st.sampled_from(ENCODINGS), st.data())
def test_whole_lines_are_kept_wherever_it_is_cut(target, encoding, data):
    text = encoding(whole(target))
    cut = data.draw(st.integers(0, len(text) - 1))
    answer = after(text[:cut])
    assert answer.operations == target[: len(answer.operations)]
    assert len(answer.operations) >= text[:cut].count("\n") - 1
    if answer.file is not None:
        original = target[len(answer.operations)]
        assert original.content.startswith(answer.file.part.text)
        assert answer.file.operation.content.endswith("\n")
        assert answer.file.operation.overwrite == original.overwrite


def test_an_unfinished_file_is_kept_to_its_last_whole_line():
    answer = after(LINE[:IN_SECOND])
    assert answer.file.operation == FILE.model_copy(update={"content": "first line\n"})
    assert answer.file.fragment == "sec"
    assert answer.amount() == Amount(0, 1, closed=False)
    assert answer.missing(("b.py", "c.py")) == ("the rest of b.py", "c.py")


def test_a_file_of_which_no_whole_line_came_is_asked_for_again():
    answer = after(LINE[: LINE.index("line")])
    assert answer.file is None
    assert answer.missing(("b.py",)) == ("create b.py",)


def test_the_file_that_was_completed_is_one_create_again():
    rest = Continue(path="b.py", after="first line", content="second line\nthird line\n")
    answer = after(LINE[:IN_SECOND]).joined(encode([rest, Done()]), cut=False)
    assert answer.operations == (FILE,)
    assert answer.evidence().closed


def test_what_a_cut_continue_adds_is_kept_and_its_fragment_proves_the_next_seam():
    more = '{"type":"continue","path":"b.py","after":"first line","content":"second line\\nthi'
    answer = after(LINE[:IN_SECOND], more)
    assert answer.file.part.text == "first line\nsecond line\nthi"
    assert answer.amount().beyond(after(LINE[:IN_SECOND]).amount())
    with pytest.raises(SeamMismatch):
        answer.joined(encode([Continue(path="b.py", after="second line", content="x\n")]), cut=True)


def test_a_seam_that_nothing_proves_is_told_and_stays_so():
    cut = after(LINE[: LINE.index("second")])
    assert cut.proven
    assert cut.file.operation.content == "first line\n"
    rest = Continue(path="b.py", after="first line", content="second line\nthird line\n")
    answer = cut.joined(encode([rest]), cut=True)
    assert answer.operations == (FILE,)
    assert not answer.proven
    assert answer.doubts == ("b.py, from line 2 on: nothing shows that it goes on here",)
    assert answer.notes == answer.doubts
    assert not answer.joined(encode([Done()]), cut=False).proven


@pytest.mark.parametrize(
    "part",
    [
        "",
        '{"type":"conti',
        '{"type":"continue","path":"b.',
        '{"type":"continue","path":"b.py","after":"first',
        '{"type":"continue","path":"b.py","after":"first line","content":"',
        '{"type":"continue","path":"b.py","after":"first line","content":"se',
        LINE[: IN_SECOND - 8],
    ],
)
def test_a_part_that_was_cut_before_anything_new_changes_nothing_of_the_open_file(part):
    before = after(LINE[:IN_SECOND])
    assert before.joined(part, cut=True).file == before.file


@pytest.mark.parametrize(
    "part",
    [
        LINE.replace("first", "other")[: IN_SECOND + 5],
        '{"type":"modify","path":"b.py","edits":[{"ty',
        '{"type":"continue","path":"b.py","after":"another line","content":"second line\\n',
        '{"type":"continue","path":"b.py","after":"first line","content":"third line\\n',
    ],
)
def test_a_cut_part_that_contradicts_the_open_file_is_refused(part):
    with pytest.raises(SeamMismatch, match=r"b\.py"):
        after(LINE[:IN_SECOND], part)


def test_a_file_that_comes_again_from_its_beginning_grows():
    answer = after(LINE[:IN_SECOND], LINE[: LINE.index("third") + 3])
    assert answer.file.part.text == "first line\nsecond line\nthi"
    assert answer.joined(LINE, cut=True).operations == (FILE,)


def test_an_unfinished_continue_is_never_finished_by_a_create():
    create = Create(path="b.py", content="\n")
    text = encode([create]) + '{"type":"continue","path":"b.py","after":"","content":"\\nsec'
    with pytest.raises(SeamMismatch):
        after(text).joined(encode([Create(path="b.py", content="\nsecond\n")]), cut=False)


@given(targets(), st.sampled_from(ENCODINGS))
def test_of_a_whole_answer_only_the_frame_is_dropped(target, encoding):
    body = encoding(target)
    assert NdjsonAnswer().joined(body, cut=False).dropped == 0
    assert NdjsonAnswer().joined(f"Here it is:\n{body}", cut=False).dropped == 12


@given(targets())
def test_what_is_repeated_is_dropped_and_counted(target):
    text = encode(target)
    again = NdjsonAnswer().joined(text, cut=True).joined(text, cut=False)
    assert again.operations == target
    assert again.dropped == len(text.encode())
    assert again.notes == (f"{len(target)} repeated operations were dropped",)


def test_a_rejected_line_keeps_the_answer_open_until_something_comes_for_it():
    broken = encode([FILE]) + '{"type":"delete"}\n' + encode([Done()])
    answer = NdjsonAnswer().joined(broken, cut=False)
    assert not answer.evidence().closed
    assert answer.missing(()) == answer.rejected
    assert not answer.joined(encode([Done()]), cut=False).evidence().closed
    assert answer.joined(encode([Delete(path="a.py"), Done()]), cut=False).evidence().closed


@pytest.mark.parametrize(
    "operation",
    [Create(path="a.py", content=""), Delete(path="a.py"), Rename(path="old.py", to="a.py")],
)
def test_a_deliverable_that_an_operation_names_is_not_missing(operation):
    answer = NdjsonAnswer().joined(encode([operation]), cut=False)
    assert answer.missing(("a.py", "b.py")) == ("b.py",)


def test_the_first_summary_stays():
    first = encode([Meta(summary="What it does"), FILE])
    later = encode([Meta(summary="The rest"), FILE, Done()])
    assert after(first).joined(later, cut=False).summary == "What it does"


def test_its_text_is_what_is_kept_as_ndjson():
    modify = Modify(path="m.py", edits=(Append(content="x"),))
    answer = after(encode([Meta(), modify, FILE])[:-20])
    assert answer.text == encode([modify])
    assert answer.proven
