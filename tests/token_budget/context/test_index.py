from __future__ import annotations

import os
import signal
import sys
import textwrap
import time

import pytest

from tests.processes import exit_codes, pipe, received, start
from token_budget.context import file_record
from token_budget.context.cache_database import CacheDatabase, cache_url
from token_budget.context.candidate_rules import CandidateRules
from token_budget.context.errors import FileChanged, FileNotIndexed, WorkspaceError
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.splitting.blocks import ChunkSize
from token_budget.context.words import words_of

LONG_AGO = 1_600_000_000


def write(folder, path, content="x = 1\n", when=LONG_AGO):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(file, (when, when))


@pytest.fixture(autouse=True)
def coarse_clock(monkeypatch):
    """Files may be trusted as soon as they are written: tests do not wait for the clock."""
    monkeypatch.setattr(file_record, "CLOCK_TICK_NANOSECONDS", -(10**12))


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "workspace"
    write(folder, "src/pack/__init__.py", "")
    write(folder, "src/pack/counter.py", 'class TokenCounter:\n    """Counts tokens."""\n')
    write(folder, "src/pack/shelf.py", "from pack.counter import TokenCounter\nbooks = []\n")
    write(folder, "README.md", "# Shelves\n\nAbout books.\n")
    return folder


@pytest.fixture
def read_paths(monkeypatch):
    """The files that were read, as they are read."""
    from token_budget.context import indexing

    read = []

    def spy(root, path, settings, *, wanted):
        read.append(path)
        return file_record.analysed(root, path, settings, wanted=wanted)

    monkeypatch.setattr(indexing, "analysed", spy)
    return read


def figures(refreshed):
    return refreshed.files, refreshed.added, refreshed.changed, refreshed.removed


def test_the_first_refresh_reads_everything_and_the_next_nothing(workspace, read_paths):
    index = ChunkIndex(workspace)
    assert figures(index.refresh()) == (4, 4, 0, 0)
    assert len(read_paths) == 4
    assert figures(index.refresh()) == (4, 0, 0, 0)
    assert figures(ChunkIndex(workspace).refresh()) == (4, 0, 0, 0)
    assert len(read_paths) == 4


def test_only_what_changed_is_read_again(workspace, read_paths):
    index = ChunkIndex(workspace)
    index.refresh()
    read_paths.clear()
    write(workspace, "src/pack/shelf.py", "shelves = 1\n", when=LONG_AGO + 1)
    write(workspace, "new.py")
    (workspace / "README.md").unlink()
    assert figures(index.refresh()) == (4, 1, 1, 1)
    assert sorted(read_paths) == ["new.py", "src/pack/shelf.py"]
    assert sorted(index.files()) == [
        "new.py",
        "src/pack/__init__.py",
        "src/pack/counter.py",
        "src/pack/shelf.py",
    ]


def test_chunks_are_counted_without_being_made(workspace):
    index = ChunkIndex(workspace)
    for text in ("a = 1\n", "# A\n\n# B\n\n" * 300):
        write(workspace, "guide.md", text)
        index.refresh()
        assert not index._decoded
        assert index.chunk_count() == sum(map(len, index.chunks().values()))


def test_a_file_that_was_only_touched_has_not_changed(workspace):
    index = ChunkIndex(workspace)
    index.refresh()
    os.utime(workspace / "README.md", (LONG_AGO + 5, LONG_AGO + 5))
    assert figures(index.refresh()) == (4, 0, 0, 0)


def test_words_find_the_chunk_that_has_them_and_go_with_it(workspace):
    index = ChunkIndex(workspace)
    index.refresh()
    query = words_of("how does the token counter count")
    assert index.search(query, 1)[0][0].name == "TokenCounter"
    assert index.search_files(query, 1)[0][0] == "src/pack/counter.py"
    write(workspace, "src/pack/counter.py", "nothing = 1\n", when=LONG_AGO + 1)
    write(workspace, "src/pack/new.py", "class TokenCounter: ...\n")
    index.refresh()
    assert index.search(query, 1)[0][0].path == "src/pack/new.py"


