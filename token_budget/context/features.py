"""What every signal says of every candidate chunk, in figures that can be added up.

Raw figures of different signals, or of one signal for different phases, are not comparable. Each
is turned into one of: its share of the highest figure (0 to 1), its logarithm, or how high it
ranks. `weights` says how much each counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from token_budget.context.signals import (
    co_change,
    embedded,
    lexical,
    line_ages,
    neighbours,
    past_messages,
    path_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from token_budget.context.query import ContextQuery
    from token_budget.context.sources import Sources
    from token_budget.context.values import Chunk

    Floats = NDArray[np.float64]

_Key = TypeVar("_Key", str, "Chunk")

MOST_CHUNKS = 4_000
"""Chunks that are looked at closely; the best of a larger workspace by the cheap signals."""

MOST_FOUND_CHUNKS = 1_500
"""Chunks that one search of a larger workspace gives."""

MOST_FOUND_FILES = 150
"""Files of a larger workspace that one signal brings in with all their chunks."""

SEARCH_LIMIT = 50_000
"""Files whose figures are asked for: all that match, in any workspace that was tried."""

RECENT, LONG_AGO = 20.0, 200.0
"""Commits after which a line's change counts 1/e, for what is being worked on now and for what is
worked on at all."""

LIKELY_FILES = 5
"""How many of the likeliest files speak for their neighbours, each by its likelihood."""

TOP_RANKS = 3.0
"""Added to a rank, so that the first few files differ less than one and two do."""

HEADER_TOKENS = 10
"""Added to a chunk's tokens, so that the smallest chunks differ less."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Raw figures of every signal, by its name.

    Attributes:
        files: Of signals that speak of files: by path.
        chunks: Of signals that speak of chunks.
    """

    files: Mapping[str, Mapping[str, float]]
    chunks: Mapping[str, Mapping[Chunk, float]]


def cheap_signals(query: ContextQuery, sources: Sources) -> Signals:
    """The signals that need no file to be read."""
    index, history = sources.index, sources.history
    paths = list(index.files())
    return Signals(
        files={
            "file words": lexical.file_words(query, index, SEARCH_LIMIT),
            "path": path_names.path_matches(query, paths),
            "named": path_names.named_files(query, paths),
            "scope": path_names.scoped_files(query, paths),
            "similar commits": past_messages.similar_commits(query, history),
            "messages of file": past_messages.messages_of_files(query, history),
            **(_of_seeds(query.deliverables, sources, paths) if query.deliverables else {}),
        },
        chunks={
            "chunk words": lexical.chunk_words(query, index, MOST_FOUND_CHUNKS),
            "identifiers": lexical.chunk_identifiers(query, index, MOST_FOUND_CHUNKS),
        },
    )


def with_words(
    signals: Signals, query: ContextQuery, chunks: Sequence[Chunk], sources: Sources
) -> Signals:
    """The signals with what the words of all ``chunks`` say, not of the best ones alone."""
    index, paths = sources.index, {chunk.path for chunk in chunks}
    words = {
        "chunk words": lexical.chunk_words(query, index, MOST_CHUNKS, paths),
        "identifiers": lexical.chunk_identifiers(query, index, MOST_CHUNKS, paths),
    }
    return Signals(signals.files, {**signals.chunks, **words})


def _of_seeds(
    seeds: Sequence[str], sources: Sources, paths: Sequence[str]
) -> dict[str, Mapping[str, float]]:
    imports = sources.index.imports()
    return {
        "co-change": co_change.changed_together(seeds, sources.history),
        "imported": neighbours.imported(seeds, imports),
        "importing": neighbours.importing(seeds, imports),
        "namesake": neighbours.namesakes(seeds, paths),
        "sibling": neighbours.siblings(seeds, paths),
    }


def candidates(signals: Signals, sources: Sources) -> list[Chunk]:
    """The chunks worth a closer look: all of a small workspace, the best of a large one."""
    everything = sources.index.chunks()
    if sum(map(len, everything.values())) <= MOST_CHUNKS:
        return [chunk for chunks in everything.values() for chunk in chunks]
    chosen: dict[Chunk, None] = {}
    for path in _best_files(signals, sources):
        chosen.update(dict.fromkeys(everything.get(path, ())))
        if len(chosen) > MOST_CHUNKS - MOST_FOUND_CHUNKS:
            break
    for figures in signals.chunks.values():
        chosen.update(dict.fromkeys(_best(figures, MOST_FOUND_CHUNKS)))
    return sorted(chosen, key=lambda chunk: (chunk.path, chunk.first_line))


def _best_files(signals: Signals, sources: Sources) -> Iterator[str]:
    """Files by how high they stand with any signal; what changed lately among them."""
    ages = sources.history.ages
    recent = {path: -float(each[0]) for path, each in ages.items()}
    ranked = [_best(figures, MOST_FOUND_FILES) for figures in (*signals.files.values(), recent)]
    for rank in range(MOST_FOUND_FILES):
        yield from (paths[rank] for paths in ranked if rank < len(paths))


def _best(figures: Mapping[_Key, float], limit: int) -> list[_Key]:
    return sorted(figures, key=lambda key: -figures[key])[:limit]


def with_lines(
    signals: Signals, query: ContextQuery, chunks: Sequence[Chunk], sources: Sources
) -> Signals:
    """The signals with those that read the files of ``chunks``."""
    by_file: dict[str, list[Chunk]] = {}
    for chunk in chunks:
        by_file.setdefault(chunk.path, []).append(chunk)
    ages: dict[Chunk, tuple[int, ...]] = {}
    for path, each in by_file.items():
        if path in sources.history.line_ages:
            ages |= line_ages.chunk_ages(each, sources.line_keys(path), sources.history)
    said = past_messages.messages_of_lines(query, sources.history, ages, len(chunks))
    return Signals(
        signals.files,
        {
            **signals.chunks,
            "messages of lines": said,
            "written lately": line_ages.recently_written(ages, RECENT),
            "written in time": line_ages.recently_written(ages, LONG_AGO),
        },
    )


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
    near = embedded.nearness(similarities or {})
    made["embedding"] = np.array([near.get(chunk, 0.0) for chunk in chunks])
    made["size"] = np.log(np.array([chunk.tokens for chunk in chunks]) + HEADER_TOKENS)
    made["size of file"] = np.log(np.bincount(file_of, minlength=len(places))[file_of])
    return made


def neighbour_features(
    chunks: Sequence[Chunk], likely: Floats, sources: Sources
) -> dict[str, Floats]:
    """What speaks for the files around those that a first ranking found the likeliest.

    Args:
        chunks: As of `features`.
        likely: The likelihood of each by a first ranking.
        sources: What the signals read.
    """
    places = {path: place for place, path in enumerate(dict.fromkeys(one.path for one in chunks))}
    file_of = np.array([places[chunk.path] for chunk in chunks], dtype=np.int64)
    masses = np.bincount(file_of, weights=likely, minlength=len(places))
    # Rounded: the order in which figures add up must not decide between equals.
    best = np.argsort(-np.round(masses, 12), kind="stable")[:LIKELY_FILES]
    paths, named = list(sources.index.files()), list(places)
    total: dict[str, Floats] = {}
    for place in best.tolist():
        share = masses[place] / masses[best].sum()
        for name, figures in _of_seeds([named[place]], sources, paths).items():
            before = total.get(name, np.zeros(len(places)))
            total[name] = before + share * _of_files(figures, places)
    return {f"likely {name}": figures[file_of] for name, figures in total.items()}


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
