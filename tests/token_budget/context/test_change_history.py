from __future__ import annotations

from token_budget.context.change_history import (
    MOST_FILES,
    ChangeHistory,
    FileChange,
    PastCommit,
)
from token_budget.context.touched_lines import HunkPlace, Touched

FIRST_LINE = HunkPlace(0, 1, 0, 1)


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


def test_places_are_followed_through_renames():
    found = history(
        [FileChange("b", "a", (HunkPlace(0, 0, 0, 2),))], [FileChange("a", None, (FIRST_LINE,))]
    )
    assert found.touched("b") == [Touched(1, 2, 0), Touched(3, 3, 1)]
    assert found.touched("a") == []


def test_a_sweep_moves_what_was_changed_before_it_and_is_no_change_of_a_file():
    others = [FileChange(f"f{number}") for number in range(MOST_FILES)]
    sweep = [FileChange("a", None, (HunkPlace(0, 0, 0, 2),)), *others]
    found = history(sweep, [FileChange("a", None, (FIRST_LINE,))])
    assert found.ages == {"a": (1,)}
    assert found.touched("a")[-1] == Touched(3, 3, 1)


def test_words_are_those_of_the_messages():
    assert history([]).words[0]["message"] == 1
