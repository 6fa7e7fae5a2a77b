from __future__ import annotations

import os

import pytest

from token_budget.context import sources as sources_module
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.change_history import ChangeHistory, FileChange, PastCommit
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.sources import Sources
from token_budget.context.touched_lines import HunkPlace


@pytest.fixture
def index(tmp_path):
    for name in "abc":
        (tmp_path / name).write_text(f"{name}\nsecond\n")
    made = ChunkIndex(tmp_path, CacheDatabase("sqlite://", INDEX_PART), jobs=1)
    made.refresh()
    yield made
    made.close()


def test_lines_have_no_ends(index):
    assert Sources(index).lines("a") == ["a", "second"]


def test_a_file_that_changed_has_no_lines_until_it_is_indexed_again(index):
    (index.root / "a").write_text("other\n")
    os.utime(index.root / "a", (1, 1))
    sources = Sources(index)
    assert sources.lines("a") is None
    index.refresh()
    assert sources.lines("a") == ["other"]


def test_a_file_is_read_once(index, monkeypatch):
    sources = Sources(index)
    first = sources.lines("a")
    monkeypatch.setattr(index, "text", None)
    assert sources.lines("a") is first


def test_few_files_are_remembered(index, monkeypatch):
    monkeypatch.setattr(sources_module, "REMEMBERED_FILES", 2)
    sources = Sources(index)
    for name in "abc":
        sources.lines(name)
    assert len(sources._read) == 2


def test_the_commits_that_changed_a_chunk_are_worked_out_once_for_each_content(index, monkeypatch):
    commit = PastCommit("x", "", (FileChange("a", None, (HunkPlace(0, 1, 0, 1),)),))
    sources = Sources(index, ChangeHistory([commit]))
    (chunk,) = index.chunks(["a"])["a"]
    assert sources.ages([chunk, *index.chunks(["b"])["b"]]) == [(0,), ()]
    monkeypatch.setattr(sources_module, "chunk_ages", lambda chunks, _: [(7,)] * len(chunks))
    assert sources.ages([chunk]) == [(0,)]
    (index.root / "a").write_text("other\n")
    index.refresh()
    assert sources.ages(index.chunks(["a"])["a"]) == [(7,)]
