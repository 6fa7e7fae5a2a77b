"""What a ranking made of embeddings, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EmbeddingMode = Literal["lexical", "partly embedded", "embedded"]
"""``lexical``: without embeddings, which is the default and nothing worse; ``embedded``: every text
has a similarity of its own; ``partly embedded``: at least half of them have, and the others count
as the middle of those."""


@dataclass(frozen=True, slots=True)
class EmbeddingUse:
    """What a ranking made of embeddings.

    Attributes:
        mode: How the texts were compared with the query.
        reason: Why not every text by its vector; empty: every one was. Holds no file contents
            and nothing that a server said.
        hits: Distinct texts, the query among them, whose vector was in the cache.
        misses: Those whose vector was not.
        calls: Requests to the embedder, failed ones included.
        texts_embedded: Texts whose vectors it gave.
        cap: The cap of the phase, as in `EmbeddingCap`.
        warnings: What else happened, for people: a cache that was set aside, a server's words.
    """

    mode: EmbeddingMode
    reason: str
    hits: int
    misses: int
    calls: int
    texts_embedded: int
    cap: int
    warnings: tuple[str, ...] = ()


def without_embedder(cap: int = 0) -> EmbeddingUse:
    """What is said where no embedder is configured."""
    return EmbeddingUse("lexical", "no embedder is configured", 0, 0, 0, 0, cap)
