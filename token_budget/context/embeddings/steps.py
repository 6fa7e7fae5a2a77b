"""How a ranking comes by its similarities, without talking to an embedder.

It is a generator that yields a batch, is sent what the embedder answered or thrown what went wrong,
and returns the similarities with what was made of embeddings. The rule for what is missing:

1. The query comes first. Without its vector the whole ranking goes on without embeddings.
2. Then the texts that are not cached, in the order they were given (the most promising first), up
   to the cap or the first failure; no request follows a failed one.
3. Where at least half of the texts have a vector, each of them counts by it, and every other one
   as the median of those: what happened to be cached is neither favoured nor punished. Where fewer
   have, the whole ranking goes on without embeddings.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from token_budget.context.embeddings.texts import batches, digest_of, exact_text
from token_budget.context.embeddings.use import EmbeddingMode, EmbeddingUse
from token_budget.context.embeddings.vector_rows import Space
from token_budget.context.embeddings.vectors import cosines, unit_vectors
from token_budget.context.errors import EmbeddingError
from token_budget.errors import StorageUnavailable

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from token_budget.context.embeddings.cap import EmbeddingCap
    from token_budget.context.embeddings.protocol import EmbedderFacts, TextKind
    from token_budget.context.embeddings.vector_cache import VectorCache
    from token_budget.context.embeddings.vectors import Vectors

MINIMUM_SHARE = 0.5
"""Of the texts that must have a vector: with fewer, most similarities would be guesses."""

Key = TypeVar("Key", bound=Hashable)

Similarities = tuple[Mapping[Key, float] | None, EmbeddingUse]


@dataclass(frozen=True, slots=True)
class Batch:
    """What an embedder is asked next."""

    texts: Sequence[str]
    kind: TextKind


Asking = Generator[Batch, "ArrayLike", tuple["Vectors", "NDArray[np.bool_]"]]


class EmbeddingSteps:
    """One comparison of texts with a query; used once."""

    def __init__(
        self, embedder: EmbedderFacts, cache: VectorCache | None, cap: EmbeddingCap
    ) -> None:
        """Begin with nothing asked.

        Args:
            embedder: Who will answer.
            cache: Where vectors are kept; None: nowhere.
            cap: What may still be embedded; it is spent.
        """
        self._embedder, self._cache, self._cap = embedder, cache, cap
        self._hits = self._misses = self._calls = self._embedded = 0
        self._failure = ""
        self._capped = False
        self._warnings: list[str] = []

    def similarities(
        self, query: str, texts: Mapping[Key, str]
    ) -> Generator[Batch, ArrayLike, Similarities[Key]]:
        """Ask for what is not cached, and compare."""
        reason = self._needless(query, texts)
        if reason:
            return None, self._use("lexical", reason)
        question, found = yield from self._vectors("query", [exact_text(query)])
        if not found.all():
            return None, self._use("lexical", f"the query has no vector: {self._cause()}")
        exact = {key: cut for key, text in texts.items() if (cut := exact_text(text)).strip()}
        distinct = list(dict.fromkeys(exact.values()))
        vectors, found = yield from self._vectors("document", distinct)
        return self._compared(exact, distinct, cosines(vectors, question[0]), found)

    def _needless(self, query: str, texts: Mapping[Key, str]) -> str:
        """Why nothing is asked at all; empty: something is."""
        if self._cap.is_off:
            return "embeddings are switched off: the cap is 0"
        if not query.strip():
            return "the query is empty"
        return "" if any(text.strip() for text in texts.values()) else "there is no text to compare"

    def _vectors(self, kind: TextKind, texts: Sequence[str]) -> Asking:
        """The vectors of texts, cached or not, and which there are."""
        space = Space.of(self._embedder, kind)
        digests = [digest_of(text) for text in texts]
        vectors, found = self._looked_up(space, digests)
        missing = np.flatnonzero(~found)
        self._hits, self._misses = self._hits + int(found.sum()), self._misses + len(missing)
        allowed = missing[: self._cap.allowed(len(missing))]
        self._capped = self._capped or len(allowed) < len(missing)
        for part in batches([texts[one] for one in allowed], self._embedder.maximum_batch):
            numbers = allowed[part]
            answered = yield from self._asked(Batch([texts[one] for one in numbers], kind))
            if answered is None:
                break
            kept = self._stored(space, [digests[one] for one in numbers], answered)
            vectors[numbers], found[numbers] = kept, True
        return vectors, found

    def _asked(self, batch: Batch) -> Generator[Batch, ArrayLike, Vectors | None]:
        """The vectors of a batch; None: there are none, and nothing more is asked."""
        name, dimension = self._embedder.name, self._embedder.dimension
        self._calls += 1
        self._cap.spend(len(batch.texts))
        try:
            answer = yield batch
            vectors = unit_vectors(name, answer, len(batch.texts), dimension)
        except EmbeddingError as error:
            self._failure = f"{name}: {error.reason}"
            if error.detail:
                self._warnings.append(str(error))
            return None
        self._embedded += len(batch.texts)
        return vectors

    def _looked_up(
        self, space: Space, digests: Sequence[bytes]
    ) -> tuple[Vectors, NDArray[np.bool_]]:
        try:
            if self._cache is not None:
                return self._cache.look_up(space, digests)
        except StorageUnavailable as error:
            self._warnings.append(f"the cache of embeddings cannot be read: {error}")
        nothing = np.zeros((len(digests), space.dimension), dtype=np.float32)
        return nothing, np.zeros(len(digests), dtype=np.bool_)

    def _stored(self, space: Space, digests: Sequence[bytes], vectors: Vectors) -> Vectors:
        """Keep vectors; what is ranked by is what will be read back."""
        try:
            if self._cache is not None:
                return self._cache.store(space, digests, vectors)
        except StorageUnavailable as error:
            self._warnings.append(f"the cache of embeddings cannot be written: {error}")
        return vectors

    def _compared(
        self,
        exact: Mapping[Key, str],
        distinct: Sequence[str],
        scores: NDArray[np.float32],
        found: NDArray[np.bool_],
    ) -> Similarities[Key]:
        """Rule 3."""
        there = int(found.sum())
        if there == len(distinct):
            return _by_key(exact, distinct, scores), self._use("embedded", "")
        if there < MINIMUM_SHARE * len(distinct):
            reason = f"fewer than half of the texts have a vector: {self._cause()}"
            return None, self._use("lexical", reason)
        neutral = np.where(found, scores, np.median(scores[found]))
        return _by_key(exact, distinct, neutral), self._use("partly embedded", self._cause())

    def _cause(self) -> str:
        if self._failure:
            return self._failure
        return f"the cap of {self._cap.texts:,} texts is reached" if self._capped else "unknown"

    def _use(self, mode: EmbeddingMode, reason: str) -> EmbeddingUse:
        set_aside = tuple(self._cache.database.warnings) if self._cache is not None else ()
        return EmbeddingUse(
            mode=mode,
            reason=reason,
            hits=self._hits,
            misses=self._misses,
            calls=self._calls,
            texts_embedded=self._embedded,
            cap=self._cap.texts,
            warnings=(*set_aside, *dict.fromkeys(self._warnings)),
        )


def _by_key(
    exact: Mapping[Key, str], distinct: Sequence[str], scores: NDArray[np.floating]
) -> dict[Key, float]:
    by_text = dict(zip(distinct, scores.tolist(), strict=True))
    return {key: by_text[text] for key, text in exact.items()}
