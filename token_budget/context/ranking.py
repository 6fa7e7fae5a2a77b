"""Every chunk worth a look, with how likely it is wanted, and which signals say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from token_budget.context.embeddings.use import EmbeddingUse, without_embedder
from token_budget.context.features import features, neighbour_features
from token_budget.context.gathering import gathered
from token_budget.context.weights import FIRST_WEIGHTS, SIGNAL_OF_FEATURE, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from token_budget.context.query import ContextQuery
    from token_budget.context.sources import Sources
    from token_budget.context.values import Chunk

    Floats = NDArray[np.float64]

Compare = Callable[
    [str, "Mapping[Chunk, str]"], "tuple[Mapping[Chunk, float] | None, EmbeddingUse]"
]

EMBEDDED_CHUNKS = 400
"""Chunks that an embedder is asked about: the best by the other signals, about 150,000 tokens."""

LEAST_CONTRIBUTION = 0.1
"""A signal is named as a reason if it adds at least this share of what all of them add."""


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """A chunk and how likely it is wanted.

    Attributes:
        chunk: The chunk.
        likelihood: How much of what the phase is about is expected in it: 0 to 1; all chunks
            together have 1.
    """

    chunk: Chunk
    likelihood: float


class Ranking:
    """The chunks of a workspace for one phase.

    Attributes:
        chunks: The likeliest first; those that no signal reaches may be missing.
        embedding: What embeddings had to do with it.
    """

    def __init__(
        self,
        chunks: Sequence[Chunk] = (),
        made: Mapping[str, Floats] | None = None,
        embedding: EmbeddingUse | None = None,
    ) -> None:
        """Rank some chunks.

        Args:
            chunks: The chunks.
            made: Their features, as `features.features` makes them.
            embedding: What embeddings had to do with it; None: nothing.
        """
        self.embedding = embedding or without_embedder()
        self._made = made or {}
        self._places = {chunk: place for place, chunk in enumerate(chunks)}
        self.chunks = _ordered(chunks, self._made) if chunks else ()

    def signals_of(self, chunk: Chunk) -> tuple[str, ...]:
        """What speaks for a chunk, the strongest first; nothing for one that is not ranked."""
        place = self._places.get(chunk)
        return () if place is None else _reasons(self._made, place)


def ranked(query: ContextQuery, sources: Sources, compare: Compare | None = None) -> Ranking:
    """Rank the chunks of a workspace.

    Args:
        query: What the phase asks for.
        sources: The index, refreshed, and the history.
        compare: Compares texts with the phase by an embedder; the likeliest texts come first. None:
            the ranking is lexical, which is the default.
    """
    signals = gathered(query, sources)
    chunks = signals.chunks
    if not chunks:
        return Ranking()
    made = features(signals)
    use = without_embedder()
    if compare is not None:
        similarities, use = _compared(query, chunks, scores(made, FIRST_WEIGHTS), sources, compare)
        made = features(signals, similarities)
    likely = likelihoods(scores(made, FIRST_WEIGHTS))
    made |= neighbour_features(signals, likely, sources)
    return Ranking(chunks, made, use)


def _compared(
    query: ContextQuery,
    chunks: Sequence[Chunk],
    scored: Floats,
    sources: Sources,
    compare: Compare,
) -> tuple[Mapping[Chunk, float] | None, EmbeddingUse]:
    best = [chunks[place] for place in np.argsort(-scored, kind="stable")[:EMBEDDED_CHUNKS]]
    return compare(query.text, {chunk: _text(chunk, sources) for chunk in best})


def _text(chunk: Chunk, sources: Sources) -> str:
    """What is embedded of a chunk: its path and name say what the lines alone may not."""
    lines = (sources.lines(chunk.path) or ())[chunk.first_line - 1 : chunk.last_line]
    return "\n".join([f"{chunk.path} {chunk.name}".rstrip(), *lines])


def scores(made: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The logarithm of the likelihood, up to a constant."""
    return sum(
        (weight * made[name] for name, weight in weights.items() if weight and name in made),
        np.zeros(len(made["size"])),
    )


def likelihoods(scored: Floats) -> Floats:
    """The softmax of the scores."""
    likely = np.exp(scored - scored.max())
    return np.asarray(likely / likely.sum())


def _ordered(chunks: Sequence[Chunk], made: Mapping[str, Floats]) -> tuple[RankedChunk, ...]:
    scored = scores(made, WEIGHTS)
    likely = likelihoods(scored)
    # Rounded: the order in which figures add up must not decide between equals.
    order = np.argsort(-np.round(scored, 9), kind="stable")
    likely = np.round(likely, 12)
    return tuple(RankedChunk(chunks[place], float(likely[place])) for place in order.tolist())


def _reasons(made: Mapping[str, Floats], place: int) -> tuple[str, ...]:
    """The signals that add most to a chunk's score."""
    added: dict[str, float] = {}
    for feature, signal in SIGNAL_OF_FEATURE.items():
        if feature in made and feature in WEIGHTS:
            gain = WEIGHTS[feature] * float(made[feature][place])
            added[signal] = added.get(signal, 0.0) + max(gain, 0.0)
    least = LEAST_CONTRIBUTION * sum(added.values())
    named = [signal for signal, gain in added.items() if gain > 0 and gain >= least]
    return tuple(sorted(named, key=lambda signal: (-added[signal], signal)))
