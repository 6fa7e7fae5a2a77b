from __future__ import annotations

import pytest

from estimators.reading.wording import (
    ends_in_reference,
    leading_action,
    leading_verb,
    says_only_an_action,
    trailing_action,
)


@pytest.mark.parametrize(
    ("lead", "action"),
    [
        ("Create", "create"),
        ("create a new module", "create"),
        ("New file:", "create"),
        ("New:", "create"),
        ("Files to create:", "create"),
        ("[NEW]", "create"),
        ("Create a file at", "create"),
        ("Create a file for the cache in", "create"),
        ("Update", "modify"),
        ("We need to update", "modify"),
        ("Backend: update", "modify"),
        ("Backend - fix the cache in", "modify"),
        ("Review and refactor", "modify"),
        ("Upgrade to v2.0 in", "modify"),
        ("Fix and add metrics to", "modify"),
        ("delete", "delete"),
        ("Delete the old file", "delete"),
        ("Remove obsolete files:", "delete"),
        ("Removal of", "delete"),
        ("rename", "rename"),
        ("Move from", "rename"),
    ],
)
def test_the_leading_verb_decides(lead, action):
    assert leading_action(lead) == action


@pytest.mark.parametrize(
    ("lead", "action"),
    [
        ("add tests to", None),
        ("Add caching in", None),
        ("Create tests for the parser in", None),
        ("Add to", None),
        ("New tests:", None),
        ("Move f to", None),
        ("Remove dead code from", "modify"),
        ("Delete the foo function in", "modify"),
        ("Remove dead code:", "modify"),
        ("Rename foo to bar in", "modify"),
    ],
)
def test_what_is_done_to_a_part_is_not_done_to_the_file(lead, action):
    assert leading_action(lead) == action


@pytest.mark.parametrize(
    "lead",
    [
        "",
        "see",
        "Integrate the estimator in",
        "Database changes:",
        "15 tests to add to",
        "created-by",
    ],
)
def test_other_words_before_a_path_leave_it_open(lead):
    assert leading_action(lead) is None


def test_the_verb_is_known_even_where_its_object_is_a_part():
    assert leading_verb("add tests to") == "create"
    assert leading_verb("tests in") is None


@pytest.mark.parametrize(
    ("trail", "action"),
    [
        (" modifications ", "modify"),
        ("(new module with f)", "create"),
        ("(new)", "create"),
        ("(new, with f)", "create"),
        ("[NEW]", "create"),
        ("(to be created)", "create"),
        ("(action: create)", "create"),
        (" - new file", "create"),
        ("| new |", "create"),
        ("(modified)", "modify"),
        ("(existing)", "modify"),
        (" should be deleted", "delete"),
        ("(removed in favour of b)", "delete"),
        ("(delete this file)", "delete"),
        ("(remove dead code)", "modify"),
        ("(rename foo to bar)", "modify"),
        ("(new endpoint)", None),
        ("(add caching)", None),
        (": adds x", None),
        ("(integrate estimator at line 160)", None),
        (" for new users", None),
        (" with modifications", None),
        ("(15 new tests)", None),
        ("", None),
    ],
)
def test_behind_a_path_only_the_first_words_decide(trail, action):
    assert trailing_action(trail) == action


@pytest.mark.parametrize("lead", ["tests for", "see", "based on", "like", "Generate types from"])
def test_some_words_only_refer_to_a_path(lead):
    assert ends_in_reference(lead)


@pytest.mark.parametrize(
    "lead", ["", "Update", "tests in", "Remove f from", "Extract f from", "Removal of"]
)
def test_other_words_ask_for_the_path(lead):
    assert not ends_in_reference(lead)


def test_an_action_alone():
    assert says_only_an_action("Please update the file")
    assert says_only_an_action("")
    assert not says_only_an_action("Improve communication of")
