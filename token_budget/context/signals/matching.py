"""BM25 over a few short documents that stand in no index: commit messages, paths."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SATURATION = 1.2
"""k1 of BM25; the usual value (Robertson 1994)."""


def matches(
    words: Mapping[str, float],
    documents: Sequence[Mapping[str, int]],
    *,
    length_weight: float = 0.0,
) -> list[float]:
    """How well each document answers the query; 0 where they share no word.

    Args:
        words: The query's words with their weights.
        documents: Words with their counts.
        length_weight: b of BM25: how much long documents lose.
    """
    held = [_shared(words, document) if document else {} for document in documents]
    holding = Counter(word for document in held for word in document)
    rarity = {word: _rarity(len(held), count) for word, count in holding.items()}
    norms = _norms(documents, length_weight)
    return [
        sum(
            words[word] * rarity[word] * count * (SATURATION + 1) / (count + norm)
            for word, count in document.items()
        )
        for document, norm in zip(held, norms, strict=True)
    ]


def _shared(words: Mapping[str, float], document: Mapping[str, int]) -> dict[str, int]:
    """The words of the query that a document has, with their counts; walks the shorter of both."""
    if len(document) < len(words):
        return {word: count for word, count in document.items() if word in words}
    return {word: document[word] for word in words if word in document}


def _rarity(total: int, holding: int) -> float:
    """Lucene's form of the inverse document frequency, which is never negative."""
    return math.log1p((max(total - holding, 0) + 0.5) / (holding + 0.5))


def _norms(documents: Sequence[Mapping[str, int]], length_weight: float) -> list[float]:
    if not length_weight:
        return [SATURATION] * len(documents)
    lengths = [sum(document.values()) + 1 for document in documents]
    average = sum(lengths) / max(len(lengths), 1)
    return [
        SATURATION * (1 - length_weight + length_weight * length / average) for length in lengths
    ]
