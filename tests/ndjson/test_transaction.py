"""A process is really killed, at every step of an apply and of a recovery."""

from __future__ import annotations

import os
import resource
import signal
import stat
from typing import TYPE_CHECKING, Any

import pytest

from ndjson.edits import Append, Replace
from ndjson.errors import Conflict, JournalDamaged, WriteFailed
from ndjson.operations import Create, Delete, FileOperation, Modify, Rename
from ndjson.workspace import Workspace
from tests.processes import exit_codes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Children only apply, or recover, and leave: threads of other tests do not matter to them.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

ANSWER: list[FileOperation] = [
    Create(path="new/deep/made.txt", content="made\n" * 100),
    Modify(path="changed.py", edits=(Replace(old="one", new="two"),)),
    Rename(path="moved.sh", to="new/moved.sh"),
    Delete(path="gone/last.txt"),
    Create(path="replaced.bin", content="text now\n", overwrite=True),
]
PLACED = {"made.txt", "changed.py", "moved.sh", "replaced.bin"}
STEPS = ("open", "write", "fsync", "link", "rename", "unlink", "mkdir", "rmdir", "fchmod", "close")
Tree = dict[str, tuple[bytes, int]]


def before(root: Path) -> Tree:
    root.mkdir()
    (root / "changed.py").write_bytes(b"one\r\n")
    (root / "changed.py").chmod(0o750)
    (root / "moved.sh").write_text("#!/bin/sh\n")
    (root / "moved.sh").chmod(0o755)
    (root / "gone").mkdir()
    (root / "gone/last.txt").write_text("bye\n")
    (root / "replaced.bin").write_bytes(b"\xff\x00")
    (root / "untouched").write_text("same\n")
    return tree(root)


def tree(root: Path) -> Tree:
    """Files with their modes, and folders that are empty or not ours; what we keep left out."""
    return {
        path.relative_to(root).as_posix(): (
            path.read_bytes() if path.is_file() else b"",
            stat.S_IMODE(path.stat().st_mode),
        )
        for path in root.rglob("*")
        if path.relative_to(root).parts[0] != ".token-budget"
    }


def after(folder: Path) -> Tree:
    before(folder / "reference")
    Workspace(folder / "reference").apply(ANSWER)
    return tree(folder / "reference")


def killed(work: Callable[[], object], step: int) -> bool:
    """Whether a child process that does ``work`` was killed before its step number ``step``."""
    child = os.fork()
    if child == 0:
        _kill_before(step)
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _kill_before(step: int) -> None:
    left = [step]

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                if name == "write":
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    for name in STEPS:
        setattr(os, name, counted(name))


def test_killed_at_every_step_leaves_all_old_or_all_new(tmp_path: Path) -> None:
    assert exit_codes(kill_at_every_step, [(tmp_path,)]) == [0]


def kill_at_every_step(tmp_path: Path) -> None:
    """In a small process: a child of the test runner begins with a copy of the tables of all."""
    new = after(tmp_path)
    seen, step = set(), 0
    while True:
        step += 1
        root = tmp_path / str(step)
        old = before(root)
        if not killed(lambda root=root: Workspace(root).apply(ANSWER), step):
            break
        Workspace(root)
        found = tree(root)
        assert found in (old, new), step
        seen.add(found == new)
        assert not (root / ".token-budget/edits/journal").exists()
        if step % 5 == 0:
            Workspace(root).apply(ANSWER)
            assert tree(root) == new, step
    assert seen == {True, False}
    assert step > 60


def test_a_recovery_can_be_killed_as_well(tmp_path: Path) -> None:
    assert exit_codes(kill_recoveries, [(tmp_path,)]) == [0]


def kill_recoveries(tmp_path: Path) -> None:
    new = after(tmp_path)
    for first in range(40, 400, 17):
        root = tmp_path / f"{first}"
        old = before(root)
        if not killed(lambda root=root: Workspace(root).apply(ANSWER), first):
            break
        for second in range(1, 1000, 5):
            if not killed(lambda root=root: Workspace(root), second):
                break
        assert tree(root) in (old, new), (first, second)
    assert first > 100


