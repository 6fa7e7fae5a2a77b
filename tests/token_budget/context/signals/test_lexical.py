from __future__ import annotations

import pytest

from token_budget.context.cache_database import CacheDatabase
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.query import ContextQuery
from token_budget.context.signals.lexical import chunk_identifiers, chunk_words, file_words


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
    assert [chunk.path for chunk in chunk_words(query, index, 10)] == ["cache.py"]


def test_words_of_a_path_count(index):
    assert list(file_words(ContextQuery("", {"cache": 1.0}), index, 10)) == ["cache.py"]


def test_identifiers_speak_only_where_the_phase_writes_code(index):
    words = {"evict": 2.0, "parse": 2.0}
    assert chunk_identifiers(ContextQuery("", words), index, 10) == {}
    found = chunk_identifiers(ContextQuery("", words, frozenset({"parse"})), index, 10)
    assert [chunk.path for chunk in found] == ["other.py"]
