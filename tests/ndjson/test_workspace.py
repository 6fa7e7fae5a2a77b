from __future__ import annotations

import hashlib
import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from ndjson.edits import Append, Replace
from ndjson.errors import (
    AmbiguousMatch,
    AnchorNotFound,
    Conflict,
    UnsafePath,
    WorkspaceBusy,
    WriteFailed,
)
from ndjson.operations import Create, Delete, Done, Meta, Modify, Operation, Rename
from ndjson.results import Outcome, Status
from ndjson.state_folder import StateFolder
from ndjson.workspace import Workspace, operation_paths

if TYPE_CHECKING:
    from pathlib import Path


def replace(path: str, old: str, new: str) -> Modify:
    return Modify(path=path, edits=(Replace(old=old, new=new),))


def create(path: str, content: str = "new\n") -> Create:
    return Create(path=path, content=content)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "src").mkdir(parents=True)
    (folder / "src/a.py").write_text("a = 1\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.py").write_text("a = 1\n")
    return folder


def everything(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files}


def test_an_answer_is_applied_meta_and_done_skipped(root: Path) -> None:
    answer: list[Operation] = [
        Meta(summary="x", operations=2),
        create("docs/new.md"),
        replace("src/a.py", "1", "2"),
        Done(operations=2),
    ]
    applied = Workspace(root).apply(answer)
    assert applied.status is Status.APPLIED
    assert [result.number for result in applied.results] == [1, 2]
    assert (root / "docs/new.md").read_text() == "new\n"
    assert (root / "src/a.py").read_text() == "a = 2\n"


def test_a_failure_leaves_no_trace_at_all(root: Path) -> None:
    before = everything(root.parent)
    applied = Workspace(root).apply([create("new"), replace("src/a.py", "missing", "x")])
    assert applied.status is Status.FAILED
    assert not applied.ok
    assert [r.outcome for r in applied.results] == [Outcome.HELD_BACK, Outcome.FAILED]
    assert isinstance(applied.failed[0].error, AnchorNotFound)
    assert everything(root.parent) == before
    assert sorted(path.name for path in root.iterdir()) == ["src"]


def test_a_failure_after_an_apply_changes_nothing(root: Path) -> None:
    workspace = Workspace(root)
    workspace.apply([create("b", "x x")])
    before = everything(root)
    found = workspace.apply([Delete(path="src/a.py"), replace("b", "x", "y")])
    assert isinstance(found.failed[0].error, AmbiguousMatch)
    assert everything(root) == before


def test_no_operation_is_nothing_to_do(root: Path) -> None:
    assert Workspace(root).apply([Meta(summary="nothing to do")]).status is Status.NOTHING_TO_DO
    assert Workspace(root).apply([create("src/a.py", "a = 1\n")]).status is Status.NOTHING_TO_DO
    assert not (root / ".token-budget").exists()


def test_preview_touches_nothing_and_shows_the_diff(root: Path) -> None:
    before = everything(root.parent)
    preview = Workspace(root).preview([replace("src/a.py", "1", "2"), create("new")])
    assert preview.diff == (
        "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+new\n"
        "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
    )
    assert preview.ok
    assert everything(root.parent) == before
    assert not (root / ".token-budget").exists()


def test_the_same_answer_again_is_already_applied(root: Path) -> None:
    answer = [Modify(path="src/a.py", edits=(Append(content="b = 1\n"),)), create("new")]
    assert Workspace(root).apply(answer).status is Status.APPLIED
    again = Workspace(root).apply(answer, shown={"src/a.py": digest(b"a = 1\n")})
    assert again.status is Status.ALREADY_APPLIED
    assert {result.outcome for result in again.results} == {Outcome.NO_OP}
    assert (root / "src/a.py").read_text() == "a = 1\nb = 1\n"


