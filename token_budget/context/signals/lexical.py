"""What files and chunks say: BM25 over their words, from the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.context.bm25 import Bm25

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from token_budget.context.query import ContextQuery
    from token_budget.context.sources import Searchable
    from token_budget.context.values import Chunk

    Floats = NDArray[np.float64]

IDENTIFIERS = Bm25(length_weight=0.4)
"""A name counts nearly as much in a long chunk as in a short one."""


def best_by_words(query: ContextQuery, index: Searchable, limit: int) -> list[Chunk]:
    """The best chunks of all by `chunk_words`, the best first."""
    return [chunk for chunk, _ in index.search(query.words, limit)]


def best_by_identifiers(query: ContextQuery, index: Searchable, limit: int) -> list[Chunk]:
    """The best chunks of all by `chunk_identifiers`, the best first."""
    weights = _identifiers(query)
    if not weights:
        return []
    return [chunk for chunk, _ in index.search(weights, limit, parameters=IDENTIFIERS)]


def chunk_words(query: ContextQuery, index: Searchable, chunks: Sequence[Chunk]) -> Floats:
    """BM25 of each chunk and its path over every word of the query."""
    return index.scores(query.words, chunks)


def file_words(query: ContextQuery, index: Searchable, limit: int) -> dict[str, float]:
    """BM25 of whole files and their paths over every word of the query."""
    return dict(index.search_files(query.words, limit))


def chunk_identifiers(query: ContextQuery, index: Searchable, chunks: Sequence[Chunk]) -> Floats:
    """BM25 of each chunk over the words that the phase writes as code, each counting alike."""
    return index.scores(_identifiers(query), chunks, parameters=IDENTIFIERS)


def _identifiers(query: ContextQuery) -> dict[str, float]:
    return dict.fromkeys(sorted(query.identifiers), 1.0)
