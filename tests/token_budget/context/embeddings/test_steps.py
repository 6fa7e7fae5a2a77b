from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.cache_database import IN_MEMORY, CacheDatabase
from token_budget.context.embeddings.cap import EmbeddingCap
from token_budget.context.embeddings.embedding import Embedding
from token_budget.context.embeddings.vector_cache import VectorCache
from token_budget.context.embeddings.vector_tables import EMBEDDING_PART
from token_budget.context.errors import EmbedderUnavailable


class Counting:
    """An embedder that fails from a certain request on, and remembers what it was sent."""

    name, revision, dimension = "counting", "", 4

    def __init__(self, maximum_batch, answers):
        self.maximum_batch, self.answers, self.sent = maximum_batch, answers, []

    def embed(self, texts, kind):
        self.sent.append((kind, list(texts)))
        if len(self.sent) > self.answers:
            raise EmbedderUnavailable(self.name, "down")
        return [self.vector(text) for text in texts]

    @staticmethod
    def vector(text):
        return np.random.default_rng(list(text.encode())).standard_normal(4)


TEXTS = st.dictionaries(st.integers(), st.text("abc ", max_size=3), max_size=12)


@given(
    phases=st.lists(st.tuples(TEXTS, st.integers(-1, 8), st.integers(0, 5)), max_size=4),
    maximum_batch=st.integers(1, 4),
)
def test_whatever_happens_the_figures_add_up(phases, maximum_batch):
    database = CacheDatabase(IN_MEMORY, EMBEDDING_PART)
    cache, ever = VectorCache(database, precision="float32"), set()
    for texts, cap, answers in phases:
        embedder = Counting(maximum_batch, answers)
        found, use = Embedding(embedder, cache, EmbeddingCap(cap)).similarities("query", texts)
        sent = [(kind, one) for kind, some in embedder.sent for one in some]
        given_back = [(k, one) for k, some in embedder.sent[:answers] for one in some]
        assert len(embedder.sent) == use.calls <= answers + 1
        assert len(given_back) == use.texts_embedded
        assert cap == -1 or len(sent) <= cap
        assert len(sent) == len(set(sent)) <= use.misses
        assert not ever & set(sent)  # what is cached is never asked again
        ever |= set(given_back)
        check_result(texts, found, use, ever)
    database.close()


def check_result(texts, found, use, ever):
    comparable = {key: text for key, text in texts.items() if text.strip()}
    there = {text for text in comparable.values() if ("document", text) in ever}
    assert (found is None) == (use.mode == "lexical")
    assert (use.mode == "embedded") == (use.reason == "")
    if found is None:
        return
    assert found.keys() == comparable.keys()
    assert 2 * len(there) >= len(set(comparable.values()))
    assert (use.mode == "embedded") == (there == set(comparable.values()))
    query = Counting.vector("query")
    own = {text: cosine(Counting.vector(text), query) for text in there}
    middle = np.median(list(own.values()))
    for key, text in comparable.items():
        assert abs(found[key] - own.get(text, middle)) < 1e-5


def cosine(one, other):
    return one @ other / np.linalg.norm(one) / np.linalg.norm(other)
