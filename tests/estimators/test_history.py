from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from itertools import islice

import pytest

from estimators.errors import RepositoryError
from estimators.history import mine
from estimators.mining.mining_report import MiningReport
from estimators.mining.mining_rules import MiningRules

TEN_LINES = "".join(f"line {number}\n" for number in range(10))


def mined(repository, **options):
    """Every phase, oldest first, and the report; a token is a character."""
    report = MiningReport()
    folder = getattr(repository, "folder", repository)
    chosen = {"limit": None, "newest_first": False, "report": report, **options}
    return list(mine(folder, len, **chosen)), report


def only_file(repository, **options):
    """The one file of the newest commit."""
    phases, _ = mined(repository, **options)
    (file,) = phases[-1].files
    return file


# What a phase holds


def test_a_created_file(repository):
    name = repository.commit("Add a", a_py="x = 1\ny = 2\n")
    (phase,), _ = mined(repository)
    assert (phase.repo, phase.commit, phase.title) == ("repository", name[:12], "Add a")
    assert phase.time == int(repository.git("log", "-1", "--format=%ct"))
    (file,) = phase.files
    assert (file.path, file.action, file.hunks) == ("a.py", "create", 0)
    assert (file.existing_tokens, file.final_tokens) == (0, 12)
    assert (file.lines_added, file.lines_removed) == (2, 0)
    assert file.ndjson_tokens == len('{"op":"create","path":"a.py","content":"x = 1\\ny = 2\\n"}')
    assert file.diff_tokens == len(
        "diff --git a/a.py b/a.py\nnew file mode 100644\nindex 0000000..1234567\n"
        "--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,2 @@\n+x = 1\n+y = 2\n"
    )


def test_a_modified_file_is_the_sum_of_its_hunks(repository):
    repository.commit(a_py=TEN_LINES * 2)
    lines = (TEN_LINES * 2).splitlines(keepends=True)
    lines[0], lines[19] = "first\n", "last\n"
    repository.commit(a_py="".join(lines))
    file = only_file(repository)
    assert (file.action, file.hunks, file.lines_added, file.lines_removed) == ("modify", 2, 2, 2)
    edits = [
        ("line 0\nline 1\nline 2\nline 3\n", "first\nline 1\nline 2\nline 3\n"),
        ("line 6\nline 7\nline 8\nline 9\n", "line 6\nline 7\nline 8\nlast\n"),
    ]
    written = [{"op": "replace", "path": "a.py", "old": old, "new": new} for old, new in edits]
    assert file.ndjson_tokens == sum(len(json.dumps(w, separators=(",", ":"))) for w in written)
    assert (file.existing_tokens, file.final_tokens) == (140, 137)


def test_a_deleted_file(repository):
    repository.commit(a_py="x = 1\n")
    (repository.folder / "a.py").unlink()
    repository.commit()
    file = only_file(repository)
    assert (file.action, file.existing_tokens, file.final_tokens) == ("delete", 6, 0)
    assert (file.lines_removed, file.hunks) == (1, 0)
    assert file.ndjson_tokens == len('{"op":"delete","path":"a.py"}')


def test_a_renamed_file_that_stays_as_it_was(repository):
    repository.commit(a_py=TEN_LINES)
    repository.git("mv", "a.py", "b.py")
    repository.commit()
    file = only_file(repository)
    assert (file.path, file.action, file.hunks, file.ndjson_tokens) == ("b.py", "rename", 0, 0)
    assert file.existing_tokens == file.final_tokens == 70
    assert file.diff_tokens > 0


def test_a_renamed_file_that_is_edited_too(repository):
    repository.commit(a_py=TEN_LINES)
    repository.git("mv", "a.py", "b.py")
    repository.commit(b_py=TEN_LINES.replace("line 4\n", "line four\n"))
    file = only_file(repository)
    assert (file.path, file.action, file.hunks) == ("b.py", "rename", 1)
    assert (file.existing_tokens, file.final_tokens) == (70, 73)
    assert file.ndjson_tokens > 0


