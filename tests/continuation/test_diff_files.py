from continuation.diff_files import CutHunk, DiffFile, PartialDiff, encode_diff, numbered
from continuation.hunks import Hunk

FILE = DiffFile(("--- a/x", "+++ b/x"), "x", "x")
ADDED = Hunk(0, 0, 1, 1, lines=("+a",))


def with_hunks(*hunks):
    return DiffFile(FILE.header, "x", "x", hunks)


def test_a_diff_is_written_line_by_line():
    file = with_hunks(ADDED)
    expected = "--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
    assert encode_diff([file]) == encode_diff(PartialDiff((file,))) == expected


def test_hunks_are_placed_by_what_those_before_them_moved():
    hunks = (
        Hunk(3, 0, 9, 9, lines=("+a", "+b")),
        Hunk(7, 1, 1, 0, lines=("-c",)),
        Hunk(9, 1, 1, 1, lines=("-d", "+e")),
    )
    file, reports = numbered(with_hunks(*hunks))
    assert [one.ranges for one in file.hunks] == [
        "@@ -3,0 +4,2 @@",
        "@@ -7 +8,0 @@",
        "@@ -9 +10 @@",
    ]
    assert len(reports) == 3
    assert numbered(file) == (file, ())


def test_a_place_names_path_and_lines_without_the_section():
    cut = CutHunk(FILE, Hunk(3, 7, 3, 8, " def f():"))
    assert str(cut) == "x @@ -3,7 +3,8 @@"
    assert str(CutHunk(None)) == "a file without a path"


def test_only_a_later_hunk_of_its_file_shows_that_a_hunk_is_whole():
    other = DiffFile(("--- a/y", "+++ b/y"), "y", "y")
    assert CutHunk(FILE, ADDED).may_be_followed_by(FILE)
    assert not CutHunk(FILE, ADDED).may_be_followed_by(other)
    assert not CutHunk(FILE, ADDED, fragment="+").may_be_followed_by(FILE)
    assert not CutHunk(FILE, ADDED, tail="-").may_be_followed_by(FILE)
    assert not CutHunk(FILE, Hunk(0, 0, 1, 2, lines=("+a",))).may_be_followed_by(FILE)
