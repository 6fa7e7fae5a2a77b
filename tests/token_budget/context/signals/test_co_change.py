from __future__ import annotations

from token_budget.context.change_history import ChangeHistory, FileChange, PastCommit
from token_budget.context.signals.co_change import WIDEST_COMMIT, changed_together


def history(*commits):
    """From paths, newest first."""
    return ChangeHistory(
        [PastCommit(str(age), "", tuple(map(FileChange, each))) for age, each in enumerate(commits)]
    )


def test_files_that_always_change_together_come_before_those_that_sometimes_do():
    found = changed_together(["a"], history(*[["a", "always"]] * 4, ["a", "always", "once"]))
    assert found["always"] > found["once"] > 0


def test_a_newer_commit_counts_more():
    found = changed_together(["a"], history(["a", "new"], *[["x"]] * 200, ["a", "old"]))
    assert found["new"] > found["old"]


def test_a_file_that_changes_all_the_time_says_less():
    busy = changed_together(["a"], history(["a", "b"], *[["a"]] * 20))
    quiet = changed_together(["a"], history(["a", "b"]))
    assert quiet["b"] > busy["b"]


def test_the_seeds_themselves_are_not_found():
    assert changed_together(["a", "b"], history(["a", "b"])) == {}


def test_wide_commits_bring_nothing_together():
    wide = ["a", *(f"f{number}" for number in range(WIDEST_COMMIT))]
    assert changed_together(["a"], history(wide)) == {}


def test_files_without_history_bring_nothing():
    assert changed_together(["new"], history(["a", "b"])) == changed_together([], history()) == {}
