from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ndjson.errors import Conflict, UnsafePath
from ndjson.folder import Root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret")
    folder = tmp_path / "root"
    (folder / "real/deep").mkdir(parents=True)
    (folder / "real/file").write_text("content")
    return folder


def link(place: Path, target: str) -> None:
    place.symlink_to(target)


@pytest.mark.parametrize(
    ("target", "path", "real"),
    [
        ("real", "link/file", "real/file"),
        ("real/deep/..", "link/file", "real/file"),
        ("./real", "link/new/x", "real/new/x"),
        ("real/file", "link", "real/file"),
        ("missing", "link", "missing"),
    ],
)
def test_links_inside_the_root_are_followed(root: Path, target: str, path: str, real: str) -> None:
    link(root / "link", target)
    assert Root(root).resolve(path) == real


def test_absolute_links_into_the_root_are_followed(root: Path) -> None:
    link(root / "link", str(root / "real"))
    assert Root(root).resolve("link/file") == "real/file"


def test_links_on_the_way_may_lead_up_again(root: Path) -> None:
    link(root / "real/up", "../real")
    assert Root(root).resolve("real/up/up/file") == "real/file"


@pytest.mark.parametrize("target", ["../outside", "/etc", "real/../../outside", "..", "/"])
def test_links_that_lead_outside_are_refused(root: Path, target: str) -> None:
    link(root / "link", target)
    with pytest.raises(UnsafePath, match="outside the root"):
        Root(root).resolve("link/secret")


def test_links_to_a_sibling_with_the_same_beginning_are_outside(root: Path) -> None:
    link(root / "link", f"{root}-other/x")
    with pytest.raises(UnsafePath, match="outside"):
        Root(root).resolve("link")


def test_links_in_a_circle_end(root: Path) -> None:
    link(root / "a", "b")
    link(root / "b", "a")
    with pytest.raises(UnsafePath, match="do not end"):
        Root(root).resolve("a/x")


def test_root_may_be_reached_through_a_link(root: Path, tmp_path: Path) -> None:
    link(tmp_path / "alias", "root")
    found = Root(tmp_path / "alias").read("real/file")
    assert found is not None
    assert found.content == b"content"


def test_a_link_swapped_in_after_resolving_is_not_followed(root: Path) -> None:
    opened = Root(root)
    real = opened.resolve("real/secret")
    (root / "real").rename(root / "was")
    link(root / "real", "../outside")
    with pytest.raises(Conflict):
        opened.read(real)
    with pytest.raises(OSError, match="directory"), opened.folder("real"):
        pass


def test_a_final_link_swapped_in_is_not_followed(root: Path) -> None:
    (root / "real/file").unlink()
    link(root / "real/file", "../../outside/secret")
    with pytest.raises(Conflict):
        Root(root).read("real/file")


def test_only_regular_files_are_read(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with pytest.raises(Conflict, match="no regular file"):
        Root(root).read("pipe")
    with pytest.raises(Conflict, match="a folder"):
        Root(root).read("real")
    with pytest.raises(Conflict, match="folder is needed"):
        Root(root).read("real/file/x")


def test_missing_files_are_none(root: Path) -> None:
    assert Root(root).read("real/missing") is None
    assert Root(root).read("missing/missing") is None


def test_no_descriptor_is_left_open(root: Path) -> None:
    link(root / "link", "real")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counts descriptors
    opened = Root(root)
    opened.read(opened.resolve("link/file"))
    with pytest.raises(Conflict):
        opened.read("real")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - counts descriptors


def test_root_must_be_a_folder(root: Path) -> None:
    with pytest.raises(NotADirectoryError):
        Root(root / "real/file")
    with pytest.raises(FileNotFoundError):
        Root(root / "missing")
