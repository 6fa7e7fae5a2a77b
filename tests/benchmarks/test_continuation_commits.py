from __future__ import annotations

import pytest

from benchmarks.continuation_commits import changed_files, first_commits
from estimators.errors import RepositoryError

OLD = "".join(f"line {number}\n" for number in range(20))


def commit_of(repository):
    return next(changed_files(repository.folder))


def test_every_kind_of_change_is_read(repository):
    repository.commit(a_py=OLD, b_py="gone\n", c_py="moved\n" * 5)
    repository.git("mv", "c.py", "d.py")
    repository.git("rm", "--quiet", "b.py")
    repository.commit(a_py=OLD.replace("line 3\n", "three\n"), e_py="new\n")
    found = commit_of(repository)
    assert [(one.action, one.old_path, one.path) for one in found.files] == [
        ("modify", "a.py", "a.py"),
        ("delete", "b.py", "b.py"),
        ("rename", "c.py", "d.py"),
        ("create", "e.py", "e.py"),
    ]
    assert found.before == {"a.py": OLD, "b.py": "gone\n", "c.py": "moved\n" * 5}
    assert found.after["b.py"] is None
    assert found.after["c.py"] is None
    assert found.after["e.py"] == "new\n"
    assert found.after["d.py"] == "moved\n" * 5


def test_what_no_model_is_asked_to_write_is_left_out(repository):
    repository.commit(a_py="1\n")
    repository.write("picture.bin", b"\0\1\2")
    repository.write("uv.lock", "lock\n")
    repository.write("with space.py", "x\n")
    repository.commit(a_py="2\n")
    assert [one.path for one in commit_of(repository).files] == ["a.py"]


def test_the_newest_commits_that_are_large_and_small_enough(repository):
    repository.commit(a_py="1\n", b_py="1\n")
    repository.commit(a_py="2\n", b_py="2\n")
    repository.commit(a_py="3\n")
    repository.commit(a_py="4\n" * 500, b_py="4\n")
    found = first_commits([repository.folder], 5, 2, largest=1_000)
    assert [one.after["a.py"] for one in found] == ["2\n", "1\n"]


def test_a_repository_without_such_a_commit_is_named(repository):
    repository.commit(a_py="1\n")
    with pytest.raises(RepositoryError, match="no commit there can be used"):
        first_commits([repository.folder], 1, 2, largest=1_000)
