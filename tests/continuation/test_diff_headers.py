import pytest
from hypothesis import given
from hypothesis import strategies as st

from continuation.diff_headers import quote, read_paths, unquote, with_prefixes
from continuation.unified_diff import read_diff


def paths(*header):
    found = read_paths(header)
    return found and (found.old, found.new)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (("--- a/x", "+++ b/x"), ("x", "x")),
        (("--- /dev/null", "+++ b/x"), (None, "x")),
        (("--- a/x\t2026-01-02 10:00:00.0 +0000", "+++ /dev/null\t1970-01-01"), ("x", None)),
        (("--- x", "+++ x"), ("x", "x")),
        (("--- a/x", "+++ a/x"), ("a/x", "a/x")),
        (('--- "a/f\\303\\266\\tb"', '+++ "b/f\\303\\266\\tb"'), ("fö\tb", "fö\tb")),
        (("diff --git a/x y b/x y", "new file mode 100644"), (None, "x y")),
        (("diff --git a/x b/x", "deleted file mode 100644"), ("x", None)),
        (("diff --git a/x b/x", "old mode 100644", "new mode 100755"), ("x", "x")),
        (("diff --git a/x b/y", "copy from x", "copy to y"), ("x", "y")),
        (("diff --git a/x b/y z w",), None),
    ],
)
def test_paths_are_read(header, expected):
    assert paths(*header) == expected


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x7f")))
def test_a_quoted_path_reads_back(path):
    assert unquote(quote(path)) == path


def test_missing_prefixes_are_written():
    header = ("diff --git x x", "--- x", "+++ x")
    assert with_prefixes(header, read_paths(header)) == (
        "diff --git a/x b/x",
        "--- a/x",
        "+++ b/x",
    )
    found = read_diff("--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", cut=False)
    assert found.files[0].header == ("--- a/x", "+++ b/x")
    assert found.reports
