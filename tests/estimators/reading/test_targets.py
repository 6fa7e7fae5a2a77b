from __future__ import annotations

import pytest

from estimators.reading.mentions import find_mentions
from estimators.reading.targets import find_targets, without_marks


def targets(text, workspace=None):
    return find_targets(text, find_mentions(text, workspace), workspace)


def test_a_text_without_paths_has_no_targets():
    assert targets("just prose") == []


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("Update src/a.py to add caching", ["modify"]),
        ("Update src/a.py (new module)", ["modify"]),
        ("src/a.py modifications (add prompt support)", ["modify"]),
        ("src/a.py (add prompt support) modifications", ["modify"]),
        ("src/a.py for users (new)", ["create"]),
        ("(NEW) src/a.py", ["create"]),
        ("src/a.py (new), src/b.py (modified), src/c.py (delete)", ["create", "modify", "delete"]),
        ("src/a.py and src/b.py (new modules)", ["create", "create"]),
        ("src/a.py (new), src/b.py", ["create", None]),
        ("Modify: src/a.py, src/b.py; Delete: src/c.py", ["modify", "modify", "delete"]),
        ("Create src/a.py, src/b.py and tests in tests/test_a.py", ["create", "create", None]),
        ("rename src/a.py to src/b.py (new)", ["rename"]),
        ("src/a.py (reads delete.py)", [None]),
        ("create.py - remove.py is older", [None]),
        ("Add tests in tests/", ["create"]),
        ("Remove dead code from src/old/", ["modify"]),
    ],
)
def test_words_before_win_over_words_behind_and_those_over_asides(text, actions):
    assert [target.action for target in targets(text)] == actions


def test_what_is_added_to_a_known_directory_is_created(workspace_of):
    workspace = workspace_of("src/ui/a.py", "src/b.py")
    assert targets("Add tests in src/ui", workspace)[0].action == "create"
    assert targets("Add tests in src/b.py", workspace)[0].action is None


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("src/a.py (new module with f)", ["new module with f"]),
        ("src/a.py modifications (call f at line 160)", ["modifications (call f at line 160)"]),
        ("`src/a.py`: adds x", ["adds x"]),
        ("**src/a.py** — adds x", ["adds x"]),
        ("src/a.py:120 - adds x", ["adds x"]),
        ("Update src/a.py's imports", ["Update imports"]),
        ("src/a.py and src/b.py: shared words", ["shared words", "shared words"]),
        ("src/a.py (one), src/b.py (two)", ["one", "two"]),
        ("Update docs (README.md)", ["Update docs"]),
        ("src/a.py", [""]),
    ],
)
def test_the_note_is_what_stands_around_the_path(text, notes):
    assert [target.note for target in targets(text)] == notes


def test_amounts_in_the_note_are_counted_but_never_across_the_path():
    (target,) = targets("Batch 12 src/a.py tests: 3 endpoints")
    assert target.counts == (("endpoints", 3),)


def test_the_paths_of_a_list_share_one_note_object():
    first, second = targets("src/a.py, src/b.py: some long text")
    assert first.note is second.note


@pytest.mark.parametrize(
    ("words", "note"),
    [(" - a b. ", "a b"), ("(a (b) c)", "(a (b) c)"), ("[NEW]", "NEW"), ("and (x)", "x"), ("", "")],
)
def test_marks_are_taken_off_a_note(words, note):
    assert without_marks(words) == note