def test_an_answer_whose_files_changed_since_is_applied_anew(root: Path) -> None:
    answer = [Modify(path="src/a.py", edits=(Append(content="b = 1\n"),))]
    Workspace(root).apply(answer)
    (root / "src/a.py").write_text("c = 1\n")
    assert Workspace(root).apply(answer).status is Status.APPLIED
    assert (root / "src/a.py").read_text() == "c = 1\nb = 1\n"


def test_another_answer_with_the_same_result_is_not_already_applied(root: Path) -> None:
    Workspace(root).apply([replace("src/a.py", "1", "2")])
    assert Workspace(root).apply([replace("src/a.py", "a = 1", "a = 2")]).failed


def test_a_file_that_is_not_what_was_shown_is_a_conflict(root: Path) -> None:
    answer = [create("new")]
    for shown in ({"src/a.py": digest(b"old")}, {"src/a.py": None}, {"x": digest(b"")}):
        with pytest.raises(Conflict, match="no longer what the model was shown"):
            Workspace(root).apply(answer, shown=shown)
    assert not (root / "new").exists()
    shown_now = {"src/a.py": digest(b"a = 1\n").upper(), "new": None}
    assert Workspace(root).apply(answer, shown=shown_now).ok


def test_freshness_is_checked_after_earlier_applies_too(root: Path) -> None:
    workspace = Workspace(root)
    workspace.apply([replace("src/a.py", "1", "2")])
    with pytest.raises(Conflict):
        workspace.apply([create("new")], shown={"src/a.py": digest(b"a = 1\n")})
    assert not (root / "new").exists()


def test_looser_matching_is_off_by_default_and_reported(root: Path) -> None:
    (root / "src/a.py").write_bytes(b"a = 1\r\nb = 2\r\n")
    answer = [replace("src/a.py", "a = 1\nb = 2\n", "a = 3\nb = 4\n")]
    assert Workspace(root).apply(answer).failed
    applied = Workspace(root).apply(answer, matching="trailing")
    assert (root / "src/a.py").read_bytes() == b"a = 3\r\nb = 4\r\n"
    assert "only by ignoring white space" in applied.summary


@pytest.mark.parametrize(
    "path",
    [
        "../outside/a.py",
        "/etc/passwd",
        ".git/config",
        ".token-budget/state.db",
        "link/a.py",
        "file-link",
        "git-link/config",
        "state-link/edits/journal",
        "src/../../outside/a.py",
        "here-link",
    ],
)
def test_unsafe_paths_are_refused_whatever_the_operation(root: Path, path: str) -> None:
    (root / "link").symlink_to("../outside")
    (root / "file-link").symlink_to(root.parent / "outside/a.py")
    (root / ".git").mkdir()
    (root / ".git/config").write_text("[core]\n")
    (root / "git-link").symlink_to(".git")
    (root / "state-link").symlink_to(".token-budget")
    (root / "here-link").symlink_to(".")
    before = everything(root.parent)
    for operation in (
        Create(path=path, content="x", overwrite=True),
        replace(path, "a", "b"),
        Delete(path=path),
        Rename(path=path, to="taken"),
        Rename(path="src/a.py", to=path),
    ):
        found = Workspace(root).apply([operation])
        assert isinstance(found.results[0].error, UnsafePath), operation
    assert everything(root.parent) == before


def test_links_inside_the_root_are_kept(root: Path) -> None:
    (root / "alias").symlink_to("src")
    (root / "file").symlink_to("src/a.py")
    applied = Workspace(root).apply(
        [create("alias/b.py"), replace("alias/a.py", "a", "x"), replace("file", "1", "2")]
    )
    assert applied.ok
    assert (root / "alias").is_symlink()
    assert (root / "file").is_symlink()
    assert (root / "src/b.py").read_text() == "new\n"
    assert (root / "src/a.py").read_text() == "x = 2\n"


