from __future__ import annotations

import pytest

from estimators.mining.mining_rules import (
    LEFT_OUT_DIRECTORIES,
    LEFT_OUT_SUFFIXES,
    LOCK_FILES,
    MiningRules,
)

rules = MiningRules()


@pytest.mark.parametrize("name", LOCK_FILES)
def test_lock_files_are_left_out_at_any_depth(name):
    assert rules.left_out(name) == rules.left_out(f"a/b/{name}") == "lock file"


@pytest.mark.parametrize("name", LEFT_OUT_DIRECTORIES)
def test_directories_are_left_out_at_any_depth_but_not_files_of_their_names(name):
    assert rules.left_out(f"{name}/a.py") == rules.left_out(f"x/{name}/y/a.py")
    assert rules.left_out(f"{name}/a.py")
    assert rules.left_out(f"a/{name}") is None
    assert rules.left_out(f"a/my{name}/b.py") is None


@pytest.mark.parametrize("suffix", LEFT_OUT_SUFFIXES)
def test_suffixes_are_left_out_in_any_case(suffix):
    assert rules.left_out(f"a/b{suffix.upper()}") == "generated, data or binary by its name"


@pytest.mark.parametrize("path", ["a.py", "go.mod", "locks.py", "a.js", "package.json", "logs"])
def test_other_files_are_kept(path):
    assert rules.left_out(path) is None


def test_git_leaves_out_the_same_files(repository):
    paths = [f"x/{name}" for name in LOCK_FILES]
    paths += [f"{name}/a.py" for name in LEFT_OUT_DIRECTORIES]
    paths += [f"x/{name.upper()}/a.py" for name in LEFT_OUT_DIRECTORIES]
    paths += [f"x/a{suffix}" for suffix in LEFT_OUT_SUFFIXES]
    paths += ["a.py", "x/build", "x/vendors/a.py", "go.mod"]
    for path in paths:
        repository.write(path, "x\n")
    repository.commit()
    listed = repository.git("ls-files", "--", *rules.pathspecs()).splitlines()
    assert sorted(listed) == sorted(
        ["start.txt", *(path for path in paths if rules.left_out(path) is None)]
    )


def test_signs_of_patterns_in_names_are_names(repository):
    for path in ("a[1].x", "a1.x", "d*/a.py", "dd/a.py"):
        repository.write(path, "x\n")
    repository.commit()
    odd = MiningRules(lock_files=("a[1].x",), directories=("d*",), suffixes=("?",))
    listed = repository.git("ls-files", "--", *odd.pathspecs()).splitlines()
    assert listed == ["a1.x", "dd/a.py", "start.txt"]


def test_other_rules_have_another_fingerprint():
    assert rules.fingerprint() == MiningRules().fingerprint()
    assert rules.fingerprint() != MiningRules(max_files=61).fingerprint()


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_files": 0},
        {"max_file_bytes": 0},
        {"rename_percent": 0},
        {"rename_percent": 101},
        {"directories": ("a/b",)},
        {"suffixes": ("",)},
    ],
)
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        MiningRules(**wrong)
