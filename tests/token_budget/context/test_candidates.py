from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from token_budget.context.candidates import find_candidates
from token_budget.context.errors import WorkspaceError


def reasons(found):
    return {one.path: one.reason for one in found.left_out}


@pytest.fixture(params=["git", "no git"])
def workspace(request, make_repository, tmp_path):
    """A folder with and without a repository: both must see the same files."""
    if request.param == "git":
        make_repository("workspace")
    else:
        (tmp_path / "workspace").mkdir()
    return tmp_path / "workspace"


def write(folder, path, content=b"text\n"):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def test_ignored_files_are_not_seen_and_all_others_are(workspace):
    write(workspace, ".gitignore", b"*.log\n/out/\n!kept.log\n")
    write(workspace, "sub/.gitignore", b"!loud.log\nsecret.txt\n")
    for path in (
        "a.py",
        "a.log",
        "kept.log",
        "out/x.py",
        "sub/out/x.py",
        "sub/loud.log",
        "sub/secret.txt",
    ):
        write(workspace, path)
    seen = {".gitignore", "a.py", "kept.log", "sub/.gitignore", "sub/loud.log", "sub/out/x.py"}
    assert set(find_candidates(workspace).stamps) == seen


def test_our_own_folder_is_never_a_candidate(workspace):
    write(workspace, ".token-budget/notes.txt")
    write(workspace, "a.py")
    found = find_candidates(workspace)
    assert set(found.stamps) == {"a.py"}
    assert found.left_out == ()


def test_every_link_is_left_out_by_name(workspace):
    write(workspace, "real/a.py")
    (workspace / "to_file.py").symlink_to("real/a.py")
    (workspace / "to_folder").symlink_to("real")
    (workspace / "up").symlink_to("..")
    (workspace / "loop").symlink_to("loop")
    (workspace / "real" / "self").symlink_to(".")
    (workspace / "outside").symlink_to("/etc/hostname")
    (workspace / "broken").symlink_to("nowhere")
    found = find_candidates(workspace)
    assert set(found.stamps) == {"real/a.py"}
    assert reasons(found) == {
        "to_file.py": "symbolic link to real/a.py",
        "to_folder": "symbolic link to real",
        "up": "symbolic link outside",
        "loop": "symbolic link in a loop",
        "real/self": "symbolic link to real",
        "outside": "symbolic link outside",
        "broken": "broken symbolic link",
    }


def test_a_sparse_log_of_two_gigabytes_is_left_out_unread(workspace):
    with (workspace / "huge.txt").open("wb") as file:
        file.truncate(2 * 2**30)
    assert reasons(find_candidates(workspace)) == {"huge.txt": "larger than 1,000,000 bytes"}


def test_a_name_that_is_not_utf_8_is_stated(workspace):
    write(workspace, "a.py")
    write(workspace, os.fsdecode(b"caf\xe9.py"))
    found = find_candidates(workspace)
    assert set(found.stamps) == {"a.py"}
    assert reasons(found) == {"caf\ufffd.py": "not UTF-8 name"}


def test_an_empty_workspace_has_no_candidates(workspace):
    found = find_candidates(workspace)
    assert (found.stamps, found.left_out, found.warnings) == ({}, (), ())


def test_what_is_asked_for_by_name_comes_in_whatever_the_rules(workspace):
    write(workspace, ".gitignore", b"generated/\n")
    for path in ("generated/api.py", "generated/deep/b.py", "vendor/lib.py", "uv.lock"):
        write(workspace, path)
    asked = ["generated", "vendor/lib.py", "absent.py", "../elsewhere", "/etc/passwd", "."]
    found = find_candidates(workspace, include=asked)
    assert set(found.stamps) == {
        ".gitignore",
        "generated/api.py",
        "generated/deep/b.py",
        "vendor/lib.py",
    }
    assert found.wanted == set(found.stamps) - {".gitignore"}
    assert reasons(found) == {"uv.lock": "lock file"}


DEEP = ["d" * 200] * 21
"""Names of folders whose path together is longer than the system takes."""