def interrupted(root: Path, *, placed: int) -> None:
    """Leave an apply that was killed after ``placed`` of its changes were in place."""
    state = {"committing": False, "placed": 0}

    def work() -> None:
        real_rename, real_unlink = os.rename, os.unlink

        def step() -> None:
            if state["committing"]:
                if state["placed"] == placed:
                    os.kill(os.getpid(), signal.SIGKILL)
                state["placed"] += 1

        def rename(source: str, target: str, **named: Any) -> None:
            step()
            real_rename(source, target, **named)
            journal = root / ".token-budget/edits/journal"
            if target == "journal" and b"committing" in journal.read_bytes():
                state["committing"] = True

        def unlink(*arguments: Any, **named: Any) -> None:
            step()
            real_unlink(*arguments, **named)

        os.rename, os.unlink = rename, unlink  # type: ignore[assignment]
        Workspace(root).apply(ANSWER)

    assert killed(work, 10**9)


def test_interrupted_commit_is_finished(tmp_path: Path) -> None:
    new = after(tmp_path)
    before(tmp_path / "root")
    interrupted(tmp_path / "root", placed=2)
    Workspace(tmp_path / "root")
    assert tree(tmp_path / "root") == new


def test_commit_that_lost_a_new_content_is_undone(tmp_path: Path) -> None:
    old = before(tmp_path / "root")
    interrupted(tmp_path / "root", placed=2)
    for staged in (tmp_path / "root").glob("**/.token-budget-*.new"):
        staged.unlink()
    Workspace(tmp_path / "root")
    assert tree(tmp_path / "root") == old


@pytest.mark.parametrize("placed", [1, 2, 3])
def test_file_neither_old_nor_new_is_left_and_the_others_are_undone(
    tmp_path: Path, placed: int
) -> None:
    root = tmp_path / "root"
    old = before(root)
    interrupted(root, placed=placed)
    (root / "changed.py").write_text("by hand\n")
    with pytest.raises(Conflict, match=r"neither old nor new") as caught:
        Workspace(root)
    assert caught.value.path == "changed.py"
    assert (root / "changed.py").read_text() == "by hand\n"
    found = tree(root)
    assert {**found, "changed.py": None} == {**old, "changed.py": None}
    Workspace(root)


def test_file_changed_after_all_were_new_keeps_the_others_new(tmp_path: Path) -> None:
    root, new = tmp_path / "root", after(tmp_path)
    before(root)
    interrupted(root, placed=6)
    (root / "new/deep/made.txt").write_text("by hand")
    with pytest.raises(Conflict, match=r"new/deep/made\.txt"):
        Workspace(root)
    found = tree(root)
    assert found.pop("new/deep/made.txt")[0] == b"by hand"
    new.pop("new/deep/made.txt")
    assert found == new


def test_folder_in_the_place_of_a_file_is_a_conflict(tmp_path: Path) -> None:
    root = tmp_path / "root"
    before(root)
    interrupted(root, placed=1)
    (root / "changed.py").unlink()
    (root / "changed.py").mkdir()
    with pytest.raises(Conflict):
        Workspace(root)
    assert (root / "changed.py").is_dir()


