import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from continuation.diff_files import encode_diff
from continuation.unified_diff import read_diff
from tests.continuation.diffs import changed_files, diff_of

HEADER = "--- a/x.py\n+++ b/x.py\n"
HUNK = "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"


def whole(text):
    return read_diff(text, cut=False)


@settings(max_examples=30, deadline=None)
@given(changed_files(), st.booleans(), st.sampled_from([0, 1, 3]), st.randoms())
def test_of_a_diff_cut_anywhere_the_whole_hunks_are_kept(files, git, context, rng):
    text = diff_of(files, git=git, context=context)
    full = whole(text)
    assert encode_diff(full) == text
    hunks = [(file.path, hunk) for file in full.files for hunk in file.hunks]
    for cut in rng.sample(range(len(text) + 1), min(len(text), 40)):
        part = read_diff(text[:cut])
        kept = [(file.path, hunk) for file in part.files for hunk in file.hunks]
        assert kept == hunks[: len(kept)]
        assert not part.rejected
        if part.cut and part.cut.hunk:
            path, hunk = hunks[len(kept)]
            count = len(part.cut.hunk.lines)
            assert part.cut.path == path
            assert part.cut.hunk.lines == hunk.lines[:count]
            assert [*hunk.lines, ""][count].startswith(part.cut.fragment)


@given(st.text(alphabet="@-+ \\\n1,da/b`x\r", max_size=80), st.booleans())
def test_any_text_is_read(text, cut):
    read_diff(text, cut=cut)


def test_prose_fences_and_blank_lines_around_are_passed_over():
    other = HEADER.replace("x", "y") + HUNK
    text = f"Here:\n\n```diff\n{HEADER}{HUNK}```\n\nAnd:\n- a point\n\n{other}\nDone.\n"
    found = whole(text)
    assert encode_diff(found) == HEADER + HUNK + other
    assert not found.rejected


def test_empty_context_lines_get_their_blank_back():
    found = whole(f"{HEADER}@@ -1,4 +1,4 @@\n one\n\n-two\n+2\n\n\nProse.\n")
    assert found.files[0].hunks[0].lines == (" one", " ", "-two", "+2", " ")


@pytest.mark.parametrize("after", ["@@ -9 +9 @@\n-a\n+b\n", "diff --git a/y b/y\n", "```\n", ""])
def test_wrong_counts_are_put_right_and_reported(after):
    found = whole(f"```\n{HEADER}{HUNK.replace('1,3', '1,5')}{after}")
    assert found.files[0].hunks[0].ranges == "@@ -1,3 +1,3 @@"
    assert any("counted anew" in one for one in found.reports)


def test_a_line_that_lost_its_mark_makes_the_hunk_unreadable():
    found = whole(f"{HEADER}{HUNK.replace('+2', '2')}")
    assert found.files == ()
    assert "its counts are not met before '2'" in found.rejected[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HUNK, "without --- and"),
        (f"{HEADER}@@ ... @@\n-a\n+b\n", "without line numbers"),
        (f"{HEADER}\nNothing.\n", "a header without hunks"),
        ("diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\n", "binary patch"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_its_line(text, reason):
    found = whole(text)
    assert found.files == ()
    assert reason in "".join(found.rejected)
    assert found.rejected[0].startswith("line ")


def test_the_last_hunk_of_a_cut_diff_is_never_whole_by_itself():
    assert read_diff(HEADER + HUNK).files == ()
    assert read_diff(f"{HEADER}{HUNK}diff").hunk_count == 1
    assert read_diff(f"{HEADER}{HUNK}@@").hunk_count == 1


def test_what_may_open_the_next_file_is_no_evidence_of_a_hunk():
    cut = read_diff(f"{HEADER}{HUNK}--- a/y.py\n++").cut
    assert (cut.fragment, cut.tail) == ("", "--- a/y.py\n++")


def test_removed_lines_that_look_like_a_header_are_lines():
    text = f"{HEADER}@@ -1 +1 @@\n--- c\n+++ d\n@@ -9 +9 @@\n-c\n+d\n"
    assert encode_diff(whole(text)) == text
    assert whole(text).hunk_count == 2


def test_files_without_hunks_are_changes_when_their_header_is():
    rename = "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n"
    empty = "diff --git a/z b/z\nnew file mode 100644\nindex 0000000..e69de29\n"
    found = whole(rename + empty)
    assert [file.paths for file in found.files] == [("x", "y"), (None, "z")]
    assert encode_diff(found) == rename + empty


def test_a_binary_change_without_its_content_is_rejected():
    found = whole(
        "diff --git a/p b/p\nnew file mode 100644\nBinary files /dev/null and b/p differ\n"
    )
    assert found.files == ()
    assert found.rejected


def test_carriage_returns_of_the_whole_answer_are_taken_off():
    found = whole((HEADER + HUNK).replace("\n", "\r\n"))
    assert encode_diff(found) == HEADER + HUNK
    assert found.reports


def test_carriage_returns_of_the_file_are_kept():
    text = f"{HEADER}@@ -1 +1 @@\n-a\r\n+b\r\n"
    assert encode_diff(whole(text)) == text


def test_a_header_is_one_even_where_counts_one_too_high_would_take_it_in():
    text = f"{HEADER}{HUNK.replace('1,3', '1,4')}{HEADER.replace('x', 'y')}{HUNK}"
    assert [file.path for file in whole(text).files] == ["x.py", "y.py"]