def test_how_alike_renamed_files_are_is_a_rule(repository):
    repository.commit(a_py=TEN_LINES)
    repository.git("mv", "a.py", "b.py")
    repository.commit(b_py=TEN_LINES.replace("line 4\n", "line four\n"))
    phases, _ = mined(repository, rules=MiningRules(rename_percent=100))
    assert [(file.path, file.action) for file in phases[-1].files] == [
        ("a.py", "delete"),
        ("b.py", "create"),
    ]


def test_a_change_of_mode_alone_writes_nothing_but_its_diff(repository):
    repository.commit(a_py="x\n")
    (repository.folder / "a.py").chmod(0o755)
    repository.commit()
    file = only_file(repository)
    assert (file.action, file.hunks, file.ndjson_tokens) == ("modify", 0, 0)
    assert file.diff_tokens == len("diff --git a/a.py b/a.py\nold mode 100644\nnew mode 100755\n")


def test_line_ends_are_kept(repository):
    repository.commit(a_py=b"one\r\ntwo\r\n")
    repository.commit(a_py=b"one\r\nthree\r\n")
    file = only_file(repository)
    edit = {"op": "replace", "path": "a.py", "old": "one\r\ntwo\r\n", "new": "one\r\nthree\r\n"}
    assert file.ndjson_tokens == len(json.dumps(edit, separators=(",", ":")))
    assert (file.existing_tokens, file.final_tokens) == (10, 12)


def test_a_missing_final_line_end_is_not_invented(repository):
    repository.commit(a_py="one\ntwo")
    repository.commit(a_py="one\ntwo\n")
    file = only_file(repository)
    edit = {"op": "replace", "path": "a.py", "old": "one\ntwo", "new": "one\ntwo\n"}
    assert file.ndjson_tokens == len(json.dumps(edit, separators=(",", ":")))
    assert (file.existing_tokens, file.final_tokens) == (7, 8)


def test_an_empty_file_still_has_a_diff_that_names_its_sides(repository):
    repository.commit(a_py="")
    file = only_file(repository)
    assert (file.final_tokens, file.lines_added) == (0, 0)
    assert file.diff_tokens == len(
        "diff --git a/a.py b/a.py\nnew file mode 100644\nindex 0000000..e69de29\n"
        "--- /dev/null\n+++ b/a.py\n"
    )


def test_files_stand_in_the_order_of_their_paths(repository):
    repository.commit(b_py="b\n", a_py="a\n", B_py="B\n")
    (phase,), _ = mined(repository)
    assert [file.path for file in phase.files] == ["B.py", "a.py", "b.py"]


def test_a_path_with_spaces_quotes_and_a_new_line(repository):
    path = 'a "b"\nc é.py'
    repository.write(path, "x\n")
    repository.commit()
    repository.write(path, "y\n")
    repository.commit()
    phases, _ = mined(repository)
    assert [phase.files[0].path for phase in phases] == [path, path]


def test_a_title_has_neither_address_nor_handle_nor_author(repository):
    repository.commit("Fix x by @ada, for ada@example.org by Ada Lovelace\n\nWhy\n", a_py="x\n")
    (phase,), _ = mined(repository)
    assert phase.title == "Fix x, for"
    assert phase.body_chars == 3


def test_the_name_is_that_of_the_remote_without_its_password(repository):
    repository.commit(a_py="x\n")
    repository.git(
        "remote", "add", "origin", "https://user:secret@example.org/group/owner/name.git"
    )
    (phase,), _ = mined(repository)
    assert phase.repo == "owner/name"


# What is left out


def reasons(repository, **options):
    phases, report = mined(repository, **options)
    assert not phases
    return dict(report.skipped), dict(report.left_out)


NO_PARENT = {"no parent": 1}
LEFT_OUT = {**NO_PARENT, "only files that are left out": 1}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("uv.lock", "lock file"),
        ("web/Cargo.lock", "lock file"),
        ("vendor/a.py", "vendored, built or recorded"),
        ("a/node_modules/b/c.js", "vendored, built or recorded"),
        ("a.min.js", "generated, data or binary by its name"),
        ("a.SVG", "generated, data or binary by its name"),
    ],
)
def test_a_file_that_nobody_writes_is_left_out(repository, path, reason):
    repository.write(path, "x\n")
    repository.commit()
    assert reasons(repository) == (LEFT_OUT, {reason: 1})


