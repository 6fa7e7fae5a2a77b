"""Okapi BM25 over inverted lists, with a weight for each word of the query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from token_budget.context.words import word_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from token_budget.context.postings import Postings

SATURATION = 1.2
"""k1 of BM25: how much a word gains by being repeated; the usual value (Robertson 1994)."""

LENGTH_WEIGHT = 0.75
"""b of BM25: how much long documents lose; the usual value (Robertson 1994)."""


@dataclass(frozen=True, slots=True)
class Bm25:
    """The parameters of the formula.

    Raises:
        ValueError: One is out of its range.
    """

    saturation: float = SATURATION
    length_weight: float = LENGTH_WEIGHT

    def __post_init__(self) -> None:
        if not self.saturation >= 0:
            raise ValueError(f"saturation: expected 0 or more, found {self.saturation!r}")
        if not 0 <= self.length_weight <= 1:
            raise ValueError(f"length_weight: expected 0 to 1, found {self.length_weight!r}")


@dataclass(frozen=True, slots=True)
class Collection:
    """A part of what is searched.

    Attributes:
        postings: Its inverted lists.
        live: bool, one a document: those that still count.
    """

    postings: Postings
    live: NDArray[np.bool_]


def scored(
    parts: Sequence[Collection], weights: Mapping[str, float], parameters: Bm25
) -> list[NDArray[np.float64]]:
    """The score of every document, as if all parts were one collection.

    The weight of a word is ``ln(1 + (N - n + 0.5) / (n + 0.5))`` for ``n`` of ``N`` documents that
    have it (the form of Lucene, which is never negative), times its weight in the query.

    Args:
        parts: What is searched.
        weights: The words of the query, as `words.words_of` writes them; not negative.
        parameters: Of the formula.

    Returns:
        One array a part; 0 for documents without any word, and for those that are not live.
    """
    total = sum(int(part.live.sum()) for part in parts)
    words = sum(float(part.postings.lengths[part.live].sum()) for part in parts)
    norms = [_norms(part, words / total if total else 1, parameters) for part in parts]
    found: list[list[tuple[NDArray[np.int32], NDArray[np.float64]]]] = [[] for _ in parts]
    for word, weight in sorted(weights.items()):
        lists = [_live_list(part, word_key(word)) for part in parts]
        holding = sum(len(documents) for documents, _ in lists)
        rarity = weight * np.log1p((total - holding + 0.5) / (holding + 0.5))
        for place, (documents, counts) in enumerate(lists):
            gain = rarity * (parameters.saturation + 1) * counts
            found[place].append((documents, gain / (counts + norms[place][documents])))
    return [_summed(part, lists) for part, lists in zip(parts, found, strict=True)]


def _norms(part: Collection, average: float, parameters: Bm25) -> NDArray[np.float64]:
    relative = part.postings.lengths / max(average, 1e-9)
    lengthy = 1 - parameters.length_weight + parameters.length_weight * relative
    return np.asarray(parameters.saturation * lengthy, dtype=np.float64)


def _live_list(part: Collection, key: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    where = part.postings.list_of(key)
    documents = part.postings.documents[where]
    counts = part.postings.counts[where].astype(np.float64)
    live = part.live[documents]
    return (documents, counts) if live.all() else (documents[live], counts[live])


def _summed(
    part: Collection, lists: Sequence[tuple[NDArray[np.int32], NDArray[np.float64]]]
) -> NDArray[np.float64]:
    size = len(part.live)
    if not lists:
        return np.zeros(size)
    documents = np.concatenate([numbers for numbers, _ in lists])
    gains = np.concatenate([gain for _, gain in lists])
    return np.asarray(np.bincount(documents, weights=gains, minlength=size), dtype=np.float64)
