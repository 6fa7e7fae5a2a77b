import shutil
import subprocess

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from continuation.diff_files import PartialDiff, encode_diff
from continuation.diff_seam import join_diff
from continuation.errors import SeamMismatch
from tests.continuation.diffs import changed_files, diff_of, hunk_texts, pieces_of, written

TEXT = diff_of(
    {
        "a.py": (
            "".join(f"line {n}\n" for n in range(40)),
            "".join(f"line {n}{' new' if n in (5, 30) else ''}\n" for n in range(40)),
        ),
        "b.py": ("one\ntwo\n", "one\nthree\n"),
    }
)
PIECES = hunk_texts(TEXT)


def first(text):
    return join_diff(PartialDiff(), text, finished=False)


def cut_before(mark):
    return first(TEXT[: TEXT.index(mark)])


def finished(kept, later):
    return join_diff(kept, later, finished=True)


@settings(max_examples=30, deadline=None)
@given(changed_files(), st.booleans(), st.sampled_from([0, 1, 3]), st.randoms())
def test_a_resent_hunk_or_a_restart_gives_the_whole_diff(files, git, context, rng):
    text = diff_of(files, git=git, context=context)
    pieces = hunk_texts(text)
    for cut in rng.sample(range(len(text) + 1), min(len(text), 8)):
        kept = first(text[:cut])
        rest = written(pieces[kept.hunk_count :])
        for later in (rest, f"Sure:\n\n```diff\n{rest}```\n", text):
            joined = finished(kept, later)
            assert joined.cut is None
            assert encode_diff(joined) == text


@settings(max_examples=30, deadline=None)
@given(changed_files(), st.randoms())
def test_a_diff_cut_again_and_again_is_joined(files, rng):
    text = diff_of(files)
    pieces = hunk_texts(text)
    kept = PartialDiff()
    for _ in range(6):
        rest = written(pieces[kept.hunk_count :])
        kept = join_diff(kept, rest[: rng.randint(0, len(rest))], finished=False)
    joined = finished(kept, written(pieces[kept.hunk_count :]))
    assert encode_diff(joined) == text


@settings(max_examples=30, deadline=None)
@given(changed_files(), st.randoms())
def test_a_part_that_leaves_lines_out_is_never_joined_wrongly(files, rng):
    text = diff_of(files)
    for cut in rng.sample(range(len(text) + 1), min(len(text), 8)):
        kept = first(text[:cut])
        if kept.cut is None or kept.cut.hunk is None:
            continue
        pieces = hunk_texts(text)[kept.hunk_count + 1 :]
        next_line = text.find("\n", cut) + 1
        for later in (written(pieces), text[next_line:], text[cut:]):
            try:
                joined = finished(kept, later)
            except SeamMismatch:
                continue
            assert joined.cut or joined.rejected or encode_diff(joined) == text


@settings(max_examples=10, deadline=None)
@given(changed_files(most=2), st.randoms())
def test_git_applies_a_joined_diff(tmp_path_factory, files, rng):
    text = diff_of(files)
    assume(text)
    folder = tmp_path_factory.mktemp("work")
    for path, (old, _) in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(old.encode())
    kept = first(text[: rng.randint(0, len(text))])
    joined = finished(kept, written(hunk_texts(text)[kept.hunk_count :]))
    command = ["git", "apply", "--unsafe-paths", "-"]
    subprocess.run(command, cwd=folder, input=encode_diff(joined).encode(), check=True)
    for path, (_, new) in files.items():
        assert (folder / path).read_bytes() == new.encode() if (folder / path).exists() else not new


