"""What operations of one answer do to each other, each row of the table in `ndjson.edited`."""

from __future__ import annotations

import pytest

from ndjson.edited import evaluate, last_line
from ndjson.edits import Append, Replace
from ndjson.errors import AnchorNotFound, Conflict, UnsafePath
from ndjson.file_state import FileState
from ndjson.operations import Continue, Create, Delete, FileOperation, Modify, Rename
from ndjson.results import Evaluation, Outcome
from ndjson.touched import Place

FILES = {
    "a": FileState(b"one\n", 0o755),
    "b": FileState(b"two\n", 0o644),
    "binary": FileState(b"\xff", 0o644),
}


def locate(path: str) -> Place:
    if path == "unsafe":
        raise UnsafePath(path, "a rule")
    return Place(path, "a" if path == "link" else path, link=path == "link")


def run(*operations: FileOperation) -> Evaluation:
    return evaluate(operations, locate, FILES.get)


def after(*operations: FileOperation) -> dict[str, tuple[str, int | None] | None]:
    found = run(*operations)
    assert found.ok, found.results
    return {
        c.path: None if c.after is None else (c.after.content.decode(), c.after.mode)
        for c in found.changes
    }


def failure(*operations: FileOperation) -> str:
    """The reason why the last operation, and no other, fails."""
    found = run(*operations)
    assert [r.number for r in found.failed] == [len(operations)]
    assert found.changes == ()
    return found.failed[0].reason


def create(path: str, content: str = "new\n", *, overwrite: bool = False) -> Create:
    return Create(path=path, content=content, overwrite=overwrite)


def replace(path: str, old: str, new: str) -> Modify:
    return Modify(path=path, edits=(Replace(old=old, new=new),))


def go_on(path: str, line: str, content: str) -> Continue:
    return Continue(path=path, after=line, content=content)


def rename(path: str, to: str) -> Rename:
    return Rename(path=path, to=to)


def delete(path: str) -> Delete:
    return Delete(path=path)


def test_create_makes_a_file_with_the_default_mode() -> None:
    assert after(create("new")) == {"new": ("new\n", None)}


def test_create_over_a_file_needs_overwrite_and_keeps_the_mode() -> None:
    assert "overwrite" in failure(create("a"))
    assert after(create("a", overwrite=True)) == {"a": ("new\n", 0o755)}


def test_create_with_equal_content_is_a_no_op() -> None:
    found = run(create("a", "one\n"), create("new"), create("new"))
    outcomes = [result.outcome for result in found.results]
    assert outcomes == [Outcome.NO_OP, Outcome.APPLIED, Outcome.NO_OP]
    assert "exactly" in found.results[0].reason


def test_create_twice_fails_unless_equal_or_overwriting() -> None:
    assert "exists" in failure(create("new"), create("new", "other"))
    assert after(create("n"), create("n", "x", overwrite=True)) == {"n": ("x", None)}


def test_create_then_modify() -> None:
    assert after(create("n", "x y"), replace("n", "x", "z")) == {"n": ("z y", None)}


def test_create_then_delete_leaves_nothing() -> None:
    assert after(create("n"), delete("n")) == {}


def test_delete_then_create_is_a_new_file() -> None:
    assert after(delete("a"), create("a")) == {"a": ("new\n", None)}


@pytest.mark.parametrize("later", [replace("a", "one", "x"), rename("a", "z"), delete("a")])
def test_nothing_else_follows_a_delete(later: FileOperation) -> None:
    assert "operation 1 deleted it" in failure(delete("a"), later)


@pytest.mark.parametrize(
    "operation", [replace("z", "a", "b"), rename("z", "y"), delete("z"), go_on("z", "", "x")]
)
def test_missing_files_are_named(operation: FileOperation) -> None:
    assert failure(operation) == "z: there is no such file"


def test_rename_then_modify() -> None:
    changed = after(rename("a", "z"), replace("z", "one", "two"))
    assert changed == {"a": None, "z": ("two\n", 0o755)}
    reason = failure(rename("a", "z"), replace("a", "one", "two"))
    assert reason == "a: operation 1 renamed it to z"


def test_rename_then_create_of_the_old_path() -> None:
    changed = after(rename("a", "z"), create("a", "new\n"))
    assert changed == {"a": ("new\n", None), "z": ("one\n", 0o755)}


def test_rename_onto_a_file() -> None:
    assert "delete it first" in failure(rename("a", "b"))
    assert after(delete("b"), rename("a", "b")) == {"a": None, "b": ("one\n", 0o755)}


def test_rename_to_itself_is_a_no_op() -> None:
    assert run(rename("a", "a")).results[0].outcome is Outcome.NO_OP