def test_protected_paths_are_refused_also_through_links(root: Path) -> None:
    (root / "alias").symlink_to("src")
    for path in ("src/a.py", "alias/a.py", "SRC/A.py"):
        found = Workspace(root, protected=["src/"]).apply([create(path)])
        assert "protected by 'src/'" in found.failed[0].reason
    (root / "src/out").symlink_to("..")
    found = Workspace(root, allowed=["src/"]).apply([create("src/out/b.py")])
    assert "only these paths may be changed: 'src/'" in found.failed[0].reason


def test_modes_are_kept_and_new_files_get_the_default(root: Path) -> None:
    (root / "src/a.py").chmod(0o751)
    mask = os.umask(0o027)
    try:
        Workspace(root).apply([replace("src/a.py", "1", "2"), create("new/b")])
    finally:
        os.umask(mask)
    assert stat.S_IMODE((root / "src/a.py").stat().st_mode) == 0o751
    assert stat.S_IMODE((root / "new/b").stat().st_mode) == 0o640
    assert stat.S_IMODE((root / "new").stat().st_mode) == 0o750


def test_the_owner_is_kept(root: Path) -> None:
    if os.geteuid() == 0:
        os.chown(root / "src/a.py", 12345, 23456)
    before = (root / "src/a.py").stat()
    Workspace(root).apply([replace("src/a.py", "1", "2")])
    after = (root / "src/a.py").stat()
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


def test_what_the_library_keeps_is_not_for_version_control(root: Path) -> None:
    Workspace(root).apply([create("new")])
    assert (root / ".token-budget/.gitignore").read_text() == "*\n"
    assert sorted(path.name for path in (root / ".token-budget/edits").iterdir()) == [
        ".gitignore",
        "applied.json",
        "lock",
    ]


def test_a_state_folder_that_is_a_link_is_refused(root: Path) -> None:
    (root / ".token-budget").symlink_to("../outside")
    before = everything(root.parent)
    with pytest.raises(Conflict, match=r"\.token-budget"):
        Workspace(root)
    assert everything(root.parent) == before


def test_a_busy_workspace_names_its_lock(root: Path) -> None:
    Workspace(root).apply([create("first")])
    state = StateFolder(Workspace(root)._root)
    with (
        state.locked(1),
        pytest.raises(WorkspaceBusy, match=r"waited 0\.05 s for \.token-budget/edits/lock"),
    ):
        Workspace(root, lock_timeout=0.05).apply([create("new")])
    assert not (root / "new").exists()


def test_those_who_apply_at_once_take_turns(root: Path) -> None:
    (root / "log").write_text("")

    def append(name: int) -> None:
        for count in range(5):
            line = Append(content=f"{name} {count}\n")
            assert Workspace(root).apply([Modify(path="log", edits=(line,))]).ok

    threads = [threading.Thread(target=append, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (root / "log").read_text().splitlines()
    assert sorted(lines) == sorted(f"{name} {count}" for name in range(4) for count in range(5))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_processes_take_turns(root: Path) -> None:
    (root / "log").write_text("")
    children = []
    for name in range(4):
        child = os.fork()
        if child == 0:
            line = Append(content=f"{name}\n")
            applied = Workspace(root).apply([Modify(path="log", edits=(line,))])
            os._exit(0 if applied.ok else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert sorted((root / "log").read_text().split()) == ["0", "1", "2", "3"]


def test_the_root_must_be_a_folder(root: Path) -> None:
    for path in (root / "src/a.py", root / "missing"):
        with pytest.raises(Conflict, match="must be a folder"):
            Workspace(path)


def test_a_refusal_by_the_system_is_explained(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_folder(*_arguments: object, **_named: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "mkdir", no_folder)
    with pytest.raises(WriteFailed, match="Read-only file system; nothing was changed"):
        Workspace(root).apply([create("new")])


def test_paths_of_operations() -> None:
    assert operation_paths(Rename(path="a", to="b")) == ("a", "b")
    assert operation_paths(Delete(path="a")) == ("a",)