@pytest.fixture
def deep(workspace, monkeypatch):
    """The workspace with folders of which the last cannot be entered from its root."""
    with monkeypatch.context() as patch:
        patch.chdir(workspace)
        for name in DEEP:
            Path(name).mkdir()
            patch.chdir(name)
        Path("lost.py").write_text("text\n")
    return workspace


def test_a_folder_that_cannot_be_entered_is_stated(deep):
    write(deep, "a.py")
    found = find_candidates(deep)
    assert set(found.stamps) == {"a.py"}
    assert any("/".join(DEEP[:15]) in said for said in (*reasons(found), *found.warnings))


def test_a_folder_that_is_asked_for_and_cannot_be_entered_is_stated(deep):
    write(deep, ".gitignore", f"{DEEP[0]}\n".encode())
    assert reasons(find_candidates(deep)) == {}
    found = find_candidates(deep, include=[DEEP[0]])
    assert set(reasons(found).values()) == {"unreadable: File name too long"}


def test_a_folder_that_git_could_not_enter_is_stated(make_repository, tmp_path, monkeypatch):
    repository = make_repository("workspace")
    write(repository.folder, "a.py")
    complaining = tmp_path / "programs" / "git"
    complaining.parent.mkdir()
    complaining.write_text(
        f"""#!/bin/sh
        echo "warning: could not open directory 'locked/in side/': Permission denied" >&2
        echo "warning: something else" >&2
        exec {shutil.which("git")} "$@"
        """
    )
    complaining.chmod(0o755)
    monkeypatch.setenv("PATH", f"{complaining.parent}:{os.environ['PATH']}")
    found = find_candidates(repository.folder)
    assert set(found.stamps) == {"a.py"}
    assert reasons(found) == {"locked/in side": "unreadable: Permission denied"}
    assert found.warnings == ("git: warning: something else",)


def test_a_folder_of_tools_is_stated(workspace):
    write(workspace, "a.py")
    write(workspace, ".venv/lib/site-packages/b.py")
    found = find_candidates(workspace)
    assert set(found.stamps) == {"a.py"}
    [reason] = reasons(found).values()
    assert reason in {"vendored", "a folder of tools"}


def test_a_pipe_is_no_candidate(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert reasons(find_candidates(tmp_path)) == {"pipe": "no regular file"}


def test_a_tracked_file_that_is_gone_is_stated(make_repository):
    repository = make_repository()
    repository.commit(a_py="a\n", b_py="b\n")
    (repository.folder / "b.py").unlink()
    found = find_candidates(repository.folder)
    assert set(found.stamps) == {"a.py"}
    assert reasons(found) == {"b.py": "deleted"}


def test_a_submodule_is_stated(make_repository):
    inner, outer = make_repository("inner"), make_repository("outer")
    inner.commit(a_py="a\n")
    outer.git("submodule", "--quiet", "add", str(inner.folder), "library")
    found = find_candidates(outer.folder)
    assert set(found.stamps) == {".gitmodules"}
    assert reasons(found) == {"library": "a repository of its own, such as a submodule"}


def test_a_folder_that_its_repository_ignores_is_read_all_the_same(make_repository):
    repository = make_repository()
    repository.commit(**{".gitignore": "scratch/\n"})
    repository.write("scratch/a.py", "a\n")
    assert set(find_candidates(repository.folder / "scratch").stamps) == {"a.py"}


def test_a_damaged_repository_is_walked_with_a_warning(make_repository):
    repository = make_repository()
    repository.commit(a_py="a\n")
    (repository.folder / ".git" / "index").write_bytes(b"this is no index")
    found = find_candidates(repository.folder)
    assert set(found.stamps) == {"a.py"}
    assert "git could not list the files" in found.warnings[0]


def test_a_repository_cannot_have_a_program_run(make_repository, tmp_path):
    repository = make_repository()
    repository.commit(a_py="a\n")
    hook = tmp_path / "monitor"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    repository.git("config", "core.fsmonitor", str(hook))
    find_candidates(repository.folder)
    assert not (tmp_path / "ran").exists()


def test_a_workspace_that_is_none_is_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("")
    for name, expected in (("absent", "found nothing"), ("file", "found a file")):
        with pytest.raises(WorkspaceError, match=expected) as caught:
            find_candidates(tmp_path / name)
        assert caught.value.root.endswith(name)
