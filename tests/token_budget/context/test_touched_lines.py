from __future__ import annotations

import difflib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from token_budget.context.touched_lines import HunkPlace, Touched, touched_lines


def hunks_between(old, new):
    """The hunks of two states of a file, as ``git diff --unified=0`` has them."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        HunkPlace(a, b - a, c, d - c) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    ]


def touched(*states):
    """The places that a file's states changed, oldest state first."""
    pairs = list(pairwise(states))[::-1]
    return touched_lines((age, hunks_between(*pair)) for age, pair in enumerate(pairs))


def test_the_place_of_a_line_that_every_commit_replaces_has_every_age():
    states = [["head", f"version = {number}", "tail"] for number in range(4)]
    assert touched(*states) == [Touched(2, 2, 0), Touched(2, 2, 1), Touched(2, 2, 2)]


def test_a_place_moves_with_what_is_put_above_it():
    start, changed = ["a", "b", "c"], ["a", "B", "c"]
    assert touched(start, changed, ["new", "newer", *changed])[1] == Touched(4, 4, 1)


def test_a_place_moves_back_with_what_is_deleted_above_it():
    start, changed = ["x", "y", "a", "b"], ["x", "y", "a", "B"]
    assert touched(start, changed, ["a", "B"]) == [Touched(1, 1, 0), Touched(2, 2, 1)]


def test_what_was_deleted_is_where_the_line_before_it_is():
    assert touched(["a", "b", "c"], ["a", "c"]) == [Touched(1, 1, 0)]
    assert touched(["a", "b", "c"], ["a", "b", "C"], ["a"]) == [Touched(1, 1, 0), Touched(1, 1, 1)]


def test_a_new_file_is_touched_as_a_whole():
    assert touched([], ["a", "b"]) == [Touched(1, 2, 0)]
    assert touched([], ["a", "b"], ["a", "more", "b"])[1] == Touched(1, 3, 1)


def test_a_file_that_was_emptied_and_one_without_hunks_say_little():
    assert touched(["a"], []) == [Touched(1, 1, 0)]
    assert touched_lines([(0, [])]) == []


@settings(max_examples=150)
@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=8), min_size=2, max_size=6))
def test_lines_that_are_still_there_are_where_they_were_added(states):
    # Each line carries the state that brought it, so that it can be told from one that looks alike.
    marked = [[f"{line}{place}" for place, line in enumerate(state)] for state in states]
    found = touched(*marked)
    now = marked[-1]
    ages = range(len(marked) - 1)
    for first, last, age in found:
        assert 1 <= first <= last <= max(len(now), 1)
        assert age in ages
    for place, line in enumerate(now, 1):
        # Followed by hand: the newest commit whose hunks hold the line.
        where, age = place - 1, 0
        for old, new in list(pairwise(marked))[::-1]:
            blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
            kept = [a + where - b for a, b, size in blocks if b <= where < b + size]
            if not kept:
                assert any(a <= place <= b and age == one for a, b, one in found), (line, found)
                break
            where, age = kept[0], age + 1


@pytest.mark.parametrize("size", [1, 3_000])
def test_a_place_far_behind_what_was_ever_changed_is_only_shifted(size):
    start = [str(number) for number in range(size + 10)]
    later = [*start[:size], "changed", *start[size + 1 :]]
    assert touched(start, later, ["new", *later])[1] == Touched(size + 2, size + 2, 1)


PLACES = st.builds(HunkPlace, *[st.integers(0, 30)] * 4)


@given(st.lists(st.lists(PLACES, max_size=4), max_size=5))
def test_hunks_that_do_not_follow_each_other_are_no_crash(commits):
    # A history with branches is no line: what one side changed is unknown to the other.
    for first, last, _ in touched_lines(enumerate(commits)):
        assert first >= 1
        assert isinstance(last, int)