def test_the_other_files_of_its_commit_are_mined(repository):
    repository.write("uv.lock", "x\n")
    repository.commit(a_py="x\n")
    phases, report = mined(repository)
    assert [file.path for file in phases[0].files] == ["a.py"]
    assert report.left_out == {"lock file": 1}


def test_a_rule_can_be_changed(repository):
    repository.write("vendor/a.py", "x\n")
    repository.commit()
    phases, _ = mined(repository, rules=MiningRules(directories=("other",)))
    assert phases[0].files[0].path == "vendor/a.py"


@pytest.mark.parametrize(
    ("content", "reason"), [(b"a\0b\n", "binary"), (b"caf\xe9\n", "not UTF-8")]
)
def test_a_file_that_is_no_text_is_left_out(repository, content, reason):
    repository.commit(a_txt=content)
    assert reasons(repository) == (LEFT_OUT, {reason: 1})


def test_a_file_that_was_no_text_before_is_left_out(repository):
    repository.commit(a_txt=b"caf\xe9\n")
    repository.commit(a_txt="café\n")
    _, report = mined(repository)
    assert report.left_out == {"not UTF-8": 2}


def test_a_path_that_is_not_utf8_is_left_out(repository):
    repository.write(b"caf\xe9.txt", "x\n")
    repository.commit()
    assert reasons(repository) == (LEFT_OUT, {"its path is not UTF-8": 1})


def test_a_symbolic_link_is_left_out(repository):
    (repository.folder / "link").symlink_to("start.txt")
    repository.commit()
    assert reasons(repository) == (LEFT_OUT, {"symbolic link": 1})


def test_a_file_that_becomes_a_link_is_left_out_and_the_next_file_is_not(repository):
    (repository.folder / "start.txt").unlink()
    (repository.folder / "start.txt").symlink_to("elsewhere")
    repository.commit(z_py="z\n")
    phases, report = mined(repository)
    assert [file.path for file in phases[0].files] == ["z.py"]
    assert report.left_out == {"symbolic link": 1}


def test_a_submodule_is_left_out(repository):
    other = repository.git("rev-parse", "HEAD").replace("0", "1")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{other},sub")
    repository.commit_index()
    assert reasons(repository) == (LEFT_OUT, {"submodule": 1})


def test_an_empty_commit_is_skipped(repository):
    repository.commit()
    assert reasons(repository) == ({**NO_PARENT, "no change": 1}, {})


def test_a_merge_is_skipped_and_its_parents_are_mined(repository):
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit("Side", b_py="x\n")
    repository.git("checkout", "--quiet", "main")
    repository.commit("Main", a_py="x\n")
    repository.git("merge", "--quiet", "--no-edit", "side")
    phases, report = mined(repository)
    assert [phase.title for phase in phases] == ["Side", "Main"]
    assert report.skipped == {"a merge": 1, **NO_PARENT}


def test_a_sweep_over_many_files_is_skipped(repository):
    for number in range(61):
        repository.write(f"{number}.py", "x\n")
    repository.commit()
    assert reasons(repository) == ({**NO_PARENT, "more than 60 files": 1}, {})


def test_renames_count_once_towards_the_limit_of_files(repository):
    for number in range(60):
        repository.write(f"old/{number}.py", f"{number}\n")
    repository.commit()
    repository.git("mv", "old", "new")
    repository.commit()
    phases, _ = mined(repository)
    assert [len(phase.files) for phase in phases] == [60, 60]


def test_a_commit_with_a_huge_file_is_skipped(repository):
    repository.commit(a_txt="x" * 300_001, b_txt="x\n")
    assert reasons(repository) == ({**NO_PARENT, "a file over 300,000 bytes": 1}, {})


