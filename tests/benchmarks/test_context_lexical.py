from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.context_lexical import WAYS, filled, speeds, words_of_chunks
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.words import words_of

FILES = {
    "parser.py": "def parse_dates(text):\n    return text\n",
    "reader.py": "def read_lines(path):\n    return path.read_text()\n",
    "notes.md": "Nothing of the kind.\n",
}


@pytest.fixture
def chunks(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).write_text(text)
    index = ChunkIndex(tmp_path, CacheDatabase("sqlite://", INDEX_PART), jobs=1)
    index.refresh()
    yield words_of_chunks(index)
    index.close()


@pytest.mark.parametrize("way", list(WAYS))
def test_every_way_finds_the_chunk_and_takes_changes_in(chunks, way):
    search = WAYS[way](chunks)
    assert search.best(words_of("Parse dates"), Counter())[0].path == "parser.py"
    assert search.best(Counter(), Counter()) == []
    changed = {chunk: Counter({"zebra": 1}) for chunk in chunks if chunk.path == "notes.md"}
    search.update(changed)
    assert [one.path for one in search.best(words_of("zebra"), Counter())] == ["notes.md"]


@pytest.mark.parametrize("way", list(WAYS))
def test_words_of_the_title_count_twice(chunks, way):
    search = WAYS[way](chunks)
    assert search.best(words_of("lines"), words_of("dates"))[0].path == "reader.py"
    assert search.best(words_of("dates"), words_of("lines"))[0].path == "parser.py"


def test_what_fits_is_shown(chunks):
    assert filled(list(chunks)).keys() == FILES.keys()


def test_speeds_are_of_every_way():
    rows = list(speeds(20))
    assert [row["way"] for row in rows] == list(WAYS)
    assert all(row["made_seconds"] >= 0 and row["query_ms"] >= 0 for row in rows)
