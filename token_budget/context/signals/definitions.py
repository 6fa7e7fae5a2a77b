"""What chunks define: whether the phase's words are in the names of their functions and classes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from token_budget.context.signals.matching import matches
from token_budget.context.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from token_budget.context.query import ContextQuery
    from token_budget.context.values import Chunk

LENGTH_WEIGHT = 0.5
"""A long name that has a word of the phase loses a little against a short one."""


def defined_words(query: ContextQuery, chunks: Iterable[Chunk]) -> list[float]:
    """BM25 of the names of what each chunk defines over every word of the query."""
    documents = [_words(chunk.name) for chunk in chunks]
    return matches(query.words, documents, length_weight=LENGTH_WEIGHT)


@lru_cache(maxsize=100_000)
def _words(name: str) -> Mapping[str, int]:
    return words_of(name)