def limited(work: Callable[[], object], byte_limit: int) -> int:
    """How a child ends that may write no file longer than ``byte_limit``: 3 is `WriteFailed`."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (byte_limit, byte_limit))
            work()
            code = 0
        except WriteFailed as error:
            code = 3 if error.undone else 4
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("byte_limit", [0, 1, 100, 499, 600, 700, 900])
def test_full_disk_changes_nothing(tmp_path: Path, byte_limit: int) -> None:
    old = before(tmp_path / "root")
    answer = [*ANSWER, Create(path="large", content="x" * 100_000)]
    assert limited(lambda: Workspace(tmp_path / "root").apply(answer), byte_limit) == 3
    assert tree(tmp_path / "root") == old
    assert Workspace(tmp_path / "root").apply(answer).ok


def failing(monkeypatch: pytest.MonkeyPatch, name: str, at: int, error: BaseException) -> list[int]:
    """Let the call number ``at`` of an `os` function fail, and count all calls."""
    real, calls = getattr(os, name), [0]

    def call(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == at:
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(os, name, call)
    return calls


def refusal(root: Path) -> WriteFailed | None:
    try:
        Workspace(root).apply(ANSWER)
    except WriteFailed as error:
        return error
    return None


@pytest.mark.parametrize("name", ["write", "fsync", "link", "rename", "unlink", "mkdir"])
def test_system_error_at_any_call_leaves_all_old_or_all_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    new = after(tmp_path)
    for at in range(1, 200):
        root = tmp_path / str(at)
        old = before(root)
        with monkeypatch.context() as patch:
            calls = failing(patch, name, at, OSError(28, "No space left on device"))
            told = refusal(root)
        assert told is None or "No space left" in told.reason
        assert told is None or not told.undone or tree(root) == old
        Workspace(root)
        assert tree(root) in (old, new)
        if calls[0] < at:
            break
    else:
        pytest.fail("the calls never ended")


def test_files_without_hard_links_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, old = after(tmp_path), before(tmp_path / "root")

    def no_links(*_arguments: Any, **_named: Any) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    failing(monkeypatch, "rename", 6, OSError(5, "broken"))
    with pytest.raises(WriteFailed):
        Workspace(tmp_path / "root").apply(ANSWER)
    assert tree(tmp_path / "root") == old
    assert Workspace(tmp_path / "root").apply(ANSWER).ok
    assert tree(tmp_path / "root") == new


def test_file_changed_between_reading_and_writing_is_a_conflict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    old = before(root)
    real = os.link

    def link(source: str, target: str, **named: Any) -> None:
        real(source, target, **named)
        if source == "last.txt":
            (root / "changed.py").write_text("an editor saved\n")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(Conflict, match=r"changed\.py"):
        Workspace(root).apply(ANSWER)
    found = tree(root)
    assert found.pop("changed.py")[0] == b"an editor saved\n"
    old.pop("changed.py")
    assert found == old


def test_whatever_gets_its_name_is_on_the_disk_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    before(root)
    real_sync, real_rename, real_unlink = os.fsync, os.rename, os.unlink
    synced: list[int] = []
    renamed: list[str] = []
    in_place: list[int] = []

    def fsync(descriptor: int) -> None:
        real_sync(descriptor)
        synced.append(os.fstat(descriptor).st_ino)

    def rename(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        assert os.stat(source, dir_fd=src_dir_fd).st_ino in synced
        real_rename(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        renamed.append(target)
        if target in PLACED:
            assert renamed.count("journal") == 2
            in_place.append(len(synced))

    def unlink(name: str, *, dir_fd: int) -> None:
        if name.endswith(".old"):
            assert os.fstat(dir_fd).st_ino in synced[in_place[-1] :]
        real_unlink(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", unlink)
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    Workspace(root).apply(ANSWER)
    assert set(renamed) >= PLACED
    folders = {(root / name).stat().st_ino for name in ("", "gone", "new", "new/deep")}
    assert folders <= set(synced[in_place[-1] :])


def test_files_that_swap_names_are_swapped(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    swap = [Rename(path="a", to="c"), Rename(path="b", to="a"), Rename(path="c", to="b")]
    Workspace(tmp_path).apply(swap)
    assert ((tmp_path / "a").read_text(), (tmp_path / "b").read_text()) == ("b", "a")


def test_damaged_journal_is_refused_and_stays(tmp_path: Path) -> None:
    Workspace(tmp_path).apply([Create(path="a", content="")])
    journal = tmp_path / ".token-budget/edits/journal"
    journal.write_text("{")
    with pytest.raises(JournalDamaged, match="journal"):
        Workspace(tmp_path)
    assert journal.read_text() == "{"


def test_apply_recovers_what_another_process_left(tmp_path: Path) -> None:
    root = tmp_path / "root"
    before(root)
    workspace = Workspace(root)
    interrupted(root, placed=2)
    added = Modify(path="changed.py", edits=(Append(content="more\n"),))
    assert workspace.apply([added]).ok
    assert (root / "changed.py").read_bytes() == b"two\r\nmore\n"
