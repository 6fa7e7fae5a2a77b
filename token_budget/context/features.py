"""What every signal says of every candidate chunk, in figures that can be added up.

Raw figures of different signals, or of one signal for different phases, are not comparable. Each
is turned into one of: its share of the highest figure (0 to 1), its logarithm, or how high it
ranks. `weights` says how much each counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from token_budget.context.gathering import signals_of_seeds
from token_budget.context.signals import embedded, line_ages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from token_budget.context.gathering import Signals
    from token_budget.context.sources import Sources
    from token_budget.context.values import Chunk

    Floats = NDArray[np.float64]

LIKELY_FILES = 5
"""How many of the likeliest files speak for their neighbours, each by its likelihood."""

LIKELY_CHUNKS = 200
"""How many of the likeliest chunks speak for what was written with them."""

TOP_RANKS = 3.0
"""Added to a rank, so that the first few files differ less than one and two do."""

HEADER_TOKENS = 10
"""Added to a chunk's tokens, so that the smallest chunks differ less."""


def features(
    signals: Signals, chunks: Sequence[Chunk], similarities: Mapping[Chunk, float] | None = None
) -> dict[str, Floats]:
    """The figures of every signal, one array a feature, one value a chunk."""
    places = {path: place for place, path in enumerate(dict.fromkeys(one.path for one in chunks))}
    file_of = np.array([places[chunk.path] for chunk in chunks], dtype=np.int64)
    made = {
        name: _share(_of_files(figures, places))[file_of] for name, figures in signals.files.items()
    }
    for name in ("file words", "messages of file"):
        made[f"{name} rank"] = _rank(_of_files(signals.files.get(name, {}), places))[file_of]
    for name, figures in signals.chunks.items():
        values = np.array([figures.get(chunk, 0.0) for chunk in chunks])
        made[name] = np.log1p(values) if name.startswith("written") else _share(values)
        if name == "chunk words":
            made["chunk words rank"] = _rank(values)
    near = embedded.nearness(similarities or {})
    made["embedding"] = np.array([near.get(chunk, 0.0) for chunk in chunks])
    made["first chunk"] = np.array([float(chunk.first_line == 1) for chunk in chunks])
    made["size"] = np.log(np.array([chunk.tokens for chunk in chunks]) + HEADER_TOKENS)
    made["size of file"] = np.log(np.bincount(file_of, minlength=len(places))[file_of])
    return made


def neighbour_features(
    signals: Signals, chunks: Sequence[Chunk], likely: Floats, sources: Sources
) -> dict[str, Floats]:
    """What speaks for what is around the files and chunks that a first ranking found the likeliest.

    Args:
        signals: As of `features`.
        chunks: As of `features`.
        likely: The likelihood of each by a first ranking.
        sources: What the signals read.
    """
    places = {path: place for place, path in enumerate(dict.fromkeys(one.path for one in chunks))}
    file_of = np.array([places[chunk.path] for chunk in chunks], dtype=np.int64)
    masses = np.bincount(file_of, weights=likely, minlength=len(places))
    # Rounded: the order in which figures add up must not decide between equals.
    best = np.argsort(-np.round(masses, 12), kind="stable")[:LIKELY_FILES]
    named = list(places)
    total: dict[str, Floats] = {}
    for place in best.tolist():
        share = masses[place] / masses[best].sum()
        for name, figures in signals_of_seeds([named[place]], sources).items():
            before = total.get(name, np.zeros(len(places)))
            total[name] = before + share * _of_files(figures, places)
    made = {f"likely {name}": figures[file_of] for name, figures in total.items()}
    made["likely written together"] = _written_together(signals, chunks, likely)
    return made


def _written_together(signals: Signals, chunks: Sequence[Chunk], likely: Floats) -> Floats:
    best = np.argsort(-np.round(likely, 12), kind="stable")[:LIKELY_CHUNKS].tolist()
    figures = line_ages.written_together(
        signals.ages, {chunks[place]: float(likely[place]) for place in best}
    )
    return _share(np.array([figures.get(chunk, 0.0) for chunk in chunks]))


def _of_files(figures: Mapping[str, float], places: Mapping[str, int]) -> Floats:
    return np.array([figures.get(path, 0.0) for path in places])


def _share(values: Floats) -> Floats:
    """Each value as a share of the highest."""
    highest = values.max(initial=0.0)
    return values / highest if highest > 0 else values


def _rank(values: Floats) -> Floats:
    """How high each value ranks: 0 for none and for the last, more the nearer to the first."""
    distinct = np.unique(values)[::-1]
    ranks = np.searchsorted(-distinct, -values)
    found = -np.log((TOP_RANKS + ranks) / (TOP_RANKS + len(distinct)))
    return np.where(values > 0, found, 0.0)
