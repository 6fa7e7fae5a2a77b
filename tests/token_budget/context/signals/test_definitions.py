from __future__ import annotations

from token_budget.context.query import ContextQuery
from token_budget.context.signals.definitions import defined_words
from token_budget.context.values import Chunk


def test_chunks_are_found_by_the_words_of_what_they_define():
    query = ContextQuery("", {"token": 1.0, "count": 1.0})
    names = ["count_tokens", "Ledger.count", "parse", ""]
    chunks = [Chunk("a", 1 + line, 1 + line, 5, "", name) for line, name in enumerate(names)]
    first, second, *others = defined_words(query, chunks)
    assert first > second > 0
    assert others == [0, 0]