def git(folder, *arguments, text=None):
    command = ["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "core.fileMode=true"]
    done = subprocess.run(
        [*command, *arguments], cwd=folder, input=text, capture_output=True, check=True
    )
    return done.stdout


def write(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content.encode())


def numbers(*changed, end="\n"):
    return "\n".join(f"n{n}{'!' if n in changed else ''}" for n in range(40)) + end


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A repository with a diff of every kind of change: the folder, and the diff."""
    folder = tmp_path_factory.mktemp("repository")
    before = {
        "gone.py": "a\nb\n",
        "moved.py": numbers(),
        "same.py": numbers(1),
        "plain.py": numbers(end=""),
        "ü b.py": "x\r\ny\r\n",
        "mode.sh": "true\n",
    }
    after = {
        "new/mo ved.py": numbers(3, 30),
        "new/same.py": numbers(1),
        "plain.py": numbers(5, 20, 39),
        "ü b.py": "x\r\nz\r\n",
        "mode.sh": "true\n",
        "added.py": "c\n\n-- d",
        "empty.py": "",
    }
    write(folder, before)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    for path in before.keys() - after.keys():
        (folder / path).unlink()
    write(folder, after)
    (folder / "mode.sh").chmod(0o755)
    git(folder, "add", "-A")
    return folder, git(folder, "diff", "--cached", "-M").decode()


def test_a_real_diff_cut_anywhere_is_joined(real):
    _, text = real
    pieces = hunk_texts(text)
    assert encode_diff(finished(PartialDiff(), text)) == text
    for cut in range(0, len(text) + 1, 3):
        kept = first(text[:cut])
        for later in (written(pieces[pieces_of(kept) :]), text):
            joined = finished(kept, later)
            assert joined.cut is None
            assert encode_diff(joined) == text


def test_a_real_diff_that_starts_over_and_is_cut_again_is_joined(real):
    _, text = real
    kept = first(text[: len(text) // 2])
    for cut in range(0, len(text), 7):
        again = join_diff(kept, text[:cut], finished=False)
        assert pieces_of(again) >= pieces_of(kept)
        assert encode_diff(finished(again, text)) == text


def test_git_applies_a_real_diff_to_the_same_tree(real, tmp_path):
    folder, text = real
    kept = first(text[: text.index("n30!") + 2])
    joined = finished(kept, written(hunk_texts(text)[pieces_of(kept) :]))
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    tree = git(copy, "write-tree")
    git(copy, "reset", "-q", "--hard", "HEAD")
    git(copy, "apply", "--index", "-", text=encode_diff(joined).encode())
    assert git(copy, "write-tree") == tree


def test_the_cut_hunk_may_come_without_the_header_of_its_file():
    kept = cut_before(" line 31\n")
    assert encode_diff(finished(kept, "".join([PIECES[1][1], *PIECES[2]]))) == TEXT


def test_a_part_may_go_on_in_mid_hunk_when_the_counts_prove_it():
    place = TEXT.index("+line 30 new") + len("+line 30")
    start = TEXT.rindex("\n", 0, place) + 1
    kept = first(TEXT[:place])
    assert kept.cut.fragment == "+line 30"
    assert encode_diff(finished(kept, TEXT[start:])) == TEXT


@pytest.mark.parametrize("shift", [len(" line 31\n"), -len("+line 30 new\n")])
def test_lines_skipped_or_repeated_in_mid_hunk_are_refused(shift):
    place = TEXT.index(" line 31\n")
    with pytest.raises(SeamMismatch, match="old and"):
        finished(first(TEXT[:place]), TEXT[place + shift :])


def test_the_middle_of_a_line_proves_nothing():
    place = TEXT.index("+line 30 new") + len("+line 30")
    with pytest.raises(SeamMismatch, match="from its header on"):
        finished(first(TEXT[:place]), TEXT[place:])


def test_a_skipped_hunk_is_refused():
    kept = cut_before(" line 31\n")
    with pytest.raises(SeamMismatch, match="the hunk that was cut off"):
        finished(kept, written(PIECES[2:]))


def test_another_version_of_a_kept_hunk_is_refused():
    kept = cut_before(" line 31\n")
    with pytest.raises(SeamMismatch):
        finished(kept, TEXT.replace("+line 5 new", "+line five"))


def test_another_version_of_the_cut_hunk_is_refused():
    kept = cut_before(" line 31\n")
    with pytest.raises(SeamMismatch):
        finished(kept, written(PIECES[1:]).replace("line 28", "line twenty-eight"))


def test_a_hunk_before_those_that_were_kept_is_refused():
    kept = first(written(PIECES[1:]) + "Now a summary of")
    kept = join_diff(kept, "the end", finished=False)
    with pytest.raises(SeamMismatch, match="which was kept"):
        finished(kept, PIECES[0][0] + PIECES[0][1].replace("line 5 new", "line 5 newer"))


def test_the_same_lines_at_another_place_are_refused_at_the_seam():
    kept = first(f"{TEXT}\nDone")
    moved = PIECES[2][1].replace("@@ -1,2 +1,2 @@", "@@ -7,2 +7,2 @@")
    with pytest.raises(SeamMismatch, match="the same lines"):
        finished(kept, PIECES[2][0] + moved)


def test_a_file_is_not_both_created_and_modified():
    kept = first("--- /dev/null\n+++ b/c.py\n@@ -0,0 +1 @@\n+x\n\nThat ")
    with pytest.raises(SeamMismatch, match="the header that was kept"):
        finished(kept, "--- a/c.py\n+++ b/c.py\n@@ -9 +9 @@\n-x\n+y\n")


def test_a_hunk_met_by_its_counts_may_lack_its_marker_before_another_file():
    kept = cut_before("--- a/b.py")
    assert kept.cut is not None
    with pytest.raises(SeamMismatch):
        finished(kept, written(PIECES[2:]))
    assert encode_diff(finished(kept, written(PIECES[1:]))) == TEXT


def test_a_hunk_met_by_its_counts_is_whole_before_a_later_hunk():
    kept = cut_before("@@ -28")
    joined = finished(kept, TEXT[TEXT.index("@@ -28") :])
    assert encode_diff(joined) == TEXT
    assert any("its counts are met" in one for one in joined.reports)


def test_a_marker_of_a_missing_line_end_completes_the_hunk():
    text = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
    marker = "\\ No newline at end of file\n"
    assert encode_diff(finished(first(text), marker)) == text + marker


def test_nothing_new_leaves_the_cut_where_it_was():
    kept = cut_before(" line 31\n")
    for later in ("", "I cannot go on.", TEXT[: TEXT.index("+line 5")]):
        assert join_diff(kept, later, finished=False).cut == kept.cut


def test_headers_are_counted_anew_at_the_end():
    joined = finished(PartialDiff(), TEXT.replace("@@ -28,7 +28,7", "@@ -28,9 +33,8"))
    assert encode_diff(joined) == TEXT
    assert any("counted anew" in one for one in joined.reports)


def test_a_hunk_left_out_after_a_cut_header_shows_in_the_numbers():
    text = "--- a/x\n+++ b/x\n@@ -3 +3,2 @@\n-a\n+b\n+c\n@@ -9 +10 @@\n-d\n+e\n"
    kept = first(text[: text.index("@@ -3") + 2])
    with pytest.raises(SeamMismatch, match="none was left out"):
        finished(kept, text.replace("@@ -3 +3,2 @@\n-a\n+b\n+c\n", ""))
    assert encode_diff(finished(kept, text)) == text


def test_lines_without_the_header_that_was_cut_are_refused():
    kept = first(TEXT[: TEXT.index("@@ -28") + 4])
    with pytest.raises(SeamMismatch, match="a whole header"):
        finished(kept, TEXT[TEXT.index("@@ -28") + 4 :])


def test_carriage_returns_stay_off_in_mid_hunk():
    text = TEXT.replace("\n", "\r\n")
    place = text.index(" line 31")
    assert encode_diff(finished(first(text[:place]), text[place:])) == TEXT


def test_an_added_line_that_looks_like_the_header_of_a_hunk_opens_none():
    added = "@@ -1 +1 @@\n" + "call()\n" * 9
    text = diff_of({"a.py": ("call()\n" * 3, added)})
    cut = text.index("+@@") + 1
    with pytest.raises(SeamMismatch):
        finished(first(text[:cut]), text[cut:])
