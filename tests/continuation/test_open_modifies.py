"""A modify that was cut off: whole edits are kept where the next part shows that it goes on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from continuation.ndjson_answer import NdjsonAnswer
from continuation.open_modifies import opened_modify
from ndjson import Append, Create, Delete, Done, InsertAfter, Meta, Modify, Replace, encode, parse
from ndjson.operations import encode_one

EDITS = (
    Replace(old="first_limit = 1", new="first_limit = 2"),
    Replace(old="second_limit = 1", new="second_limit = 2"),
    InsertAfter(anchor="import itertools\n", content="import operator\n"),
    Append(content="LAST_LIMIT = 1\n"),
)
MODIFY = Modify(path="m.py", edits=EDITS)
LINE = encode_one(MODIFY)
IN_THIRD = LINE.index("itertools") + len("itert")
AFTER_THIRD = LINE.index('},{"type":"append"') + 2
AT_END = len(LINE) - 2


def of(*edits):
    return Modify(path="m.py", edits=edits)


def cut_at(place):
    return NdjsonAnswer().joined(LINE[:place], cut=True)


def closed_by(answer, *operations):
    return answer.joined(encode([*operations, Done()]), cut=False)


def test_its_whole_edits_are_kept_and_the_one_after_them_is_remembered():
    modify = cut_at(IN_THIRD).modify
    assert modify.edits == EDITS[:2]
    assert dict(modify.begun.fields) == {"type": "insert_after", "anchor": "import itert"}
    assert cut_at(IN_THIRD).missing(("m.py",)) == ("the modify of m.py from edit 3 on",)
    assert cut_at(IN_THIRD).amount().lines == 2


@pytest.mark.parametrize("place", [AFTER_THIRD, AFTER_THIRD - 1, AFTER_THIRD + 20])
def test_where_too_little_came_of_an_edit_the_whole_one_before_it_must_come_again(place):
    modify = cut_at(place).modify
    assert modify.edits == EDITS[:2]
    assert dict(modify.begun.fields) == EDITS[2].model_dump()
    assert modify.begun.whole


def test_one_edit_alone_is_kept_only_if_the_next_one_can_be_known():
    assert cut_at(LINE.index("second_limit")).modify is None
    assert cut_at(LINE.index("second_limit") + len("second_limit")).modify.edits == EDITS[:1]


def test_an_edit_that_is_kept_in_another_operation_opens_nothing():
    cut = parse(LINE[:IN_THIRD]).unfinished
    assert opened_modify(cut, [of(EDITS[1])]) is None
    assert opened_modify(cut, [Modify(path="n.py", edits=EDITS[:1])]) is not None


CONTINUATIONS = {
    "the rest": [of(*EDITS[2:])],
    "the rest, one edit a line": [of(EDITS[2]), of(EDITS[3])],
    "with the last kept edit": [of(*EDITS[1:])],
    "all of it again": [MODIFY],
    "all of it again, one edit a line": [of(edit) for edit in EDITS],
    "from the top, with the meta line": [Meta(), MODIFY],
    "after another operation": [Delete(path="a.py"), of(*EDITS[2:])],
}


@pytest.mark.parametrize("name", CONTINUATIONS)
def test_a_part_that_goes_on_makes_it_whole(name):
    answer = closed_by(cut_at(IN_THIRD), *CONTINUATIONS[name])
    edits = [edit for one in answer.operations for edit in getattr(one, "edits", ())]
    assert edits == list(EDITS)
    assert answer.evidence().closed


@given(st.integers(0, len(LINE) - 1), st.data())
def test_it_is_whole_wherever_it_is_cut_and_however_often(place, data):
    answer = cut_at(place)
    for _ in range(6):
        edits = EDITS[len(answer.modify.edits) if answer.modify else 0 :]
        text = encode_one(of(*edits))
        answer = answer.joined(text[: data.draw(st.integers(0, len(text) - 1))], cut=True)
        assert not answer.operations
        assert answer.modify is None or answer.modify.edits == EDITS[: len(answer.modify.edits)]
    edits = EDITS[len(answer.modify.edits) if answer.modify else 0 :]
    answer = closed_by(answer, of(*edits))
    assert answer.operations == (MODIFY,)
    assert answer.evidence().closed


@given(st.integers(IN_THIRD, len(LINE) - 1))
def test_a_part_that_skips_an_edit_that_had_begun_does_not_close_it(place):
    answer = cut_at(place)
    left_out = len(answer.modify.edits)
    answer = closed_by(answer, *([of(*EDITS[left_out + 1 :])] if EDITS[left_out + 1 :] else []))
    assert not answer.evidence().closed
    assert answer.missing(())


OTHERS = (
    Replace(old="first_limit = 1", new="first_limit = 3"),
    InsertAfter(anchor="import os\n", content="import operator\n"),
    Append(content="ANOTHER_LIMIT = 1\n"),
)


@given(st.integers(LINE.index("second_limit") + 12, len(LINE) - 1), st.booleans())
def test_another_version_takes_its_place_and_is_never_mixed_with_it(place, from_the_top):
    answer = closed_by(cut_at(place), *([Meta()] if from_the_top else []), of(*OTHERS))
    assert answer.modify is None
    assert answer.operations == (of(*OTHERS),)
    assert not answer.evidence().closed  # edits that had begun never came again


def test_another_version_that_begins_with_the_same_edits_is_never_mixed_with_it():
    answer = closed_by(cut_at(IN_THIRD), of(*EDITS[:2], *OTHERS[1:]))
    assert answer.operations == (of(*EDITS[:2], *OTHERS[1:]),)
    assert not answer.evidence().closed


@pytest.mark.parametrize(
    "instead", [Create(path="m.py", overwrite=True, content="x\n"), Delete(path="m.py")]
)
def test_an_operation_of_another_kind_takes_its_place(instead):
    answer = closed_by(cut_at(IN_THIRD), instead)
    assert answer.operations == (instead,)
    assert answer.evidence().closed


def test_of_a_modify_that_an_answer_from_the_top_was_cut_off_in_nothing_is_kept():
    other = encode_one(of(*OTHERS))
    again = encode([Meta()]) + other[: other.index("ANOTHER") + 10]
    for before in (cut_at(IN_THIRD), cut_at(IN_THIRD - 100), NdjsonAnswer()):
        kept = before.joined(encode([Delete(path="a.py")]), cut=True).joined(again, cut=True)
        assert kept.modify is None
        assert closed_by(kept, MODIFY).operations[1:] == (MODIFY,)


def test_an_edit_that_is_meant_twice_is_there_twice():
    edits = (EDITS[3], EDITS[3], EDITS[0])
    line = encode_one(of(*edits))
    answer = NdjsonAnswer().joined(line[: line.rindex("LAST_LIMIT") + 10], cut=True)
    assert answer.modify.edits == edits[:1]
    assert closed_by(answer, of(*edits[1:])).operations == (of(*edits),)


def test_where_it_goes_on_is_left_open_by_edits_that_are_all_the_same():
    edits = (EDITS[3],) * 4
    line = encode_one(of(*edits))
    answer = NdjsonAnswer().joined(line[: line.rindex("LAST_LIMIT") + 10], cut=True)
    answer = closed_by(answer, of(*edits))
    assert answer.operations == (of(*edits),)


def test_a_part_that_says_nothing_of_it_leaves_it_open():
    answer = closed_by(cut_at(IN_THIRD), Delete(path="a.py"))
    assert (answer.modify, answer.operations) == (cut_at(IN_THIRD).modify, (Delete(path="a.py"),))
    assert not answer.evidence().closed
    assert closed_by(answer, of(*EDITS[2:])).operations[1:] == (MODIFY,)


def test_a_part_that_only_repeats_leaves_it_open():
    for again in ([of(EDITS[1])], [of(EDITS[0])], [of(EDITS[0]), of(EDITS[1])]):
        answer = closed_by(cut_at(IN_THIRD), *again)
        assert (answer.modify, answer.operations) == (cut_at(IN_THIRD).modify, ())


def test_of_a_modify_that_was_cut_again_in_the_same_edit_the_longer_beginning_counts():
    text = encode_one(of(*EDITS[2:]))
    further = cut_at(IN_THIRD).joined(text[: text.index("import operator") + 6], cut=True)
    assert dict(further.modify.begun.fields)["content"] == "import"
    again = further.joined(text[: text.index("itert")], cut=True)
    assert again.modify == further.modify


def test_what_came_of_it_counts_as_kept():
    answer = cut_at(IN_THIRD)
    assert answer.dropped < IN_THIRD - sum(len(edit.model_dump_json()) for edit in EDITS[:2])
