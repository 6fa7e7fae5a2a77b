from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson.edits import (
    Append,
    DeleteText,
    Edit,
    InsertAfter,
    InsertBefore,
    Prepend,
    Replace,
    ReplaceAll,
)
from ndjson.errors import AmbiguousMatch, AnchorNotFound, InvalidOperation
from ndjson.text_edits import edited_text

if TYPE_CHECKING:
    from ndjson.matching import Matching


def edited(text: str, *edits: Edit, matching: Matching = "exact") -> str:
    return edited_text(text, edits, "f", matching).text


def notes(text: str, *edits: Edit, matching: Matching = "exact") -> str:
    return "\n".join(edited_text(text, edits, "f", matching).notes)


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (Replace(old="b", new="B"), "a\nB\nc"),
        (Replace(old="a\nb\nc", new=""), ""),
        (Replace(old="a\nb", new="x"), "x\nc"),
        (ReplaceAll(old="\n", new=";"), "a;b;c"),
        (InsertBefore(anchor="a", content="0"), "0a\nb\nc"),
        (InsertAfter(anchor="a", content="0"), "a0\nb\nc"),
        (InsertAfter(anchor="a\n", content="0\n"), "a\n0\nb\nc"),
        (InsertAfter(anchor="c", content="\nd"), "a\nb\nc\nd"),
        (Append(content="d"), "a\nb\ncd"),
        (Prepend(content="0\n"), "0\na\nb\nc"),
        (DeleteText(old="b\n"), "a\nc"),
    ],
)
def test_each_kind_of_edit(edit: Edit, after: str) -> None:
    assert edited("a\nb\nc", edit) == after


@pytest.mark.parametrize(
    "edit",
    [
        Replace(old="", new="x"),
        ReplaceAll(old="", new="x"),
        DeleteText(old=""),
        InsertBefore(anchor="", content="x"),
        InsertAfter(anchor="", content="x"),
    ],
)
def test_empty_texts_are_refused(edit: Edit) -> None:
    with pytest.raises(InvalidOperation, match="empty"):
        edited("a", edit)


def test_replace_all_needs_a_place_and_takes_them_from_the_front() -> None:
    with pytest.raises(AnchorNotFound):
        edited("a", ReplaceAll(old="b", new="c"))
    assert edited("aaaaa", ReplaceAll(old="aa", new="b")) == "bba"


def test_edits_see_what_those_before_them_left() -> None:
    first = Replace(old="a", new="b")
    assert edited("a", first, Replace(old="b", new="c")) == "c"
    assert "edit 2: its text is what edit 1 wrote" in notes("a", first, Replace(old="b", new="c"))


def test_text_that_an_edit_took_away_is_not_found_by_the_next() -> None:
    with pytest.raises(AnchorNotFound):
        edited("abc", Replace(old="bc", new="x"), Replace(old="ab", new="y"))


def test_an_inserted_twin_of_an_anchor_makes_it_ambiguous() -> None:
    with pytest.raises(AmbiguousMatch):
        edited("x\n", Append(content="x\n"), Replace(old="x", new="y"))


def test_edits_beside_each_other_do_not_touch() -> None:
    assert notes("ab", Replace(old="a", new="aa"), Replace(old="b", new="c")) == ""


def test_written_text_is_followed_as_it_moves() -> None:
    edits = [
        InsertAfter(anchor="m", content="NEW"),
        Prepend(content="longer than before "),
        Replace(old="EW", new="!"),
    ]
    assert edited("a m z", *edits) == "longer than before a mN! z"
    assert notes("a m z", *edits) == "edit 3: its text is what edit 1 wrote"


def test_equal_old_and_new_are_reported() -> None:
    assert notes("ab", Replace(old="a", new="a")) == "edit 1: changes nothing"
    assert notes("ab", Append(content="")) == "edit 1: changes nothing"
    with pytest.raises(AnchorNotFound):
        edited("ab", Replace(old="c", new="c"))


def test_line_ends_and_a_missing_final_one_stay() -> None:
    assert edited("a\r\nb\r\nc", Replace(old="b", new="B")) == "a\r\nB\r\nc"
    assert notes("a\r\nb\r\n", Replace(old="b", new="B")) == ""


def test_mixed_line_ends_are_reported() -> None:
    added = Append(content="c\n")
    assert edited("a\r\n", added) == "a\r\nc\n"
    assert r"writes \n into a file whose lines end with \r\n" in notes("a\r\n", added)
    assert notes("a\r\nb\n", added) == ""


def test_appending_to_an_unfinished_line_is_reported() -> None:
    assert "added to that line" in notes("a", Append(content="b"))
    assert notes("a\n", Append(content="b")) == ""
    assert notes("", Append(content="b")) == ""


def test_a_byte_order_mark_stays_first() -> None:
    assert edited("\ufeffa", Prepend(content="b")) == "\ufeffba"


def test_a_looser_match_takes_the_line_ends_of_the_file() -> None:
    edit = Replace(old="a\nb\n", new="x\ny\nz\n")
    assert edited("a\r\nb\r\nc\r\n", edit, matching="trailing") == "x\r\ny\r\nz\r\nc\r\n"
    assert "on line 1 only by ignoring white space" in notes(
        "a\r\nb\r\n", edit, matching="trailing"
    )


def test_a_looser_match_takes_the_indentation_of_the_file() -> None:
    text = "class A:\n    def f(self):\n        return 1\n"
    edit = Replace(old="def f(self):\n    return 1\n", new="def f(self):\n\n    return 2\n")
    after = "class A:\n    def f(self):\n\n        return 2\n"
    assert edited(text, edit, matching="indentation") == after
    assert "ignoring the indentation" in notes(text, edit, matching="indentation")


def test_indentation_that_the_new_text_lacks_is_not_taken_away() -> None:
    edit = Replace(old="    a\n      b\n", new="  a\n")
    with pytest.raises(AnchorNotFound, match="less indentation"):
        edited("a\n  b\n", edit, matching="indentation")


@given(st.text("ab\r\n", max_size=30), st.text("ab", min_size=1, max_size=2), st.text("xyz\n"))
def test_replacing_is_what_python_replaces(text: str, old: str, new: str) -> None:
    if text.count(old) == 0:
        with pytest.raises(AnchorNotFound):
            edited(text, ReplaceAll(old=old, new=new))
    else:
        assert edited(text, ReplaceAll(old=old, new=new)) == text.replace(old, new)


@given(st.text("ab\n", min_size=1), st.text("cd", min_size=1), st.text("ef"))
def test_what_was_inserted_can_be_taken_out_again(text: str, new: str, prefix: str) -> None:
    edits = (Prepend(content=prefix), Append(content=new), DeleteText(old=new))
    assert edited(text, *edits) == prefix + text
