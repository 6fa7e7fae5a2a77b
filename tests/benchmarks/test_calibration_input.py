from __future__ import annotations

import json

import pytest

from benchmarks.calibration_input import backwards, read_all
from estimators.errors import HistoryError, RepositoryError
from estimators.fit import read_repositories


def test_files_and_git_repositories_are_read_alike(history_files, repository):
    for number in range(3):
        repository.commit(a_py=f"{number}\n")
    found = read_all(history_files, [repository.folder], 500, None)
    assert list(found) == [*read_repositories(history_files), repository.folder.name]
    assert [one.files[0].action for one in found[repository.folder.name]] == [
        "create",
        "modify",
        "modify",
    ]


def test_the_newest_phases_are_mined_oldest_first(repository):
    for number in range(5):
        repository.commit(f"Work {number}", a_py=f"{number}\n")
    [phases] = read_all([], [repository.folder], 2, None).values()
    assert [one.title for one in phases] == ["Work 3", "Work 4"]


def test_broken_lines_are_told_and_left_out(history_files, tmp_path, capsys):
    file = tmp_path / "broken.jsonl"
    file.write_text(f"broken\n{history_files[0].read_text()}")
    assert len(read_all([file], [], 500, None)) == 1
    assert f"{file}:1: left out: Expecting value" in capsys.readouterr().err


def test_a_history_that_runs_backwards_is_told(history_files, tmp_path, capsys):
    file = tmp_path / "newest-first.jsonl"
    lines = history_files[0].read_text().splitlines()
    file.write_text("\n".join(reversed(lines)))
    found = read_all([file], [], 500, None)
    assert backwards(found) == [json.loads(lines[0])["repo"]]
    assert "expected the oldest first" in capsys.readouterr().err


def test_nothing_to_read_is_refused():
    with pytest.raises(HistoryError, match="expected a history file"):
        read_all([], [], 500, None)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(HistoryError, match=r"absent\.jsonl: expected a readable history"):
        read_all([tmp_path / "absent.jsonl"], [], 500, None)


def test_a_folder_that_is_no_repository_is_named(tmp_path):
    with pytest.raises(RepositoryError, match=r"absent: no such folder"):
        read_all([], [tmp_path / "absent"], 500, None)


def test_a_repository_without_a_usable_commit_says_what_was_skipped(repository):
    with pytest.raises(RepositoryError, match=r"expected at least one phase .*no parent: 1"):
        read_all([], [repository.folder], 500, None)


def test_the_same_repository_twice_is_refused(repository):
    repository.commit(a_py="a\n")
    with pytest.raises(HistoryError, match="every repository once, found repository twice"):
        read_all([], [repository.folder, repository.folder], 500, None)
