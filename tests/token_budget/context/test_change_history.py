from __future__ import annotations

from token_budget.context.change_history import (
    MOST_FILES,
    ChangeHistory,
    FileChange,
    PastCommit,
    line_key,
)


def history(*commits):
    """From changes, newest first."""
    return ChangeHistory(
        [PastCommit(f"c{age}", f"message {age}", tuple(each)) for age, each in enumerate(commits)]
    )


def test_ages_are_by_path_and_newest_first():
    found = history([FileChange("a")], [FileChange("b")], [FileChange("a"), FileChange("b")])
    assert found.ages == {"a": (0, 2), "b": (1, 2)}


def test_a_file_is_followed_through_its_renames():
    found = history(
        [FileChange("c", "b")], [FileChange("b", "a")], [FileChange("a")], [FileChange("other")]
    )
    assert found.ages["c"] == (0, 1, 2)
    assert "a" not in found.ages


def test_a_new_file_at_an_old_path_does_not_inherit_what_the_renamed_one_did():
    found = history([FileChange("a")], [FileChange("b", "a")], [FileChange("a")])
    assert found.ages == {"a": (0,), "b": (1, 2)}


def test_a_line_has_the_age_of_its_newest_addition():
    key, old = line_key("value = 1"), line_key("value = 2")
    found = history([FileChange("a", None, (key,))], [FileChange("a", None, (key, old))])
    assert found.line_ages["a"] == {key: 0, old: 1}


def test_a_sweep_tells_when_lines_changed_and_nothing_else():
    key = line_key("value = 1")
    found = history([FileChange(f"f{number}", None, (key,)) for number in range(MOST_FILES + 1)])
    assert found.ages == {}
    assert found.line_ages["f0"] == {key: 0}


def test_lines_are_compared_without_the_white_space_around_them():
    assert line_key("  value = 1\r\n") == line_key("value = 1") != line_key("value = 2")
    assert line_key("  }\n") == 0


def test_words_are_those_of_the_messages():
    assert history([]).words[0]["message"] == 1
