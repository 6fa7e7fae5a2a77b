"""Any embedder that blocks, for an event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from token_budget.context.embeddings.protocol import Embedder, TextKind


class ThreadedEmbedder:
    """An `AsyncEmbedder` that lets another embedder work in a thread.

    Attributes:
        name: As the other's; so are the following.
        revision: See `name`.
        dimension: See `name`.
        maximum_batch: See `name`.
    """

    def __init__(self, embedder: Embedder) -> None:
        """Use an embedder that several threads may share."""
        self._embedder = embedder
        self.name, self.revision = embedder.name, embedder.revision
        self.dimension, self.maximum_batch = embedder.dimension, embedder.maximum_batch

    async def embed(self, texts: Sequence[str], kind: TextKind) -> ArrayLike:
        """As `AsyncEmbedder.embed`."""
        return await asyncio.to_thread(self._embedder.embed, texts, kind)