def test_a_huge_file_that_is_left_out_anyway_does_no_harm(repository):
    repository.commit(a_csv="x" * 300_001, b_txt="x\n")
    phases, _ = mined(repository)
    assert [file.path for file in phases[0].files] == ["b.txt"]


# Missing and damaged objects


def test_a_damaged_blob_costs_one_commit(repository):
    repository.commit("One", a_py="1\n")
    repository.commit("Two", b_py="2\n")
    repository.commit("Three", c_py="3\n")
    repository.damage("HEAD~1:b.py")
    phases, report = mined(repository)
    assert [phase.title for phase in phases] == ["One", "Three"]
    assert report.skipped == {"an object is missing or damaged": 1, **NO_PARENT}


def test_a_missing_blob_costs_the_commits_that_touch_it(repository):
    for number in range(4):
        repository.commit(str(number), a_py=f"{number}\n")
    repository.object_file("HEAD~1:a.py").unlink()
    phases, report = mined(repository)
    assert [phase.title for phase in phases] == ["0", "1"]
    assert report.skipped["an object is missing or damaged"] == 2


def test_a_missing_blob_of_a_file_that_is_left_out_does_no_harm(repository):
    repository.write("a.svg", "svg\n")
    repository.commit(b_py="x\n")
    repository.object_file("HEAD:a.svg").unlink()
    phases, _ = mined(repository)
    assert [file.path for file in phases[0].files] == ["b.py"]


def test_a_missing_tree_costs_the_commits_that_need_it(repository):
    for number in range(4):
        repository.commit(str(number), a_py=f"{number}\n")
    repository.object_file("HEAD~1^{tree}").unlink()
    phases, report = mined(repository)
    assert [phase.title for phase in phases] == ["0", "1"]
    assert report.skipped["an object is missing or damaged"] == 2


def test_a_damaged_commit_ends_the_history_and_the_report_says_so(repository):
    repository.commit("One", a_py="1\n")
    bad = repository.commit("Two", a_py="2\n")
    repository.commit("Three", a_py="3\n")
    repository.commit("Four", a_py="4\n")
    repository.damage(bad)
    phases, report = mined(repository, limit=500)
    assert [phase.title for phase in phases] == ["Four"]
    assert report.stopped


def test_oldest_first_without_a_limit_a_damaged_commit_leaves_nothing_to_begin_with(repository):
    bad = repository.commit("One", a_py="1\n")
    repository.commit("Two", a_py="2\n")
    repository.damage(bad)
    with pytest.raises(RepositoryError):
        mined(repository, limit=None)


def test_the_edge_of_a_shallow_clone_has_no_parent(repository, tmp_path):
    for number in range(4):
        repository.commit(str(number), a_py=f"{number}\n")
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--depth=3", repository.folder.as_uri(), str(clone))
    phases, report = mined(clone)
    assert [phase.title for phase in phases] == ["2", "3"]
    assert report.skipped == NO_PARENT


def test_a_partial_clone_is_mined_as_far_as_it_goes_and_fetches_nothing(repository, tmp_path):
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.commit("One", a_py="1\n")
    repository.commit("Two", b_py="2\n")
    clone = tmp_path / "clone"
    url = repository.folder.as_uri()
    # Checked out: the blobs of the newest commit are there, the older ones are not.
    repository.git("clone", "--quiet", "--filter=blob:none", url, str(clone))
    repository.git("-C", str(clone), "config", "user.name", "nobody")
    before = objects(clone)
    (phase_one, phase_two), _ = mined(clone)
    assert (phase_one.title, phase_two.title) == ("One", "Two")
    repository.commit("Three", a_py="3\n")
    bare = tmp_path / "bare"
    repository.git("clone", "--quiet", "--bare", "--filter=blob:none", url, str(bare))
    phases, report = mined(bare)
    assert not phases
    assert report.skipped == {"an object is missing or damaged": 3, **NO_PARENT}
    assert objects(clone) == before


def objects(folder):
    return sorted(path for path in (folder / ".git" / "objects").rglob("*") if path.is_file())


# Where it is mined


