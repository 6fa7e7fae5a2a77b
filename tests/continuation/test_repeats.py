from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from continuation.errors import SeamMismatch
from continuation.repeats import leading_repeats, repeats_cut_off, without_repeats
from ndjson import Append, Continue, Create, Delete, Modify, Rename, parse
from ndjson.operations import encode_one

PATHS = [f"{letter}.py" for letter in "abcdef"]
KINDS = ["create", "modify", "delete", "rename"]


def operation(kind, path, text="text\n"):
    match kind:
        case "create":
            return Create(path=path, content=text)
        case "modify":
            return Modify(path=path, edits=(Append(content=text),))
        case "delete":
            return Delete(path=path)
    return Rename(path=path, to=f"new-{path}")


answers = st.lists(st.sampled_from(KINDS), max_size=len(PATHS)).map(
    lambda kinds: [operation(kind, path) for kind, path in zip(kinds, PATHS, strict=False)]
)


@given(answers, st.data())
def test_operations_that_come_again_are_dropped(whole, data):
    kept = whole[: data.draw(st.integers(0, len(whole)))]
    repeated = data.draw(st.integers(0, len(kept)))
    arrived = kept[len(kept) - repeated :] + whole[len(kept) :]
    assert without_repeats(kept, arrived) == tuple(whole[len(kept) :])


@given(answers, st.data())
def test_of_an_answer_that_starts_over_only_what_is_new_is_kept(whole, data):
    kept = whole[: data.draw(st.integers(0, len(whole)))]
    end = data.draw(st.integers(0, len(whole)))
    new = without_repeats(kept, whole[:end], from_the_top=True)
    assert new == tuple(whole[len(kept) : end])


@given(answers, st.data())
def test_a_restart_that_says_something_else_of_a_file_is_refused(whole, data):
    changeable = [n for n, one in enumerate(whole) if one.type in ("create", "modify")]
    assume(changeable)
    place = data.draw(st.sampled_from(changeable))
    changed = list(whole)
    changed[place] = operation(whole[place].type, whole[place].path, "other\n")
    with pytest.raises(SeamMismatch, match=f"the {whole[place].type} that was kept"):
        without_repeats(whole, changed, from_the_top=True)


def test_a_second_modify_of_a_file_adds_to_the_first():
    kept = [operation("modify", "a.py")]
    more = operation("modify", "a.py", "more\n")
    assert without_repeats(kept, [more]) == (more,)


@pytest.mark.parametrize("from_the_top", [True, False])
def test_a_second_modify_after_the_first_came_again_adds_to_it(from_the_top):
    kept = [operation("delete", "b.py"), operation("modify", "a.py")]
    more = operation("modify", "a.py", "more\n")
    assert without_repeats(kept, [*kept, more], from_the_top=from_the_top) == (more,)
    assert without_repeats(kept, [kept[1], more]) == (more,)


@pytest.mark.parametrize("from_the_top", [True, False])
def test_a_modify_in_the_place_of_the_first_is_refused(from_the_top):
    kept = [operation("delete", "b.py"), operation("modify", "a.py")]
    with pytest.raises(SeamMismatch):
        other = operation("modify", "a.py", "other\n")
        without_repeats(kept, [kept[0], other], from_the_top=from_the_top)


@pytest.mark.parametrize("kind", ["create", "continue"])
def test_a_file_that_is_whole_is_not_written_again_with_another_text(kind):
    kept = [Create(path="a.py", content="one\ntwo\n")]
    other = {
        "create": Create(path="a.py", content="one\n"),
        "continue": Continue(path="a.py", after="two", content="three\n"),
    }
    with pytest.raises(SeamMismatch, match=f"another {kind}"):
        without_repeats(kept, [other[kind]])


