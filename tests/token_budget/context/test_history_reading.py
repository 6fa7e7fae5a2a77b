from __future__ import annotations

import pytest

from token_budget.context import history_reading
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.change_history import FileChange
from token_budget.context.history_reading import read_history
from token_budget.context.history_store import HISTORY_PART, HistoryStore
from token_budget.context.touched_lines import HunkPlace
from token_budget.errors import StorageUnavailable


@pytest.fixture
def store():
    database = CacheDatabase("sqlite://", HISTORY_PART)
    yield HistoryStore(database)
    database.close()


def test_the_newest_commit_comes_first_with_the_places_that_it_changed(repository):
    repository.commit("First", a_py="one = 1\n")
    repository.commit("Second", a_py="one = 1\ntwo = 2\n")
    read = read_history(repository.folder)
    assert [commit.message.strip() for commit in read.commits] == [
        "Second",
        "First",
        "First",
    ]
    (change,) = read.commits[0].changes
    assert change.path == "a.py"
    assert change.hunks == (HunkPlace(1, 0, 1, 1),)


def test_only_ancestors_of_head_are_read(repository):
    first = repository.commit("First", a_py="one = 1\n")
    repository.commit("The future", a_py="one = 2\n")
    repository.git("checkout", "--quiet", "--detach", first)
    assert read_history(repository.folder).commits[0].name == first
    assert len(read_history(repository.folder).commits) == 2


def test_a_rename_names_both_paths(repository):
    repository.commit("First", old_py="one = 1\ntwo = 2\nthree = 3\n")
    repository.git("mv", "old.py", "new.py")
    repository.commit("Rename")
    assert read_history(repository.folder).commits[0].changes == (FileChange("new.py", "old.py"),)


def test_paths_are_relative_to_a_workspace_inside_its_repository(repository):
    repository.write("inner/a.py", "one = 1\n")
    repository.write("outer.py", "two = 2\n")
    repository.commit("First")
    read = read_history(repository.folder / "inner")
    assert [change.path for change in read.commits[0].changes] == ["a.py"]


def test_a_folder_without_git_has_no_history_and_says_so(tmp_path):
    read = read_history(tmp_path)
    assert read.commits == ()
    assert "no history" in read.reason


def test_a_branch_without_commits_has_no_history_and_says_so(repository):
    repository.git("checkout", "--quiet", "--orphan", "empty")
    read = read_history(repository.folder)
    assert read.commits == ()
    assert read.reason


def test_what_was_read_once_is_not_read_again(repository, store, monkeypatch):
    repository.commit("First", a_py="one = 1\n")
    first = read_history(repository.folder, store)
    repository.commit("Second", a_py="one = 2\n")
    asked = []
    whole = history_reading._changes
    monkeypatch.setattr(
        history_reading, "_changes", lambda reader, name: asked.append(name) or whole(reader, name)
    )
    second = read_history(repository.folder, store)
    assert asked == [second.commits[0].name]
    assert second.commits[1:] == first.commits


def test_a_limit_takes_the_newest(repository):
    for number in range(3):
        repository.commit(f"Commit {number}", a_py=f"value = {number}\n")
    read = read_history(repository.folder, limit=2)
    assert [commit.message.strip() for commit in read.commits] == ["Commit 2", "Commit 1"]


def test_a_commit_with_missing_objects_changes_nothing_and_stops_nothing(repository):
    repository.commit("First", a_py="one = 1\n")
    repository.commit("Second", a_py="two = 2\n")
    repository.commit("Third", b_py="three = 3\n")
    repository.damage("HEAD~1:a.py")
    read = read_history(repository.folder)
    assert [bool(commit.changes) for commit in read.commits] == [True, False, True, False]


def test_commits_that_time_did_not_suffice_for_are_told(repository, monkeypatch):
    repository.commit("First", a_py="one = 1\n")
    monkeypatch.setattr(history_reading, "READING_SECONDS", -1.0)
    read = read_history(repository.folder)
    assert read.commits == ()
    assert "2 commits" in read.reason


def test_a_cache_that_cannot_be_used_costs_time_and_nothing_else(repository, monkeypatch):
    class Broken:
        def changes(self, names):
            raise StorageUnavailable("cache.db", "disk full")

        keep = changes

    repository.commit("First", a_py="one = 1\n")
    assert read_history(repository.folder, Broken()) == read_history(repository.folder)
