from __future__ import annotations

import pytest

from estimators.mining.patch import Change, parse_changes, parse_commit, parse_patch

ZEROS, ONES = "0" * 40, "1" * 40
HEADER = [b"diff --git a/a b/a\n", b"index 0..1 100644\n", b"--- a/a\n", b"+++ b/a\n"]


def record(status, *paths, modes="100644 100644"):
    return f":{modes} {ZEROS} {ONES} {status}\0".encode() + b"".join(p + b"\0" for p in paths)


def test_raw_records_are_read_in_order():
    raw = record("M", b"a") + record("R090", b"b", b"c\n d") + record("A", b"caf\xe9")
    assert [(one.status, one.path) for one in parse_changes(raw)] == [
        ("M", b"a"),
        ("R", b"c\n d"),
        ("A", b"caf\xe9"),
    ]
    assert parse_changes(raw)[0] == Change("M", "100644", "100644", ZEROS, ONES, b"a")


def test_no_record_is_no_change():
    assert parse_changes(b"") == []
    assert parse_commit([]) == []


def test_hunks_hold_both_sides():
    patch = parse_patch(
        [*HEADER, b"@@ -3,3 +3,2 @@ def f():\n", b" a\n", b"-b\n", b"-c\n", b"+d\n"]
    )
    (hunk,) = patch.hunks
    assert (hunk.old_start, hunk.new_start) == (2, 2)
    assert hunk.old_lines == (b"a\n", b"b\n", b"c\n")
    assert hunk.new_lines == (b"a\n", b"d\n")
    assert (patch.lines_added, patch.lines_removed, patch.binary) == (1, 2, False)


def test_an_empty_side_stands_behind_the_line_that_it_names():
    created = parse_patch([*HEADER, b"@@ -0,0 +1 @@\n", b"+x\n"]).hunks[0]
    assert (created.old_start, created.new_start) == (0, 0)
    inserted = parse_patch([*HEADER, b"@@ -5,0 +6 @@\n", b"+x\n"]).hunks[0]
    assert (inserted.old_start, inserted.new_start) == (5, 5)


@pytest.mark.parametrize(
    ("lines", "old", "new"),
    [
        ([b"-a\n", b"\\ No newline at end of file\n", b"+a\n"], (b"a",), (b"a\n",)),
        ([b"-a\n", b"+a\n", b"\\ No newline at end of file\n"], (b"a\n",), (b"a",)),
        ([b" a\n", b"\\ No newline at end of file\n"], (b"a",), (b"a",)),
    ],
)
def test_a_missing_final_line_end_belongs_to_the_line_before(lines, old, new):
    hunk = parse_patch([*HEADER, b"@@ -1 +1 @@\n", *lines]).hunks[0]
    assert (hunk.old_lines, hunk.new_lines) == (old, new)


def test_lines_of_a_file_that_look_like_a_diff_are_lines():
    body = [b"+diff --git a/x b/x\n", b"+@@ -1 +1 @@\n", b"+++ b/x\n", b"--- a/x\n"]
    patch = parse_patch([*HEADER, b"@@ -1,1 +1,3 @@\n", *body])
    assert len(patch.hunks) == 1
    assert (patch.lines_added, patch.lines_removed) == (3, 1)


def test_the_header_has_no_lines_of_its_own():
    assert (parse_patch(HEADER).lines_added, parse_patch(HEADER).hunks) == (0, ())


def test_a_binary_file_is_seen():
    assert parse_patch([*HEADER[:2], b"Binary files a/a and b/a differ\n"]).binary


def test_a_commit_pairs_records_and_diffs():
    raw = record("M", b"a") + record("M", b"b") + b"\0"
    lines = [raw + HEADER[0], *HEADER[1:], b"@@ -1 +1 @@\n", b"-a\n", b"+b\n"]
    lines += [b"diff --git a/b b/b\n", b"old mode 100644\n", b"new mode 100755\n"]
    (first, patch), (second, mode_only) = parse_commit(lines)
    assert (first.path, second.path) == (b"a", b"b")
    assert (len(patch.hunks), len(mode_only.hunks)) == (1, 0)
    assert patch.text.startswith(b"diff --git a/a")


def test_a_change_of_type_has_two_diffs_and_is_read_as_none():
    raw = record("T", b"a") + record("M", b"b") + b"\0"
    lines = [raw + b"diff --git a/a b/a\n", b"diff --git a/a b/a\n", b"diff --git a/b b/b\n"]
    (_, of_link), (_, of_file) = parse_commit(lines)
    assert (of_link.text, of_file.text) == (b"", b"diff --git a/b b/b\n")


@pytest.mark.parametrize(
    "lines",
    [
        [record("M", b"a")],
        [b"nonsense\0\0diff --git a/a b/a\n"],
        [record("M", b"a") + b"\0" + HEADER[0], *HEADER[1:], b"@@ here @@\n"],
        [record("M", b"a") + b"\0" + HEADER[0], *HEADER[1:], b"@@ -1 +1 @@\n", b"?\n"],
    ],
)
def test_what_is_not_in_the_format_is_refused(lines):
    with pytest.raises(ValueError, match=r"\S"):
        parse_commit(lines)
