"""What an embedder says: how near in meaning chunks are to the phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.context.values import Chunk


def nearness(similarities: Mapping[Chunk, float]) -> dict[Chunk, float]:
    """Cosine similarities, stretched so that the farthest chunk has 0 and the nearest 1.

    Embedders differ in how much of their range they use; only the order and the gaps count.
    """
    if not similarities:
        return {}
    low, high = min(similarities.values()), max(similarities.values())
    spread = high - low
    if spread <= 0:
        return {}
    return {chunk: (one - low) / spread for chunk, one in similarities.items() if one > low}
