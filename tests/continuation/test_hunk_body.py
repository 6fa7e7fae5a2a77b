import pytest

from continuation.hunk_body import read_body
from continuation.hunks import Hunk


def body(old, new, *lines, fenced=False, cut=True):
    return read_body(lines, 0, Hunk(1, old, 1, new), fenced=fenced, cut=cut)


def test_it_ends_at_the_first_line_without_a_mark():
    found = body(1, 1, " a", "prose", " b")
    assert (found.lines, found.end, found.at_end) == ((" a",), 1, False)


@pytest.mark.parametrize(("wanted", "taken"), [(1, 0), (2, 1), (3, 2), (4, 0)])
def test_blank_lines_at_its_end_are_as_many_as_its_counts_lack(wanted, taken):
    found = body(wanted, wanted, " a", "", "", "prose")
    assert found.lines == (" a", *[" "] * taken)


def test_after_its_counts_a_blank_line_ends_it_but_in_a_fence():
    lines = ("-a", "", "- a point")
    assert body(1, 0, *lines).lines == ("-a",)
    assert body(1, 0, *lines, fenced=True).lines == ("-a", " ", "- a point")


def test_headers_and_lines_that_look_like_them():
    header = ("--- a/y", "+++ b/y", "@@ -1 +1 @@")
    assert body(1, 1, *header).lines == ()
    assert body(1, 1, "--- y", "+++ z", "@@ -1 +1 @@").lines == ("--- y", "+++ z")
    assert body(2, 2, "--- y", "+++ z", " b").lines == ("--- y", "+++ z", " b")


def test_what_may_open_a_file_at_the_end_leaves_a_doubt():
    found = body(1, 1, " a", "--- a/y")
    assert (found.lines, found.end, found.at_end) == ((" a",), 1, True)
    assert body(2, 1, " a", "--- sql", cut=False).lines == (" a", "--- sql")
