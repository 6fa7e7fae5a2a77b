from __future__ import annotations

import asyncio
import threading

from token_budget.context.embeddings.embedding import AsyncEmbedding
from token_budget.context.embeddings.threaded import ThreadedEmbedder


class Slow:
    name, revision, dimension, maximum_batch = "slow", "2", 3, 5

    def embed(self, texts, kind):
        self.thread = threading.current_thread()
        return [[1.0, 2.0, 3.0] for _ in texts]


def test_another_embedder_works_in_a_thread():
    slow = Slow()
    threaded = ThreadedEmbedder(slow)
    assert (threaded.name, threaded.revision) == ("slow", "2")
    assert (threaded.dimension, threaded.maximum_batch) == (3, 5)
    found, _ = asyncio.run(AsyncEmbedding(threaded).similarities("q", {"a": "text"}))
    assert round(found["a"], 6) == 1
    assert slow.thread is not threading.main_thread()
