"""What files and chunks say: BM25 over their words, from the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.context.bm25 import Bm25

if TYPE_CHECKING:
    from collections.abc import Collection

    from token_budget.context.query import ContextQuery
    from token_budget.context.sources import Searchable
    from token_budget.context.values import Chunk

IDENTIFIERS = Bm25(length_weight=0.4)
"""A name counts nearly as much in a long chunk as in a short one."""


def chunk_words(
    query: ContextQuery, index: Searchable, limit: int, paths: Collection[str] | None = None
) -> dict[Chunk, float]:
    """BM25 of chunks, of these files or of all, and their paths over every word of the query."""
    return dict(index.search(query.words, limit, paths=paths))


def file_words(query: ContextQuery, index: Searchable, limit: int) -> dict[str, float]:
    """BM25 of whole files and their paths over every word of the query."""
    return dict(index.search_files(query.words, limit))


def chunk_identifiers(
    query: ContextQuery, index: Searchable, limit: int, paths: Collection[str] | None = None
) -> dict[Chunk, float]:
    """BM25 of chunks over the words that the phase writes as code, each counting alike."""
    weights = dict.fromkeys(sorted(query.identifiers), 1.0)
    if not weights:
        return {}
    return dict(index.search(weights, limit, paths=paths, parameters=IDENTIFIERS))
