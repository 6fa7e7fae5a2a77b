from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ndjson.errors import UnsafePath
from ndjson.safe_path import checked_path, reserved_rule, twin_key


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("", "empty"),
        (".", "name a file"),
        ("..", "go up"),
        ("../escape.txt", "go up"),
        ("a/../b", "go up"),
        ("a/..", "go up"),
        ("/etc/passwd", "relative"),
        ("//server/share/x", "network"),
        ("\\\\server\\share\\x", "network"),
        ("a\\b", "forward slashes"),
        ("C:/x", "drive"),
        ("c:x", "drive"),
        ("a/b:stream", "colon"),
        ("a\0b", "NUL"),
        ("a\nb", "control"),
        ("a\x7fb", "control"),
        ("a\x85b", "control"),
        ("a\u2028b", "separators"),
        ("a\ud800", "Unicode"),
        ("a//b", "empty components"),
        ("a/", "empty components"),
        ("~", "home"),
        ("~/x", "home"),
        ("a./b", "dot or a space"),
        ("a/b ", "dot or a space"),
        ("a/...", "dot or a space"),
        (" a", "white space"),
        ("a\u00a0/b", "white space"),
        ("con", "device"),
        ("a/NUL.txt", "device"),
        ("Aux.py", "device"),
        ("com1", "device"),
        ("lpt\u00b9.log", "device"),
        ("conin$", "device"),
        ("con .txt", "device"),
        (".git/config", "git"),
        (".GIT/hooks/x", "git"),
        ("sub/.git", "git"),
        (".g\u200cit/config", "git"),
        ("\uff0egit/config", "git"),
        ("git~1/config", "git"),
        (".token-budget/state.db", "library"),
        (".Token-Budget/edits/journal", "library"),
        ("TOKEN-~1/x", "library"),
        ("x" * 256, "too long"),
        ("é" * 128, "too long"),
        ("x/" * 2048 + "x", "too long"),
    ],
)
def test_unsafe_paths_are_refused_by_name_of_the_rule(path: str, rule: str) -> None:
    with pytest.raises(UnsafePath, match=rule) as caught:
        checked_path(path)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "src/a.py",
        ".gitignore",
        ".github/workflows/ci.yml",
        "a/.gitattributes",
        "git/x",
        "console.py",
        "null",
        "com10",
        "lib/auxiliary.c",
        "[id].tsx",
        "a b.txt",
        "x" * 255,
        "日本/ファイル.txt",
        "~user",
        "...a",
        "a..b",
        "👩\u200d💻.md",
    ],
)
def test_ordinary_paths_stay_as_they_are(path: str) -> None:
    assert checked_path(path) == path


def test_dot_components_are_dropped() -> None:
    assert checked_path("./src/./a.py") == "src/a.py"


@given(st.text())
@example("./..")
def test_what_is_accepted_stays_below_the_root(path: str) -> None:
    try:
        safe = checked_path(path)
    except UnsafePath:
        return
    names = safe.split("/")
    assert not {"", ".", ".."}.intersection(names)
    assert not safe.startswith("/")
    assert "\0" not in safe
    assert checked_path(safe) == safe


@given(st.text())
def test_twins_have_one_key(text: str) -> None:
    key = twin_key(text)
    assert twin_key(key) == key
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert twin_key(unicodedata.normalize(form, text)) == key  # type: ignore[arg-type]


def test_case_twins_have_one_key_and_others_have_not() -> None:
    assert twin_key("A.py") == twin_key("a.py")
    assert twin_key("straße") == twin_key("STRASSE")
    assert twin_key("a.py") != twin_key("b.py")


def test_reserved_rule_looks_at_every_component() -> None:
    assert reserved_rule("a/b/.git/c")
    assert reserved_rule("a/b/c") is None