def test_rename_there_and_back_changes_nothing() -> None:
    assert after(rename("a", "z"), rename("z", "a")) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (create("n"), create("n/m")),
        (create("n/m"), create("n")),
        (delete("a"), create("a/b/c")),
        (rename("b", "n/m"), create("n")),
    ],
)
def test_one_path_is_no_file_and_folder(first: FileOperation, second: FileOperation) -> None:
    assert "as a file and as a folder" in failure(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("n.py", "N.py"),
        ("caf\u00e9", "cafe\u0301"),
        ("dir/x", "Dir/y"),
        ("\ufb01le", "file"),
    ],
)
def test_twins_conflict(first: str, second: str) -> None:
    assert "take" in failure(create(first), create(second))
    assert "take" in failure(create(first), create("between"), rename("a", second))


def test_links_are_edited_through_and_neither_deleted_nor_renamed() -> None:
    assert after(replace("link", "one", "two")) == {"a": ("two\n", 0o755)}
    assert "symbolic link to a" in failure(delete("link"))
    assert "symbolic link" in failure(rename("link", "z"))
    assert "symbolic link" in failure(rename("b", "link"))


def test_two_paths_of_one_file_are_one_file() -> None:
    assert after(replace("link", "one", "two"), replace("a", "two", "three"))["a"] == (
        "three\n",
        0o755,
    )


def test_what_follows_a_failure_on_the_same_file_is_not_tried() -> None:
    found = run(replace("a", "missing", "x"), replace("a", "one", "x"), delete("b"))
    assert [result.outcome for result in found.results] == [
        Outcome.FAILED,
        Outcome.FAILED,
        Outcome.HELD_BACK,
    ]
    assert isinstance(found.results[0].error, AnchorNotFound)
    assert "because operation 1 on it failed" in found.results[1].reason


def test_a_failed_rename_spoils_both_paths() -> None:
    found = run(rename("missing", "z"), create("z"))
    assert "operation 1" in found.results[1].reason


def test_refused_paths_fail_and_name_the_rule() -> None:
    found = run(create("unsafe"))
    assert isinstance(found.results[0].error, UnsafePath)
    assert found.results[0].reason == "the path 'unsafe' is refused: a rule"


def test_files_that_are_no_text_can_be_replaced_and_moved_only() -> None:
    assert "not UTF-8 (byte 0)" in failure(replace("binary", "a", "b"))
    assert after(create("binary", "t", overwrite=True)) == {"binary": ("t", 0o644)}
    assert after(delete("binary")) == {"binary": None}
    moved = run(rename("binary", "z")).changes
    assert [c.after and c.after.content for c in moved] == [None, b"\xff"]


def test_edits_that_change_nothing_are_a_no_op() -> None:
    found = run(replace("a", "one", "one"))
    assert found.results[0].outcome is Outcome.NO_OP
    assert found.results[0].notes == ("edit 1: changes nothing",)
    assert found.changes == ()


def test_one_failed_edit_fails_the_operation() -> None:
    edits = (Append(content="x"), Replace(old="missing", new="y"))
    assert "'missing' does not occur" in failure(Modify(path="a", edits=edits))


def test_continue_goes_on_after_the_last_line() -> None:
    assert after(create("n", "1\n2\n"), go_on("n", "2", "3\n"), go_on("n", "3", "4\n")) == {
        "n": ("1\n2\n3\n4\n", None)
    }


def test_continue_follows_a_rename_and_an_equal_create() -> None:
    assert after(create("n", "1\n"), rename("n", "m"), go_on("m", "1", "2\n")) == {
        "m": ("1\n2\n", None)
    }
    assert after(create("a", "one\n"), go_on("a", "one", "2\n")) == {"a": ("one\n2\n", 0o755)}


@pytest.mark.parametrize("line", ["1", "", "2\n", " 2", "2 "])
def test_continue_after_another_line_is_refused(line: str) -> None:
    assert "the last line kept is '2'" in failure(create("n", "1\n2\n"), go_on("n", line, "3\n"))


def test_continue_of_a_file_from_before_is_refused() -> None:
    assert "that this answer creates" in failure(go_on("a", "one", "2\n"))


def test_continue_of_an_empty_file_follows_an_empty_line() -> None:
    assert after(create("n", ""), go_on("n", "", "1\n")) == {"n": ("1\n", None)}


def test_continue_starts_on_a_new_line() -> None:
    found = run(create("n", "1"), go_on("n", "1", "2"))
    assert found.changes[0].after == FileState(b"1\n2", None, created=True)
    assert "had no line end" in found.results[1].notes[0]


def test_continue_does_not_compare_carriage_returns() -> None:
    assert after(create("n", "1\r\n"), go_on("n", "1", "2\r\n")) == {"n": ("1\r\n2\r\n", None)}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("a", "a"),
        ("a\n", "a"),
        ("a\nb", "b"),
        ("a\n\n", ""),
        ("a\x0cb\u2028c\n", "a\x0cb\u2028c"),
    ],
)
def test_last_line(text: str, line: str) -> None:
    assert last_line(text) == line


def test_unreadable_files_fail_with_a_reason() -> None:
    def read(path: str) -> FileState | None:
        raise PermissionError(13, "Permission denied")

    found = evaluate([delete("a")], locate, read)
    assert found.results[0].reason == "a: it cannot be read: Permission denied"
    assert isinstance(found.results[0].error, Conflict)