def test_a_bare_repository_gives_the_same_as_its_work_tree(repository, tmp_path):
    repository.commit(a_py="def f():\n    return 1\n" * 9)
    repository.write(".gitattributes", "*.py diff=python\n")
    repository.commit(a_py="def f():\n    return 1\n" * 8 + "def g():\n    return 2\n")
    bare = tmp_path / "repository.git"
    repository.git("clone", "--quiet", "--bare", str(repository.folder), str(bare))
    repository.git("-C", str(bare), "remote", "remove", "origin")
    assert mined(bare)[0] == mined(repository)[0]


def test_a_folder_of_a_repository_stands_for_the_whole(repository):
    repository.write("deep/er/a.py", "x\n")
    repository.commit()
    assert mined(repository.folder / "deep" / "er")[0] == mined(repository)[0]


def test_what_git_was_told_about_another_repository_does_not_matter(
    repository, make_repository, monkeypatch
):
    repository.commit("Here", a_py="x\n")
    other = make_repository("other")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.folder))
    (phase,), _ = mined(repository)
    assert phase.title == "Here"


@pytest.mark.parametrize("name", ["nothing here", "file"])
def test_no_folder_is_refused(tmp_path, name):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RepositoryError, match="folder") as caught:
        mine(tmp_path / name, len)
    assert caught.value.source == str(tmp_path / name)


def test_a_folder_that_is_no_repository_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(RepositoryError, match="not a git repository"):
        mine(tmp_path, len)


def test_a_repository_without_a_commit_is_refused(make_repository):
    with pytest.raises(RepositoryError, match="no commit yet"):
        mine(make_repository().folder, len)


def test_a_machine_without_git_is_told_so(repository, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="install git"):
        mine(repository.folder, len)


def test_a_branch_that_cannot_be_read_at_all_is_refused(repository):
    repository.damage("HEAD")
    with pytest.raises(RepositoryError) as caught:
        mined(repository)
    assert caught.value.source == str(repository.folder)


def test_nothing_that_a_repository_names_is_run(repository, tmp_path):
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $@" >> {ran}\ncat "$1" 2>/dev/null\n')
    program.chmod(0o755)
    repository.write(".gitattributes", "*.py diff=evil\n")
    repository.commit("Before", a_py="1\n")
    repository.commit("After", a_py="2\n")
    sign(repository)
    hooks = repository.folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / hook).symlink_to(program)
    (repository.folder / ".git" / "info").mkdir(exist_ok=True)
    (repository.folder / ".git" / "info" / "attributes").write_text("*.py diff=evil\n")
    for key in (
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "core.pager",
        "core.fsmonitor",
        "gpg.program",
        "core.sshCommand",
        "core.alternateRefsCommand",
        "credential.helper",
    ):
        repository.git("config", key, str(program))
    repository.git("config", "log.showSignature", "true")
    ran.unlink(missing_ok=True)
    assert [phase.title for phase in mined(repository)[0]] == ["Before", "After"]
    assert not ran.exists()


def sign(repository):
    """Put a signature into the newest commit, so that showing it would run gpg."""
    commit = repository.git("cat-file", "commit", "HEAD")
    head, message = commit.split("\n\n", 1)
    block = " -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----"
    signed = f"{head}\ngpgsig{block}\n\n{message}\n"
    name = repository.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed)
    repository.git("update-ref", "HEAD", name)


def test_how_a_repository_likes_its_diffs_does_not_matter(repository):
    repository.commit(a_py=TEN_LINES)
    repository.commit(a_py=TEN_LINES.replace("5", "five"))
    before = mined(repository)[0]
    for key, value in {
        "diff.context": "0",
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.algorithm": "patience",
        "diff.renames": "false",
        "diff.suppressBlankEmpty": "true",
        "diff.orderFile": "nowhere",
        "log.date": "raw",
        "log.diffMerges": "on",
        "core.abbrev": "40",
        "core.quotePath": "false",
        "color.ui": "always",
        "i18n.logOutputEncoding": "UTF-16",
    }.items():
        repository.git("config", key, value)
    assert mined(repository)[0] == before


# Which commits, and in which order


