from __future__ import annotations

from token_budget.context.query import ContextQuery
from token_budget.context.signals.definitions import defined_words
from token_budget.context.values import Chunk


def test_chunks_are_found_by_the_words_of_what_they_define():
    query = ContextQuery("", {"token": 1.0, "count": 1.0})
    names = ["count_tokens", "Ledger.count", "parse", ""]
    chunks = [Chunk("a", 1 + line, 1 + line, 5, "", name) for line, name in enumerate(names)]
    found = defined_words(query, chunks)
    assert list(found) == chunks[:2]
    assert found[chunks[0]] > found[chunks[1]]
