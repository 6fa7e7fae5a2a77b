from __future__ import annotations

import pytest

from benchmarks.continuation_commits import changed_files
from benchmarks.end_to_end_phases import check_out, phase_of, wrong_files


@pytest.fixture
def commit(repository):
    repository.commit(a_py="1\n", b_py="moved\n" * 9)
    repository.git("mv", "b.py", "c.py")
    repository.commit("Change a\n\nand move b", a_py="2\n")
    return next(changed_files(repository.folder))


def test_a_phase_says_what_the_commit_says_and_what_happens_to_each_file(commit):
    phase = phase_of(commit, "run")
    assert (phase.title, phase.description) == ("Change a", "and move b")
    assert [(one.action, one.path, one.new_path) for one in phase.entries] == [
        ("modify", "a.py", None),
        ("rename", "b.py", "c.py"),
    ]


def test_the_folder_becomes_the_tree_before_the_commit_and_keeps_its_state(commit, tmp_path):
    folder = tmp_path / "workspace"
    (folder / ".token-budget").mkdir(parents=True)
    (folder / "stray.py").write_text("x", encoding="utf-8")
    check_out(commit, folder)
    names = sorted(one.name for one in folder.iterdir())
    assert names == [".token-budget", "a.py", "b.py", "start.txt"]
    assert (folder / "a.py").read_text(encoding="utf-8") == "1\n"


def test_files_are_compared_byte_for_byte(commit, tmp_path):
    folder = tmp_path / "workspace"
    folder.mkdir()
    check_out(commit, folder)
    assert wrong_files(commit.after, folder) == ["a.py", "b.py", "c.py"]
    (folder / "a.py").write_bytes(b"2\n")
    (folder / "b.py").rename(folder / "c.py")
    assert wrong_files(commit.after, folder) == []
    (folder / "a.py").write_bytes(b"2\r\n")
    assert wrong_files(commit.after, folder) == ["a.py"]
