import pytest

from continuation.hunks import Hunk, counts, parse_hunk_header


@pytest.mark.parametrize("line", ["@@ -1 +1 @@", "@@ -0,0 +1,2 @@ def f(): @@", "@@ -7,2 +6,0 @@"])
def test_a_header_is_written_as_it_was_read(line):
    assert parse_hunk_header(line).header == line


@pytest.mark.parametrize(
    "line", ["@@ ... @@", "@@ -1 +1", "@@ -a +b @@", " @@ -1 +1 @@", "@@@ -1 -1 +1 @@@"]
)
def test_other_lines_are_no_header(line):
    assert parse_hunk_header(line) is None


def test_lines_are_counted_by_their_marks():
    assert counts([" a", "-b", "+c", "+d", "\\ No newline at end of file"]) == (2, 3)


def test_wrong_counts_are_put_right():
    hunk = Hunk(5, 9, 5, 9, lines=(" a", "+b"))
    assert not hunk.exact
    assert hunk.recounted().ranges == "@@ -5 +5,2 @@"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((1, 3), (3, 1), True),
        ((1, 3), (4, 1), False),
        ((3, 0), (3, 0), True),
        ((3, 0), (4, 2), False),
        ((3, 0), (3, 1), False),
        ((3, 0), (3, 2), True),
        ((0, 0), (0, 0), True),
    ],
)
def test_hunks_overlap_where_they_change_the_same_old_lines(one, other, expected):
    first, second = (Hunk(start, count, 1, 1) for start, count in (one, other))
    assert first.overlaps(second) is expected
    assert second.overlaps(first) is expected
