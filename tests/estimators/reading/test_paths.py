from __future__ import annotations

import ntpath
import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.errors import DeliverableError
from estimators.reading.paths import (
    is_glob,
    is_worth_a_look,
    names_a_file,
    path_evidence,
    safe_relative_path,
)


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("src/a.py", "src/a.py"),
        ("./src/a.py", "src/a.py"),
        ("src//a.py", "src/a.py"),
        ("src/./a.py", "src/a.py"),
        ("src/lib/../a.py", "src/a.py"),
        ("src/frontend/", "src/frontend"),
        ("src\\a.py", "src/a.py"),
        ("app\\[id]\\page.tsx", "app/[id]/page.tsx"),
        ("src\\frontend\\", "src/frontend"),
        ("src\\\\a.py", "src/a.py"),
        (".", "."),
        ("src/..", "."),
        ("app/(group)/[...slug]/@modal/+page.tsx", "app/(group)/[...slug]/@modal/+page.tsx"),
        ("src/日本語 é.py", "src/日本語 é.py"),
        ("a~b/~c", "a~b/~c"),
        ("..config/...x", "..config/...x"),
    ],
)
def test_a_safe_path_has_one_normal_form(path, normal):
    assert safe_relative_path(path) == normal


@pytest.mark.parametrize("path", ["src/my\\ file.py", "it\\'s.py"])
def test_a_backslash_that_escapes_is_no_separator(path):
    assert safe_relative_path(path) == path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("/etc/passwd", "absolute"),
        ("//server/share", "absolute"),
        ("\\\\server\\share\\a.py", "absolute"),
        ("\\windows\\a.py", "absolute"),
        ("C:\\a.py", "drive"),
        ("C:/a.py", "drive"),
        ("c:a.py", "drive"),
        ("./C:/a.py", "drive"),
        ("a/../C:/a.py", "drive"),
        ("~", "home"),
        ("~/a.py", "home"),
        ("~root/a.py", "home"),
        ("./~/a.py", "home"),
        ("..", "leaves"),
        ("../a.py", "leaves"),
        ("src/../../a.py", "leaves"),
        ("..\\a.py", "leaves"),
        ("src\\..\\..\\a.py", "leaves"),
        ("src/..\\ /a.py", "leaves"),
        ("a\0.py", "NUL"),
        ("src/\ud800.py", "Unicode"),
    ],
)
def test_an_unsafe_path_is_refused_by_name_and_reason(path, reason):
    with pytest.raises(DeliverableError, match=reason) as refused:
        safe_relative_path(path)
    assert refused.value.value == path


NAMES = st.text(alphabet=st.sampled_from("ab.~\\/: C[]()*é\0-"), max_size=12)


@given(NAMES)
def test_whatever_is_let_through_stays_inside_on_every_system(path):
    try:
        normal = safe_relative_path(path)
    except DeliverableError:
        return
    assert safe_relative_path(normal) == normal
    assert posixpath.normpath(normal) == normal
    for flavour in (posixpath, ntpath):
        assert not flavour.isabs(normal)
        assert not flavour.splitdrive(normal)[0]
        assert flavour.normpath(normal).split(flavour.sep)[0] != ".."


@pytest.mark.parametrize("path", ["*.py", "src/**/a.py", "a?.py", "src/{a,b}.py"])
def test_a_glob_is_recognised(path):
    assert is_glob(path)


@pytest.mark.parametrize("path", ["app/[id]/page.tsx", "[...slug].tsx", "src/{a}.py", "a,b.py"])
def test_brackets_of_routes_make_no_glob(path):
    assert not is_glob(path)


@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        "src/a.test.tsx",
        "Makefile",
        "docs/README",
        "Dockerfile.dev",
        ".gitignore",
        ".env.local",
    ],
)
def test_names_that_only_files_have(path):
    assert names_a_file(path)


@pytest.mark.parametrize("path", ["src", "src/", "U.S", "v2.0", ".py", "makefile", ".NET", ""])
def test_names_that_may_be_anything_else(path):
    assert not names_a_file(path)


@pytest.mark.parametrize(
    ("word", "evidence"),
    [
        ("src/a.py", "certain"),
        ("main.go", "certain"),
        ("src/utils", "certain"),
        ("src\\utils\\a.py", "certain"),
        ("frontend/", "certain"),
        ("./run", "certain"),
        (".github/workflows", "certain"),
        ("app/[id]", "certain"),
        ("config/a.unheard", "certain"),
        ("**/*", "certain"),
        ("src/node.js", "certain"),
        ("../a", "certain"),
        ("C:\\temp", "certain"),
        ("\\\\server\\share", "certain"),
        ("~/notes", "certain"),
        ("client/server", "possible"),
        ("/api/users", "possible"),
        ("settings.xyz", "possible"),
        ("..", "possible"),
        ("https://example.com/a.html", "none"),
        ("mailto:a@b.py", "none"),
        ("www.example.com/a.html", "none"),
        ("example.com/a.html", "none"),
        ("Node.js", "none"),
        ("Express/Node.js", "none"),
        ("v2.0", "none"),
        ("3.11", "none"),
        ("1/2", "none"),
        ("e.g", "none"),
        ("and/or", "none"),
        ("CI/CD", "none"),
        ("word", "none"),
        ("*", "none"),
        ("", "none"),
    ],
)
def test_how_clearly_a_word_is_a_path(word, evidence):
    assert path_evidence(word) == evidence


@given(st.text(max_size=20))
def test_the_quick_look_overlooks_no_path(word):
    if path_evidence(word) != "none":
        assert is_worth_a_look(word)
