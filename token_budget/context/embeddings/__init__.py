"""Embeddings of texts, their cache, and what becomes of a ranking when there are none.

The names below are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from estimators.lazy import lazy_names

if TYPE_CHECKING:
    from token_budget.context.embeddings.cap import EmbeddingCap
    from token_budget.context.embeddings.embedding import AsyncEmbedding, Embedding
    from token_budget.context.embeddings.http_embedder import AsyncHttpEmbedder, HttpEmbedder
    from token_budget.context.embeddings.named import async_embedder_named, embedder_named
    from token_budget.context.embeddings.openai_compatible import OpenAICompatible
    from token_budget.context.embeddings.protocol import AsyncEmbedder, Embedder
    from token_budget.context.embeddings.sentence_transformers import SentenceTransformersEmbedder
    from token_budget.context.embeddings.threaded import ThreadedEmbedder
    from token_budget.context.embeddings.use import EmbeddingUse
    from token_budget.context.embeddings.vector_cache import VectorCache
    from token_budget.context.embeddings.voyage import Voyage

_HOME = {
    "AsyncEmbedder": "protocol",
    "AsyncEmbedding": "embedding",
    "AsyncHttpEmbedder": "http_embedder",
    "Embedder": "protocol",
    "Embedding": "embedding",
    "EmbeddingCap": "cap",
    "EmbeddingUse": "use",
    "HttpEmbedder": "http_embedder",
    "OpenAICompatible": "openai_compatible",
    "SentenceTransformersEmbedder": "sentence_transformers",
    "ThreadedEmbedder": "threaded",
    "VectorCache": "vector_cache",
    "Voyage": "voyage",
    "async_embedder_named": "named",
    "embedder_named": "named",
}

__all__ = [
    "AsyncEmbedder",
    "AsyncEmbedding",
    "AsyncHttpEmbedder",
    "Embedder",
    "Embedding",
    "EmbeddingCap",
    "EmbeddingUse",
    "HttpEmbedder",
    "OpenAICompatible",
    "SentenceTransformersEmbedder",
    "ThreadedEmbedder",
    "VectorCache",
    "Voyage",
    "async_embedder_named",
    "embedder_named",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
