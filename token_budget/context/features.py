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
    Integers = NDArray[np.int64]

LIKELY_FILES = 5
"""How many of the likeliest files speak for their neighbours, each by its likelihood."""

LIKELY_CHUNKS = 200
"""How many of the likeliest chunks speak for what was changed with them."""

TOP_RANKS = 3.0
"""Added to a rank, so that the first few files differ less than one and two do."""

HEADER_TOKENS = 10
"""Added to a chunk's tokens, so that the smallest chunks differ less."""


def features(
    signals: Signals, similarities: Mapping[Chunk, float] | None = None
) -> dict[str, Floats]:
    """The figures of every signal, one array a feature, one value a chunk."""
    places, file_of = _files_of(signals.chunks)
    made = {
        name: _share(_of_files(figures, places))[file_of]
        for name, figures in signals.of_files.items()
    }
    made["file words rank"] = _rank(_of_files(signals.of_files.get("file words", {}), places))[
        file_of
    ]
    for name, figures in signals.of_chunks.items():
        values = np.asarray(figures, np.float64)
        made[name] = np.log1p(values) if name == "changed lately" else _share(values)
        if name == "chunk words":
            made["chunk words rank"] = _rank(values)
    return made | _embedding(signals.chunks, similarities or {}) | _places(signals, file_of)


def _embedding(chunks: Sequence[Chunk], similarities: Mapping[Chunk, float]) -> dict[str, Floats]:
    near = embedded.nearness(similarities)
    if not near:
        return {}
    return {"embedding": np.array([near.get(chunk, 0.0) for chunk in chunks])}


def _places(signals: Signals, file_of: Integers) -> dict[str, Floats]:
    """What chunks are, whatever is asked for."""
    chunks = signals.chunks
    last_of_file = np.ones(len(chunks), bool)
    last_of_file[:-1] = file_of[1:] != file_of[:-1]
    tokens = np.array([chunk.tokens for chunk in chunks])
    return {
        "first chunk": np.array([float(chunk.first_line == 1) for chunk in chunks]),
        "last chunk": last_of_file.astype(np.float64),
        "never changed": np.array([float(not ages) for ages in signals.ages or [()] * len(chunks)]),
        "size": np.log(tokens + HEADER_TOKENS),
        "size of file": np.log(np.bincount(file_of)[file_of]),
    }


def neighbour_features(signals: Signals, likely: Floats, sources: Sources) -> dict[str, Floats]:
    """What speaks for what is around the files and chunks that a first ranking found the likeliest.

    Args:
        signals: As of `features`.
        likely: The likelihood of each chunk by a first ranking.
        sources: What the signals read.
    """
    places, file_of = _files_of(signals.chunks)
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
    made["likely changed together"] = _changed_together(signals, likely)
    return made


def _changed_together(signals: Signals, likely: Floats) -> Floats:
    best = np.argsort(-np.round(likely, 12), kind="stable")[:LIKELY_CHUNKS].tolist()
    figures = line_ages.changed_together(signals.ages, {one: float(likely[one]) for one in best})
    return _share(np.array(figures))


def _files_of(chunks: Sequence[Chunk]) -> tuple[dict[str, int], Integers]:
    """The files of some chunks, numbered, and the number of the file of each."""
    places = {path: place for place, path in enumerate(dict.fromkeys(one.path for one in chunks))}
    return places, np.array([places[chunk.path] for chunk in chunks], np.int64)


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