def test_an_index_in_step_finds_what_one_made_anew_finds(workspace):
    for number in range(40):
        write(workspace, f"many/f{number}.py", f"def job_{number}(): return count({number})\n")
    index = ChunkIndex(workspace)
    index.refresh()
    query = words_of("count books in job_7")
    index.search(query, 5)
    write(workspace, "many/f7.py", "gone = 1\n", when=LONG_AGO + 1)
    index.refresh()
    fresh = ChunkIndex(workspace, CacheDatabase("sqlite://", INDEX_PART))
    fresh.refresh()
    for found, expected in zip(index.search(query, 50), fresh.search(query, 50), strict=True):
        assert found[0] == expected[0]
        assert found[1] == pytest.approx(expected[1])


def test_imports_are_those_of_the_workspace(workspace):
    index = ChunkIndex(workspace)
    index.refresh()
    assert index.imports() == {"src/pack/shelf.py": {"src/pack/counter.py"}}
    (workspace / "src/pack/counter.py").unlink()
    index.refresh()
    assert index.imports() == {}


def test_text_outline_and_mode_of_a_file(workspace):
    index = ChunkIndex(workspace)
    index.refresh()
    assert index.text("README.md") == "# Shelves\n\nAbout books.\n"
    assert (
        index.outline("src/pack/counter.py")
        == '1: class TokenCounter:\n2:   """Counts tokens."""\n'
    )
    assert index.mode("README.md") == "headings"
    for ask in (index.text, index.outline, index.mode, lambda path: index.chunks([path])):
        with pytest.raises(FileNotIndexed, match=r"absent\.py"):
            ask("absent.py")


def test_a_text_that_is_not_what_was_indexed_is_refused(workspace):
    index = ChunkIndex(workspace)
    index.refresh()
    write(workspace, "README.md", "other\n")
    with pytest.raises(FileChanged, match=r"README\.md"):
        index.text("README.md")
    (workspace / "README.md").unlink()
    with pytest.raises(FileChanged):
        index.text("README.md")
    assert index.refresh().removed == 1


def test_everything_odd_is_stated_and_nothing_is_silently_missing(workspace):
    write(workspace, "latin.py", "# caf\xe9\n".encode("latin-1"))
    write(workspace, "wide.py", "# café\n".encode("utf-16"))
    write(workspace, "data.bin", b"\0\1\2")
    write(workspace, "uv.lock")
    write(workspace, "broken.py", "def f(:\n")
    write(workspace, os.fsdecode(b"\xff.py"))
    (workspace / "loop").symlink_to(".")
    with (workspace / "huge.log").open("wb") as file:
        file.truncate(2 * 2**30)
    index = ChunkIndex(workspace)
    refreshed = index.refresh()
    assert {one.path: one.reason for one in refreshed.left_out} == {
        "data.bin": "binary",
        "uv.lock": "lock file",
        "\ufffd.py": "not UTF-8 name",
        "loop": "symbolic link to .",
        "huge.log": "larger than 1,000,000 bytes",
    }
    assert index.files()["latin.py"].encoding == "latin-1"
    assert index.files()["wide.py"].encoding == "utf-16"
    assert index.text("wide.py") == "# café\n"
    (warning,) = refreshed.warnings
    assert "broken.py (does not parse: line 1)" in warning


def test_an_empty_workspace_is_an_empty_index(tmp_path):
    index = ChunkIndex(tmp_path)
    assert figures(index.refresh()) == (0, 0, 0, 0)
    assert index.search({"word": 1.0}, 5) == []
    assert index.chunks() == {}
    assert index.imports() == {}


def test_a_workspace_that_is_none_or_goes_away_is_refused(tmp_path):
    with pytest.raises(WorkspaceError, match="found nothing"):
        ChunkIndex(tmp_path / "absent")
    (tmp_path / "short").mkdir()
    index = ChunkIndex(tmp_path / "short", CacheDatabase("sqlite://", INDEX_PART))
    (tmp_path / "short").rmdir()
    with pytest.raises(WorkspaceError, match="found nothing"):
        index.refresh()


