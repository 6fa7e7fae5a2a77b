from __future__ import annotations

from token_budget.context.change_history import ChangeHistory, FileChange, PastCommit
from token_budget.context.query import ContextQuery
from token_budget.context.signals.past_messages import (
    NEAREST_COMMITS,
    WIDEST_COMMIT,
    messages_of_files,
    messages_of_lines,
    similar_commits,
)
from token_budget.context.values import Chunk

QUERY = ContextQuery("", {"upgrade": 1.0, "httpcore": 1.0})


def history(*commits):
    """From messages and paths, newest first."""
    return ChangeHistory(
        [PastCommit(message, message, tuple(map(FileChange, paths))) for message, *paths in commits]
    )


def test_files_of_similar_commits_are_found():
    found = similar_commits(
        QUERY, history(("Fix the docs", "a.md"), ("Upgrade httpcore", "setup.py", "notes.md"))
    )
    assert found.keys() == {"setup.py", "notes.md"}


def test_a_newer_commit_counts_more_than_an_older_one_of_the_same_message():
    commits = [
        ("Upgrade httpcore", "new.py"),
        *[("Other", "x")] * 50,
        ("Upgrade httpcore", "old.py"),
    ]
    found = similar_commits(QUERY, history(*commits))
    assert found["new.py"] > found["old.py"]


def test_wide_commits_are_not_heard():
    paths = [f"f{number}" for number in range(WIDEST_COMMIT + 1)]
    assert similar_commits(QUERY, history(("Upgrade httpcore", *paths))) == {}


def test_only_the_nearest_commits_are_heard():
    commits = [("Upgrade httpcore", f"f{number}") for number in range(NEAREST_COMMITS + 5)]
    found = similar_commits(QUERY, history(*commits))
    assert len(found) == NEAREST_COMMITS
    assert "f0" in found


def test_files_are_found_by_all_that_was_said_of_them():
    found = messages_of_files(
        QUERY, history(("Upgrade it", "a"), ("httpcore", "a"), ("Upgrade", "b"), ("Other", "c"))
    )
    assert found["a"] > found["b"] > 0
    assert "c" not in found


def test_chunks_are_found_by_what_was_said_of_their_lines():
    chunks = [Chunk("a", 1, 2, 5, "", ""), Chunk("a", 3, 4, 5, "", "")]
    ages = {chunks[0]: (0,), chunks[1]: (1,)}
    found = messages_of_lines(QUERY, history(("Other", "a"), ("Upgrade", "a")), ages, 10)
    assert list(found) == [chunks[1]]


def test_without_history_nothing_is_said():
    assert similar_commits(QUERY, history()) == messages_of_files(QUERY, history()) == {}
    assert messages_of_lines(QUERY, history(), {}, 10) == {}
