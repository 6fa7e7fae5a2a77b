from __future__ import annotations

import pytest

from token_budget.context.cache_database import CacheDatabase
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.query import ContextQuery
from token_budget.context.signals.lexical import (
    best_by_identifiers,
    best_by_words,
    chunk_identifiers,
    chunk_words,
    file_words,
)


@pytest.fixture
def index(tmp_path):
    (tmp_path / "cache.py").write_text("def evict(entry):\n    return entry\n")
    (tmp_path / "other.py").write_text("def parse(line):\n    return line\n")
    made = ChunkIndex(tmp_path, CacheDatabase("sqlite://", INDEX_PART), jobs=1)
    made.refresh()
    yield made
    made.close()


def test_words_find_files_and_chunks(index):
    query = ContextQuery("", {"evict": 1.0})
    assert list(file_words(query, index, 10)) == ["cache.py"]
    assert [chunk.path for chunk in best_by_words(query, index, 10)] == ["cache.py"]


def test_every_chunk_has_the_score_that_a_search_gives_it(index):
    words = {"evict": 1.0, "line": 0.5}
    chunks = [chunk for each in index.chunks().values() for chunk in each]
    found = chunk_words(ContextQuery("", words), index, chunks)
    assert dict(zip(chunks, found.tolist(), strict=True)) == dict(index.search(words, 10))
    assert chunk_words(ContextQuery("", {"zebra": 1.0}), index, chunks).tolist() == [0, 0]


def test_words_of_a_path_count(index):
    assert list(file_words(ContextQuery("", {"cache": 1.0}), index, 10)) == ["cache.py"]


def test_identifiers_speak_only_where_the_phase_writes_code(index):
    words = {"evict": 2.0, "parse": 2.0}
    chunks = [chunk for each in index.chunks().values() for chunk in each]
    plain, code = ContextQuery("", words), ContextQuery("", words, frozenset({"parse"}))
    assert best_by_identifiers(plain, index, 10) == []
    assert chunk_identifiers(plain, index, chunks).tolist() == [0, 0]
    assert [chunk.path for chunk in best_by_identifiers(code, index, 10)] == ["other.py"]
    assert (chunk_identifiers(code, index, chunks) > 0).tolist() == [False, True]