@pytest.mark.parametrize(
    "again",
    [
        Continue(path="a.py", after="one", content="two\nthree\n"),
        Continue(path="a.py", after="three", content=""),
        Continue(path="a.py", after="one\r", content="two\r\nthree\r\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_end_of_a_file_that_is_whole_is_a_repeat(line_end, again):
    content = "one\ntwo\nthree\n".replace("\n", line_end)
    assert without_repeats([Create(path="a.py", content=content)], [again]) == ()


@pytest.mark.parametrize("after", ["ne", "two", "on"])
def test_the_end_of_a_whole_file_after_another_line_is_refused(after):
    kept = [Create(path="a.py", content="one\ntwo\nthree\n")]
    with pytest.raises(SeamMismatch):
        without_repeats(kept, [Continue(path="a.py", after=after, content="two\nthree\n")])


def test_a_continue_of_a_file_of_which_nothing_is_kept_is_refused():
    stray = Continue(path="b.py", after="one", content="two\n")
    with pytest.raises(SeamMismatch, match="nothing of it is kept"):
        without_repeats([operation("create", "a.py")], [stray])
    with pytest.raises(SeamMismatch):
        without_repeats([operation("create", "a.py")], [stray], open_paths=["b.py"])


def test_a_continue_of_a_file_that_the_same_part_creates_is_kept():
    part = [
        Create(path="b.py", content="one\n"),
        Continue(path="b.py", after="one", content="two\n"),
    ]
    assert without_repeats([operation("create", "a.py")], part) == tuple(part)


def test_edits_that_were_kept_one_by_one_may_come_again_as_one_modify():
    first, second = Append(content="first\n"), Append(content="second\n")
    whole = Modify(path="a.py", edits=(first, second))
    kept = [operation("delete", "b.py"), Modify(path="a.py", edits=(first,))]
    rest = (Modify(path="a.py", edits=(second,)),)
    assert without_repeats(kept, [kept[0], whole], from_the_top=True) == rest
    assert without_repeats([*kept, *rest], [kept[0], whole], from_the_top=True) == ()


def test_more_of_a_file_that_was_cut_off_is_expected():
    kept = [operation("modify", "a.py")]
    part = [*kept, operation("modify", "a.py", "more\n")]
    assert without_repeats(kept, part, open_paths=["a.py"]) == (part[1],)


@pytest.mark.parametrize("later", ["create", "modify", "delete"])
def test_a_name_that_a_rename_has_left_is_free(later):
    kept = [operation("rename", "a.py")]
    assert without_repeats(kept, [operation(later, "a.py")]) == (operation(later, "a.py"),)


def test_a_deleted_file_may_be_created():
    kept = [operation("delete", "a.py")]
    assert without_repeats(kept, [operation("create", "a.py")]) == (operation("create", "a.py"),)


@pytest.mark.parametrize(("known", "found", "count"), [("abc", "bcd", 2), ("abc", "abx", 2)])
def test_repeats_at_the_start_are_the_last_operations_or_the_first(known, found, count):
    kept = [operation("delete", one) for one in known]
    assert leading_repeats(kept, [operation("delete", one) for one in found]) == count


KEPT = [Create(path="a.py", content="one\ntwo\nthree\n")]


@given(st.data())
def test_a_file_that_is_whole_is_a_repeat_wherever_it_is_cut_off(data):
    again = data.draw(
        st.sampled_from([*KEPT, Continue(path="a.py", after="one", content="two\nthree\n")])
    )
    line = encode_one(again)
    cut = parse(line[: data.draw(st.integers(line.index('"a.py"') + 6, len(line) - 1))])
    assert repeats_cut_off(KEPT, cut.unfinished)


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"create","path":"a.py","content":"one\\nto',
        '{"type":"continue","path":"a.py","after":"three","content":"fo',
        '{"type":"continue","path":"a.py","after":"on","content":"t',
    ],
)
def test_another_text_of_a_whole_file_is_refused_when_it_is_cut_off_too(line):
    with pytest.raises(SeamMismatch, match="the create that was kept"):
        repeats_cut_off(KEPT, parse(line).unfinished)


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"create","path":"b.py","content":"one\\n',
        '{"type":"modify","path":"a.py","edits":[{"type":"rep',
        '{"type":"cre',
    ],
)
def test_what_says_nothing_of_a_whole_file_is_no_repeat(line):
    assert not repeats_cut_off(KEPT, parse(line).unfinished)
