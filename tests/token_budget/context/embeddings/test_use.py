from __future__ import annotations

from token_budget.context.embeddings.use import without_embedder


def test_without_an_embedder_the_mode_is_lexical_and_nothing_was_done():
    use = without_embedder(cap=5)
    assert (use.mode, use.reason) == ("lexical", "no embedder is configured")
    assert (use.hits, use.misses, use.calls, use.texts_embedded, use.cap) == (0, 0, 0, 0, 5)
