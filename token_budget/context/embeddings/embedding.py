"""The embeddings of one phase: texts compared with a query, whatever becomes of the embedder.

    embedding = Embedding(embedder, VectorCache(database), EmbeddingCap(500))
    similarities, use = embedding.similarities(description, {chunk: text for …})

``similarities`` is None where the ranking has to go on without embeddings; ``use`` says why.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from token_budget.context.embeddings.cap import EmbeddingCap
from token_budget.context.embeddings.steps import Batch, EmbeddingSteps, Key, Similarities
from token_budget.context.errors import EmbedderUnavailable, EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from numpy.typing import ArrayLike

    from token_budget.context.embeddings.protocol import AsyncEmbedder, Embedder, EmbedderFacts
    from token_budget.context.embeddings.vector_cache import VectorCache

Found = TypeVar("Found")


class Embedding:
    """The embeddings of one phase; for one thread at a time."""

    def __init__(
        self,
        embedder: Embedder,
        cache: VectorCache | None = None,
        cap: EmbeddingCap | None = None,
    ) -> None:
        """Use an embedder.

        Args:
            embedder: Who makes the vectors.
            cache: Where they are kept; None: nowhere.
            cap: What the phase may have embedded; None: no limit.
        """
        self._embedder, self._cache, self._cap = embedder, cache, cap or EmbeddingCap()

    def similarities(self, query: str, texts: Mapping[Key, str]) -> Similarities[Key]:
        """How alike each text is to a query, and what it took.

        Args:
            query: What is looked for.
            texts: The most promising first: the cap is spent in their order. A blank text has no
                similarity.

        Returns:
            Cosines from -1 to 1, or None where the whole ranking goes on without embeddings, by
            the rule of `token_budget.context.embeddings.steps`. No failure of the embedder or of
            the cache is raised; all are told.
        """
        steps = EmbeddingSteps(self._embedder, self._cache, self._cap).similarities(query, texts)
        state: Batch | Similarities[Key] = _advanced(lambda: next(steps))
        while isinstance(state, Batch):
            state = _advanced(_resumed(steps, self._answer(state)))
        return state

    def _answer(self, batch: Batch) -> ArrayLike | EmbeddingError:
        try:
            return self._embedder.embed(batch.texts, batch.kind)
        except Exception as error:  # noqa: BLE001 - no embedder may stop a ranking
            return _failure(self._embedder, error)


class AsyncEmbedding:
    """The same for an event loop; the cache works in a thread."""

    def __init__(
        self,
        embedder: AsyncEmbedder,
        cache: VectorCache | None = None,
        cap: EmbeddingCap | None = None,
    ) -> None:
        """As `Embedding`."""
        self._embedder, self._cache, self._cap = embedder, cache, cap or EmbeddingCap()

    async def similarities(self, query: str, texts: Mapping[Key, str]) -> Similarities[Key]:
        """As `Embedding.similarities`."""
        steps = EmbeddingSteps(self._embedder, self._cache, self._cap).similarities(query, texts)
        state: Batch | Similarities[Key]
        state = await asyncio.to_thread(_advanced, lambda: next(steps))
        while isinstance(state, Batch):
            state = await asyncio.to_thread(_advanced, _resumed(steps, await self._answer(state)))
        return state

    async def _answer(self, batch: Batch) -> ArrayLike | EmbeddingError:
        try:
            return await self._embedder.embed(batch.texts, batch.kind)
        except Exception as error:  # noqa: BLE001 - no embedder may stop a ranking
            return _failure(self._embedder, error)


def _advanced(step: Callable[[], Batch]) -> Batch | Similarities[Key]:
    """The next batch, or what came of it all: a thread cannot hand on a `StopIteration`."""
    try:
        return step()
    except StopIteration as done:
        found: Similarities[Key] = done.value
        return found


def _resumed(
    steps: Generator[Batch, ArrayLike, Similarities[Key]], answer: ArrayLike | EmbeddingError
) -> Callable[[], Batch]:
    """The step that follows an answer."""
    if isinstance(answer, EmbeddingError):
        return lambda: steps.throw(answer)
    return lambda: steps.send(answer)


def _failure(embedder: EmbedderFacts, error: Exception) -> EmbeddingError:
    """What an embedder raised, as an error of ours; only the type of a foreign one is named."""
    if isinstance(error, EmbeddingError):
        return error
    said = " ".join(str(error).split())
    return EmbedderUnavailable(embedder.name, f"it raised {type(error).__name__}", said)