def test_a_file_that_vanishes_between_the_look_and_the_reading_is_stated(workspace, monkeypatch):
    from token_budget.context import indexing

    def vanish(root, path, settings, *, wanted):
        (root / "README.md").unlink(missing_ok=True)
        return file_record.analysed(root, path, settings, wanted=wanted)

    monkeypatch.setattr(indexing, "analysed", vanish)
    refreshed = ChunkIndex(workspace).refresh()
    assert [(one.path, one.reason) for one in refreshed.left_out] == [
        ("README.md", "disappeared while it was read")
    ]


def test_what_is_asked_for_by_name_comes_in_and_goes_again(workspace):
    write(workspace, "vendor/lib.go", "// Code generated by x. DO NOT EDIT.\npackage lib\n")
    index = ChunkIndex(workspace)
    assert figures(index.refresh(include=["vendor"])) == (5, 5, 0, 0)
    assert figures(index.refresh()) == (4, 0, 0, 1)
    write(workspace, "api.go", "// Code generated by x. DO NOT EDIT.\npackage api\n")
    assert figures(index.refresh()) == (4, 0, 0, 0)
    assert figures(index.refresh(include=["api.go"])) == (5, 1, 0, 0)


def test_other_settings_do_not_disturb_what_is_kept(workspace, read_paths):
    ChunkIndex(workspace).refresh()
    other = ChunkIndex(
        workspace, size=ChunkSize(lines=1), rules=CandidateRules(directories=("src",))
    )
    assert other.refresh().files == 1
    assert len(other.chunks(["README.md"])["README.md"]) == 3
    read_paths.clear()
    ChunkIndex(workspace).refresh()
    assert read_paths == []


def test_a_damaged_cache_is_set_aside_with_a_warning_and_the_index_made_anew(workspace):
    first = ChunkIndex(workspace)
    first.refresh()
    first.close()
    cache = workspace / ".token-budget" / "cache.db"
    cache.write_bytes(b"this is no database" * 1_000)
    index = ChunkIndex(workspace)
    refreshed = index.refresh()
    assert figures(refreshed) == (4, 4, 0, 0)
    assert "set aside" in refreshed.warnings[0]
    assert index.search(words_of("token counter"), 1)


def test_a_cache_that_disappears_costs_nothing_but_time(workspace):
    ChunkIndex(workspace).refresh()
    database = CacheDatabase(cache_url(workspace), INDEX_PART)
    index = ChunkIndex(workspace, database)
    index.refresh()
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM indexed_file")
    assert index.search(words_of("token counter"), 1)[0][0].path == "src/pack/counter.py"


def test_progress_ends_with_all_that_was_read(workspace):
    seen = []
    ChunkIndex(workspace).refresh(lambda done, total: seen.append((done, total)))
    assert seen[-1] == (4, 4)


def test_several_processes_find_the_same(workspace):
    for number in range(30):
        write(workspace, f"f{number}.py", f"value_{number} = {number}\n" * 30)
    here = ChunkIndex(workspace, CacheDatabase("sqlite://", INDEX_PART), jobs=1)
    there = ChunkIndex(workspace, CacheDatabase("sqlite://", INDEX_PART), jobs=2)
    here.refresh(), there.refresh()
    assert here.files() == there.files()
    assert here.chunks() == there.chunks()
    assert here.search(words_of("value_7"), 5) == there.search(words_of("value_7"), 5)


def refresh(workspace, ready=None):
    index = ChunkIndex(workspace, jobs=1)
    if ready is not None:
        ready.send("ready")
    sys.exit(index.refresh().files != 404)


def many_files(workspace):
    for number in range(400):
        write(
            workspace,
            f"f{number}.py",
            textwrap.dedent(f"def f{number}():\n    return {number}\n") * 40,
        )


def test_a_process_that_is_killed_leaves_an_index_that_can_be_finished(workspace):
    many_files(workspace)
    here, there = pipe()
    process = start(refresh, workspace, there)
    assert received(here) == "ready"
    time.sleep(0.15)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    index = ChunkIndex(workspace, jobs=1)
    refreshed = index.refresh()
    assert (refreshed.files, refreshed.warnings) == (404, ())
    assert index.search(words_of("f399"), 1)[0][0].path == "f399.py"


def test_many_processes_refresh_at_once(workspace):
    many_files(workspace)
    assert exit_codes(refresh, [(workspace,)] * 3) == [0] * 3
    assert figures(ChunkIndex(workspace).refresh())[0] == 404