@pytest.fixture
def five(repository):
    for number in range(5):
        repository.write(f"folder{number % 2}/a.py", f"{number}\n")
        repository.commit(str(number))
    return repository


def titles(repository, **options):
    return [phase.title for phase in mined(repository, **options)[0]]


def test_oldest_first_and_newest_first(five):
    assert titles(five) == ["0", "1", "2", "3", "4"]
    assert titles(five, newest_first=True) == ["4", "3", "2", "1", "0"]


def test_both_orders_give_the_same_phases(five):
    forwards, _ = mined(five)
    backwards, _ = mined(five, newest_first=True)
    assert forwards == backwards[::-1]


def test_a_limit_takes_the_newest_in_either_order(five):
    assert titles(five, limit=2) == ["3", "4"]
    assert titles(five, limit=2, newest_first=True) == ["4", "3"]
    assert titles(five, limit=0) == []


def test_a_negative_limit_is_refused(five):
    with pytest.raises(ValueError, match="limit"):
        mine(five.folder, len, limit=-1)


def test_dates_bound_what_is_mined(five):
    times = [phase.time for phase in mined(five)[0]]
    third = datetime.fromtimestamp(times[2], tz=UTC)
    assert titles(five, since=third) == ["2", "3", "4"]
    assert titles(five, until=third) == ["0", "1", "2"]
    assert titles(five, since=third.replace(tzinfo=None)) == ["2", "3", "4"]


def test_paths_choose_commits_and_mine_them_whole(five):
    five.write("folder0/a.py", "new\n")
    five.write("folder1/a.py", "new\n")
    five.commit("both")
    phases, _ = mined(five, paths=["folder1"])
    assert [phase.title for phase in phases] == ["1", "3", "both"]
    assert len(phases[-1].files) == 2


def test_a_path_that_looks_like_an_option_or_a_pattern_is_a_path(five):
    assert titles(five, paths=["--all"]) == []
    assert titles(five, paths=["folder*"]) == []


def test_the_stream_can_be_left_in_the_middle(five):
    report = MiningReport()
    phases = mine(five.folder, len, report=report)
    assert [phase.title for phase in islice(phases, 2)] == ["4", "3"]
    phases.close()
    assert report.mined == 2


# The cache


class Memory:
    """A cache that keeps what JSON keeps."""

    def __init__(self):
        self.entries = {}

    def get(self, commit):
        text = self.entries.get(commit)
        return None if text is None else json.loads(text)

    def put(self, commit, entry):
        self.entries[commit] = json.dumps(entry)


def test_a_second_run_mines_only_new_commits(five):
    cache = Memory()
    five.commit()  # an empty one is remembered too
    first, _ = mined(five, cache=cache)
    five.commit("new", a_py="x\n")
    counted = []

    def count(text):
        counted.append(text)
        return len(text)

    report = MiningReport()
    again = list(
        mine(five.folder, count, limit=None, newest_first=False, cache=cache, report=report)
    )
    assert again[:-1] == first
    assert again[-1].title == "new"
    assert (report.from_cache, report.mined) == (7, 6)
    assert all("x\n" in text or "x\\n" in text for text in counted if text)


def test_other_rules_mine_again(five):
    cache = Memory()
    mined(five, cache=cache)
    _, report = mined(five, cache=cache, rules=MiningRules(max_files=3))
    assert report.from_cache == 0


def test_a_damaged_entry_is_mined_again(five):
    cache = Memory()
    first, _ = mined(five, cache=cache)
    for commit in cache.entries:
        cache.put(commit, {**cache.get(commit), "phase": {"files": "no"}})
    assert mined(five, cache=cache)[0] == first


def test_a_commit_without_its_objects_is_tried_again(repository):
    repository.commit(a_py="1\n")
    file = repository.object_file("HEAD:a.py")
    content = file.read_bytes()
    file.unlink()
    cache = Memory()
    assert mined(repository, cache=cache)[0] == []
    file.write_bytes(content)
    assert len(mined(repository, cache=cache)[0]) == 1


def test_no_process_is_left_behind(five):
    mined(five)
    found = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "comm="],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "git" not in found.stdout.split()
