from __future__ import annotations

from token_budget.context.signals.matching import matches


def test_a_rare_word_counts_more_than_a_common_one():
    documents = [{"common": 1, "rare": 1}, {"common": 1}, {"common": 1}]
    first, second, third = matches({"common": 1.0, "rare": 1.0}, documents)
    assert first > second == third > 0


def test_a_document_without_any_word_has_nothing():
    assert matches({"a": 1.0}, [{"b": 3}]) == [0.0]


def test_weights_of_words_count():
    assert matches({"a": 2.0}, [{"a": 1}, {}]) == [
        2 * one for one in matches({"a": 1.0}, [{"a": 1}, {}])
    ]


def test_long_documents_lose_where_length_counts():
    documents = [{"a": 1}, {"a": 1, "b": 50}]
    short, long = matches({"a": 1.0}, documents, length_weight=0.75)
    assert short > long
    assert len(set(matches({"a": 1.0}, documents))) == 1


def test_no_documents_no_matches():
    assert matches({"a": 1.0}, [], length_weight=0.75) == []
