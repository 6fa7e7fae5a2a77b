import pytest

from continuation.cut_hunks import begins, is_resent
from continuation.diff_files import CutHunk, DiffFile
from continuation.hunks import Hunk

FILE = DiffFile(("--- a/x", "+++ b/x"), "x", "x")
OTHER = DiffFile(("--- a/y", "+++ b/y"), "y", "y")
WHOLE = Hunk(3, 2, 3, 2, lines=(" a", "-bcd", "+e"))


def cut(*lines, fragment="", start=3):
    return CutHunk(FILE, Hunk(start, 2, start, 2, lines=lines), fragment)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (cut(), True),
        (cut(" a", fragment="-b"), True),
        (cut(" a", "-bcd", start=9), True),
        (cut(start=9), False),
        (cut(" a", fragment="-c"), False),
        (cut(" b"), False),
    ],
)
def test_a_hunk_is_the_one_that_was_cut_if_it_begins_with_it(one, expected):
    assert is_resent(one, FILE, WHOLE) is expected
    assert not is_resent(one, OTHER, WHOLE)


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [("@@ -3", True), ("@@ -3,", True), ("@@", True), ("@@ -33", False), ("@@ -4", False)],
)
def test_a_cut_header_tells_the_line_as_far_as_it_came(fragment, expected):
    assert is_resent(CutHunk(FILE, None, fragment), FILE, WHOLE) is expected


def test_a_cut_path_tells_the_file_as_far_as_it_came():
    assert is_resent(CutHunk(None, None, "--- a/x"), FILE, WHOLE)
    assert not is_resent(CutHunk(None, None, "--- a/y"), FILE, WHOLE)


def test_changes_in_a_cut_header_must_come_again():
    header = ("diff --git a/x b/x", "old mode 100644", "new mode 100755")
    assert not is_resent(CutHunk(DiffFile(header, "x", "x")), FILE, WHOLE)


def test_a_beginning_ends_with_a_fragment():
    assert begins(WHOLE.lines, (" a",), "-bc")
    assert not begins(WHOLE.lines, (" a",), "+")
    assert not begins(WHOLE.lines, WHOLE.lines, "+")
