from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.lexical_index import LexicalIndex
from token_budget.context.lexical_segment import FileWords
from token_budget.context.postings import packed_postings
from token_budget.context.words import word_key

WORDS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 4), max_size=3)
FILES = st.dictionaries(
    st.sampled_from(["p", "q", "r", "s"]), st.lists(WORDS, min_size=1, max_size=3)
)


def file_words(*chunks):
    keyed = [{word_key(word): count for word, count in one.items()} for one in chunks]
    whole = {}
    for one in keyed:
        for key, count in one.items():
            whole[key] = whole.get(key, 0) + count
    return FileWords(packed_postings(keyed, whole), len(chunks))


def index_of(files):
    return LexicalIndex({path: file_words(*chunks) for path, chunks in files.items()})


def rounded(found):
    return [(*one[:-1], round(one[-1], 9)) for one in found]


@given(FILES, FILES, st.sets(st.sampled_from(["p", "q", "r", "s"])))
def test_an_index_that_was_changed_finds_what_one_made_anew_finds(before, changed, removed):
    index = index_of(before)
    removed -= changed.keys()
    index.update({path: file_words(*chunks) for path, chunks in changed.items()}, removed)
    after = {path: chunks for path, chunks in (before | changed).items() if path not in removed}
    query = {"a": 1.0, "b": 0.5, "c": 2.0}
    assert rounded(index.chunks(query, 20)) == rounded(index_of(after).chunks(query, 20))
    assert rounded(index.files(query, 20)) == rounded(index_of(after).files(query, 20))


def test_the_best_come_first_and_equals_by_path_and_place():
    index = index_of({"b": [{"x": 1}, {"x": 1}], "a": [{"x": 1}, {"y": 1}]})
    found = [(path, number) for path, number, _ in index.chunks({"x": 1}, 9)]
    assert found == [("a", 0), ("b", 0), ("b", 1)]
    assert [(path, number) for path, number, _ in index.chunks({"x": 1}, 2)] == found[:2]


def test_some_chunks_have_the_scores_that_a_search_gives_them():
    index = index_of({"a": [{"x": 1}, {"y": 1}], "b": [{"x": 2}]})
    index.update({"b": file_words({"y": 1}, {"x": 3})})
    places = [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    found = dict(zip(places, index.scores({"x": 1}, places).tolist(), strict=True))
    searched = {(path, number): score for path, number, score in index.chunks({"x": 1}, 9)}
    assert {place: score for place, score in found.items() if score} == searched


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_gives_nothing(limit):
    assert index_of({"a": [{"x": 1}]}).chunks({"x": 1}, limit) == []


def test_an_empty_index_finds_nothing_and_can_grow():
    index = index_of({})
    assert index.chunks({"x": 1}, 9) == []
    assert index.files({"x": 1}, 9) == []
    index.update({"a": file_words({"x": 1})})
    assert len(index.chunks({"x": 1}, 9)) == 1


def test_many_changes_call_for_an_index_made_anew():
    index = index_of({f"f{number}": [{"x": 1}] for number in range(30)})
    assert not index.wants_remaking({"f1", "f2"})
    index.update({f"f{number}": file_words({"y": 1}) for number in range(3)})
    assert index.wants_remaking({"f3"})
