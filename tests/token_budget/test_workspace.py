from __future__ import annotations

import pytest

from token_budget.errors import ConfigError, DeliverableError
from token_budget.workspace import COUNTED_BYTES, WorkspaceFiles


class Words:
    """Counts words and how often it was asked."""

    def __init__(self):
        self.calls = 0

    def __call__(self, text):
        self.calls += 1
        return len(text.split())


@pytest.fixture
def counter():
    return Words()


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "workspace"
    for path in ("src/a.py", "src/b.ts", "src/deep/c.py", "app/[id]/page.tsx", ".git/x.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("one two three", encoding="utf-8")
    return folder


@pytest.fixture
def files(root, counter):
    return WorkspaceFiles(root, counter)


def test_a_file_is_counted_once_until_it_changes(files, root, counter):
    assert [files.tokens("src/a.py"), files.tokens("src/a.py")] == [3, 3]
    assert counter.calls == 1
    (root / "src/a.py").write_text("one", encoding="utf-8")
    assert files.tokens("src/a.py") == 1


def test_what_is_absent_binary_or_a_folder_has_no_size(files, root):
    (root / "picture").write_bytes(b"PNG\0\1")
    assert [files.tokens(p) for p in ("none.py", "picture", "src", "a\0b")] == [None] * 4


def test_text_that_is_not_utf8_is_still_counted(files, root):
    (root / "latin.py").write_bytes("caf\xe9 au lait".encode("latin-1"))
    assert files.tokens("latin.py") == 3


def test_a_huge_file_is_counted_in_proportion(files, root):
    (root / "huge.txt").write_text("word " * (COUNTED_BYTES // 5 * 2), encoding="utf-8")
    assert files.tokens("huge.txt") == pytest.approx(COUNTED_BYTES // 5 * 2, rel=1e-5)


def test_a_link_that_leads_outside_is_not_seen(files, root):
    (root.parent / "secret.py").write_text("a b", encoding="utf-8")
    (root / "link.py").symlink_to(root.parent / "secret.py")
    (root / "inner.py").symlink_to(root / "src/a.py")
    assert (files.tokens("link.py"), files.exists("link.py")) == (None, False)
    assert (files.tokens("inner.py"), files.exists("inner.py")) == (3, True)


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("src", ["src/a.py", "src/b.ts", "src/deep/c.py"]),
        ("src/", ["src/a.py", "src/b.ts", "src/deep/c.py"]),
        ("src/*.py", ["src/a.py"]),
        ("src/**/*.py", ["src/a.py", "src/deep/c.py"]),
        ("src/*.{py,ts}", ["src/a.py", "src/b.ts"]),
        ("app/[id]/*.tsx", ["app/[id]/page.tsx"]),
        ("*.py", []),
        ("none/*", []),
    ],
)
def test_folders_and_globs_are_expanded(files, pattern, paths):
    assert files.expand(pattern) == paths


def test_braces_without_end_are_refused(files):
    with pytest.raises(DeliverableError, match="alternatives"):
        files.expand("{a,b}" * 12)


def test_folders_that_tools_keep_and_loops_are_not_entered(files, root):
    (root / "loop").symlink_to(root)
    assert not [p for p in files.expand(".") if p.startswith((".git/", "loop/"))]


def test_a_workspace_that_is_no_folder_is_refused(tmp_path, counter):
    with pytest.raises(ConfigError, match="an existing folder"):
        WorkspaceFiles(tmp_path / "none", counter)
