from __future__ import annotations

import pytest

from estimators.reading.layers import layers_of
from estimators.reading.mentions import find_mentions
from estimators.reading.walk import joined, wanted_paths


def walk(text):
    mentions = find_mentions(text)
    return wanted_paths(layers_of(text, mentions), mentions)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("src/a.py and src/b.py", ["src/a.py", "src/b.py"]),
        ("src/a.py, src/b.py and also src/c.py", ["src/a.py", "src/b.py", "src/c.py"]),
        ("src/a.py (new), src/b.py (modified)", ["src/a.py", "src/b.py"]),
        ("src/a.py: adds x, src/b.py: adds y", ["src/a.py", "src/b.py"]),
        ("Update src/a.py. Create src/b.py.", ["src/a.py", "src/b.py"]),
        ("Create src/a.py with f and update src/b.py to use it", ["src/a.py", "src/b.py"]),
        ("Update src/a.py and tests in tests/test_a.py", ["src/a.py", "tests/test_a.py"]),
        ("Move f from src/a.py to src/b.py", ["src/a.py", "src/b.py"]),
        ("Add tests for src/a.py in tests/test_a.py", ["tests/test_a.py"]),
        ("Based on src/a.py, write src/b.py", ["src/b.py"]),
        ("copy src/a.py to src/b.py", ["src/b.py"]),
        ("Update src/a.py to import src/b.py", ["src/a.py"]),
        ("src/a.py (like src/b.py)", ["src/a.py"]),
        ("src/a.py: uses src/b.py, src/c.py", ["src/a.py"]),
        ("src/a.py - adds x from src/b.py", ["src/a.py"]),
        ("src/a.py: adds x, breaks src/b.py", ["src/a.py"]),
        ("src/a.py, called from src/b.py", ["src/a.py"]),
        ("tests for src/a.py and src/b.py", ["src/a.py", "src/b.py"]),
        ("see src/a.py as used by src/b.py", ["src/a.py"]),
        ("Update foo/bar (adds x)", ["foo/bar"]),
        ("foo/bar, foo/baz", ["foo/bar", "foo/baz"]),
        ("src/a.py, foo/bar", ["src/a.py", "foo/bar"]),
        ("Improve client/server communication", []),
        ("Add GET /api/users to src/a.py", ["src/a.py"]),
    ],
)
def test_paths_to_deliver_are_told_from_paths_referred_to(text, wanted):
    assert [draft.path for draft in walk(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "src/a.py -> src/b.py",
        "src/a.py → src/b.py",
        "src/a.py => src/b.py",
        "src/a.py --> src/b.py",
        "rename src/a.py to src/b.py",
        "Move the file src/a.py into src/b.py",
        "move from src/a.py to src/b.py",
        "src/a.py renamed to src/b.py",
        "src/a.py (to be moved to src/b.py)",
        "src/b.py (renamed from src/a.py)",
    ],
)
def test_a_rename_joins_two_paths(text):
    (draft,) = walk(text)
    assert (draft.path, draft.new_path) == ("src/a.py", "src/b.py")


def test_moving_a_part_is_no_rename():
    assert [draft.new_path for draft in walk("Move f from src/a.py to src/b.py")] == [None, None]


def test_renames_can_be_listed():
    drafts = walk("src/a.py -> src/b.py, src/c.py -> src/d.py")
    assert [(one.path, one.new_path) for one in drafts] == [
        ("src/a.py", "src/b.py"),
        ("src/c.py", "src/d.py"),
    ]


def test_a_list_shares_its_lead_and_another_clause_has_its_own():
    text = "Update src/a.py, src/b.py and create src/c.py"
    leads = [joined(text, draft.lead) for draft in walk(text)]
    assert leads == ["Update", "Update", "create"]


def test_a_clause_without_a_verb_continues_the_one_before():
    text = "Create src/a.py and tests in tests/test_a.py"
    assert joined(text, walk(text)[1].lead) == "Create tests in"
