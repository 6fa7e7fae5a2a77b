from __future__ import annotations

import pytest

from estimators.deliverable import Deliverable
from token_budget.spec_entries import flatten


def entries(value):
    return [(found.place, found.entry) for found in flatten(value, "d")]


def test_lists_and_groups_are_flattened_in_order_with_their_places():
    value = ["a.py", ["b.py", ["c.py"]], {"tests": ["t.py"], "docs": "d.md"}]
    assert entries(value) == [
        ("d[0]", "a.py"),
        ("d[1][0]", "b.py"),
        ("d[1][1][0]", "c.py"),
        ("d[2].tests[0]", "t.py"),
        ("d[2].docs", "d.md"),
    ]


def test_a_key_that_is_a_path_carries_its_note():
    assert entries({"src/a.py": "adds x"}) == [("d.src/a.py", "`src/a.py`: adds x")]


def test_parts_given_by_name_make_a_deliverable():
    [found] = flatten({"path": "a.py", "to": "b.py", "note": "n"}, "d")
    expected = Deliverable(path="a.py", action="rename", new_path="b.py", note="n", text="a.py")
    assert found.entry == expected


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (7, "d"),
        ("  ", "d"),
        (["a.py", None, 1.5], "d[2]"),
        ({"path": 3}, "d.path"),
        ({"path": "a", "action": "burn"}, "d.action"),
        ({"path": "a", "note": []}, "d.note"),
        ({"path": "a", "action": "rename"}, "d.to"),
    ],
)
def test_what_is_no_deliverable_is_a_problem_at_its_place(value, place):
    problems = [found for found in flatten(value, "d") if found.problem]
    assert [found.place for found in problems] == [place]
    assert "expected" in problems[0].problem


def test_a_list_that_contains_itself_ends():
    loop: list[object] = []
    loop.append(loop)
    assert [bool(found.problem) for found in flatten(loop, "d")] == [True]
