"""What an embedder is: something that turns texts into vectors of one size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

TextKind = Literal["query", "document"]
"""What a text is for; many models embed a question differently from what may answer it."""


class EmbedderFacts(Protocol):
    """What is known of an embedder without asking it."""

    @property
    def name(self) -> str:
        """Which model; vectors of different names are never compared."""

    @property
    def revision(self) -> str:
        """Which build of it, with everything else that changes its vectors; may be empty."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    @property
    def maximum_batch(self) -> int:
        """How many texts it takes in one call, at the most."""


class Embedder(EmbedderFacts, Protocol):
    """An embedder that blocks until it has answered."""

    def embed(self, texts: Sequence[str], kind: TextKind) -> ArrayLike:
        """The vectors of texts, in their order: shape (texts, dimension), of any length.

        Raises:
            EmbeddingError: There are none. No failure may be answered with made-up vectors.
        """


class AsyncEmbedder(EmbedderFacts, Protocol):
    """The same for an event loop."""

    async def embed(self, texts: Sequence[str], kind: TextKind) -> ArrayLike:
        """As `Embedder.embed`."""
