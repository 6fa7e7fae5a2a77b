from __future__ import annotations

import pytest

from benchmarks.continuation_commits import changed_files
from benchmarks.continuation_targets import (
    FORMS,
    applied,
    cases_of,
    files_of_text,
    operations_of,
    patched,
)
from ndjson import Create, Delete

OLD = "".join(f"line {number}\n" for number in range(30))
TWICE = "same\n" * 30


@pytest.fixture
def commit(repository):
    repository.commit(a_py=OLD, b_py=TWICE, c_py="gone\n", d_py=OLD + "d\n")
    repository.git("mv", "d.py", "e.py")
    repository.git("rm", "--quiet", "c.py")
    repository.commit(
        a_py=OLD.replace("line 3\n", "three\n").replace("line 20\n", "twenty\n"),
        b_py="same\n" * 14 + "other\n" + "same\n" * 15,
        e_py=OLD + "e\n",
        f_py="new",
    )
    return next(changed_files(repository.folder))


def test_a_commit_becomes_operations(commit):
    found = operations_of(commit)
    kinds = [(one["type"], one["path"]) for one in found]
    assert kinds == [
        ("modify", "a.py"),
        ("create", "b.py"),
        ("delete", "c.py"),
        ("rename", "d.py"),
        ("modify", "e.py"),
        ("create", "f.py"),
    ]
    assert len(found[0]["edits"]) == 2


def test_lines_that_stand_there_twice_are_written_with_the_whole_file(commit):
    assert operations_of(commit)[1]["overwrite"] is True


def test_the_whole_answer_gives_the_files_of_the_commit_in_every_format(commit):
    found = list(cases_of(commit))
    assert [one.form for one in found] == list(FORMS)
    for case in found:
        assert files_of_text(case, case.target.whole()) == case.after


def test_an_answer_that_is_not_whole_gives_other_files(commit):
    for case in cases_of(commit):
        half = case.target.whole()[: len(case.target.whole()) // 2]
        assert files_of_text(case, half) != case.after


def test_operations_that_do_not_fit_give_no_files():
    assert applied({}, [Delete(path="a")]) is None
    assert applied({"b": "1"}, [Create(path="a", content="x")]) == {"a": "x", "b": "1"}


def test_a_diff_that_does_not_fit_gives_no_files(commit):
    diff = "".join(one.diff for one in commit.files)
    assert patched(commit.before, diff) == commit.after
    assert patched({"a.py": "other\n"}, diff) is None
