"""Random answers on random trees: what `apply` leaves is what a plain model in memory says."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ndjson.edits import Append, Edit, InsertAfter, Prepend, Replace, ReplaceAll
from ndjson.operations import Create, Delete, FileOperation, Modify, Rename
from ndjson.results import Status
from ndjson.workspace import Workspace

Tree = dict[str, bytes]

PATHS = st.sampled_from(["a", "b", "d/a", "d/e/b", "f/a"])
TEXTS = st.text("xy\r\né", max_size=6)
EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Append, content=TEXTS),
    st.builds(Prepend, content=TEXTS),
    st.builds(Replace, old=st.sampled_from(["x", "y", "xy", "\n", ""]), new=TEXTS),
    st.builds(ReplaceAll, old=st.sampled_from(["x", "y", "\r\n"]), new=TEXTS),
    st.builds(InsertAfter, anchor=st.sampled_from(["x", "yx", "é"]), content=TEXTS),
)
OPERATIONS: st.SearchStrategy[FileOperation] = st.one_of(
    st.builds(Create, path=PATHS, content=TEXTS, overwrite=st.booleans()),
    st.builds(Modify, path=PATHS, edits=st.lists(EDITS, min_size=1, max_size=3).map(tuple)),
    st.builds(Rename, path=PATHS, to=PATHS),
    st.builds(Delete, path=PATHS),
)
TREES = st.dictionaries(PATHS, TEXTS.map(str.encode), max_size=4)


class RefusedError(Exception):
    pass


def model(tree: Tree, operations: list[FileOperation]) -> Tree:
    """The tree after the operations, or `RefusedError`."""
    files = dict(tree)
    for operation in operations:
        match operation:
            case Create(path=path, content=content, overwrite=overwrite):
                if path in files and not overwrite and files[path] != content.encode():
                    raise RefusedError
                files[path] = content.encode()
            case Modify(path=path, edits=edits):
                text = known(files, path).decode()
                for edit in edits:
                    text = edited(text, edit)
                files[path] = text.encode()
            case Rename(path=path, to=to):
                known(files, path)
                if to != path and to in files:
                    raise RefusedError
                files[to] = files.pop(path)
            case Delete(path=path):
                known(files, path)
                del files[path]
    return files


def known(files: Tree, path: str) -> bytes:
    if path not in files:
        raise RefusedError
    return files[path]


def edited(text: str, edit: Edit) -> str:
    match edit:
        case Append(content=content):
            return text + content
        case Prepend(content=content):
            return content + text
        case ReplaceAll(old=old, new=new) if old in text:
            return text.replace(old, new)
        case Replace(old=old, new=new) if old and text.count(old) == 1:
            return text.replace(old, new)
        case InsertAfter(anchor=anchor, content=content) if text.count(anchor) == 1:
            return text.replace(anchor, anchor + content)
    raise RefusedError


def put(root: Path, tree: Tree) -> None:
    for path, content in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def found(root: Path) -> Tree:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] != ".token-budget"
    }


@settings(max_examples=150, deadline=None)
@given(TREES, st.lists(OPERATIONS, max_size=6))
def test_apply_is_the_model_or_changes_nothing(tree: Tree, operations: list[FileOperation]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        put(root, tree)
        try:
            expected = model(tree, operations)
        except RefusedError:
            expected = None
        preview = Workspace(root).preview(operations)
        applied = Workspace(root).apply(operations)
        assert preview.ok == applied.ok == (expected is not None)
        assert found(root) == (tree if expected is None else expected)
        if applied.status is Status.APPLIED:
            assert Workspace(root).apply(operations).status is Status.ALREADY_APPLIED
            assert found(root) == expected
        elif not applied.ok:
            assert not (root / ".token-budget").exists()


NAMES = st.sampled_from(
    [
        "..",
        ".",
        "in",
        "out",
        "up",
        "root",
        "loop",
        "absolute",
        "a",
        ".git",
        "",
        "C:",
        "~",
        "\\",
        "/",
    ]
)
HOSTILE = st.one_of(st.lists(NAMES, min_size=1, max_size=5).map("/".join), st.text(max_size=8))


def hostile_operations(path: str) -> list[FileOperation]:
    return [
        Create(path=path, content="evil", overwrite=True),
        Modify(path=path, edits=(Append(content="evil"),)),
        Delete(path=path),
        Rename(path="victim", to=path),
        Rename(path=path, to="victim2"),
    ]


@settings(max_examples=150, deadline=None)
@given(HOSTILE.filter(lambda path: not any("\ud800" <= c <= "\udfff" for c in path)))
def test_no_path_reaches_outside_the_root(path: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        outside = Path(name)
        root = outside / "root"
        put(outside, {"a": b"safe", "out/a": b"safe", "root/.git/a": b"safe"})
        put(root, {"in/a": b"x", "victim": b"x"})
        (root / "out").symlink_to("../out")
        (root / "up").symlink_to("..")
        (root / "root").symlink_to("in/../in")
        (root / "loop").symlink_to("loop")
        (root / "absolute").symlink_to(outside)
        (root / "in/up").symlink_to("../..")
        for operation in hostile_operations(path):
            Workspace(root).apply([operation])
        kept = {p: c for p, c in found(outside).items() if not p.startswith("root/")}
        assert kept == {"a": b"safe", "out/a": b"safe"}
        assert (root / ".git/a").read_bytes() == b"safe"
        assert sorted(p.name for p in (root / ".git").iterdir()) == ["a"]
