from __future__ import annotations

from token_budget.context.change_history import ChangeHistory, FileChange, PastCommit
from token_budget.context.query import ContextQuery
from token_budget.context.signals.past_messages import (
    NEAREST_COMMITS,
    files_of_commits,
    messages_of_files,
    messages_of_places,
    places_of_commits,
    similar_commits,
)

QUERY = ContextQuery("", {"upgrade": 1.0, "httpcore": 1.0})


def history(*commits):
    """From messages and paths, newest first."""
    return ChangeHistory(
        [PastCommit(message, message, tuple(map(FileChange, paths))) for message, *paths in commits]
    )


def test_commits_with_similar_messages_are_found_and_the_most_similar_has_one():
    commits = history(("Fix the docs", "a"), ("Upgrade httpcore", "b"), ("Upgrade ruff", "c"))
    found = similar_commits(QUERY, commits)
    assert found.keys() == {1, 2}
    assert found[1] == 1.0
    assert 0 < found[2] < 0.5


def test_only_the_nearest_commits_are_heard_and_of_equals_the_newest():
    commits = [("Upgrade httpcore", f"f{number}") for number in range(NEAREST_COMMITS + 5)]
    assert sorted(similar_commits(QUERY, history(*commits))) == list(range(NEAREST_COMMITS))


def test_a_wide_commit_says_less_of_each_of_its_files():
    commits = history(("", "a"), ("", "b", "c"))
    found = files_of_commits({0: 1.0, 1: 1.0}, commits)
    assert found["a"] > found["b"] == found["c"] > 0


def test_a_file_of_several_commits_has_what_all_of_them_say():
    assert files_of_commits({0: 1.0, 1: 0.5}, history(("", "a"), ("", "a"))) == {"a": 1.5}


def test_chunks_that_these_commits_changed_are_found():
    assert places_of_commits({3: 0.5, 7: 1.0}, [(3, 7), (4,)]) == [1.5, 0.0]


def test_files_are_found_by_all_that_was_said_of_them():
    found = messages_of_files(
        QUERY, history(("Upgrade it", "a"), ("httpcore", "a"), ("Upgrade", "b"), ("Other", "c"))
    )
    assert found["a"] > found["b"] > 0
    assert "c" not in found


def test_chunks_are_found_by_what_was_said_when_they_changed():
    commits = history(("Other", "a"), ("Upgrade", "a"))
    first, second, third = messages_of_places(QUERY, commits, [(0,), (1,), ()])
    assert first == third == 0
    assert second > 0


def test_without_history_nothing_is_said():
    assert similar_commits(QUERY, history()) == messages_of_files(QUERY, history()) == {}
    assert messages_of_places(QUERY, history(), [(), ()]) == [0, 0]
