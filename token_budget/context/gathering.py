"""What every signal says of the files and chunks of a workspace, in its own figures.

First what needs no file to be read; from that the chunks that are worth a closer look; then what
reading those says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nsmallest
from operator import attrgetter
from typing import TYPE_CHECKING

from token_budget.context.signals import (
    co_change,
    definitions,
    kinds,
    lexical,
    line_ages,
    neighbours,
    past_messages,
    path_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from token_budget.context.query import ContextQuery
    from token_budget.context.signals.line_ages import Ages
    from token_budget.context.sources import Sources
    from token_budget.context.values import Chunk

    Floats = NDArray[np.float64]

MOST_CHUNKS = 4_000
"""Chunks that are looked at closely; the best of a larger workspace by the cheap signals."""

MOST_FOUND_CHUNKS = 1_500
"""Chunks that one search of a larger workspace gives."""

MOST_FOUND_FILES = 150
"""Files of a larger workspace that one signal brings in with all their chunks."""

SEARCH_LIMIT = 50_000
"""Files whose figures are asked for: all that match, in any workspace that was tried."""

RECENT = 20.0
"""Commits after which a change counts 1/e for what is being worked on now. With 200 beside it, for
what is worked on at all, nothing was gained."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Raw figures of every signal, by its name, for some chunks.

    Attributes:
        chunks: The chunks; those of a file stand together.
        of_files: Figures of signals that speak of files: by path.
        of_chunks: Figures of signals that speak of chunks, one a chunk.
        ages: The commits that changed each chunk.
    """

    chunks: Sequence[Chunk]
    of_files: Mapping[str, Mapping[str, float]]
    of_chunks: Mapping[str, Sequence[float] | Floats] = field(default_factory=dict)
    ages: Sequence[Ages] = ()


def gathered(query: ContextQuery, sources: Sources) -> Signals:
    """What every signal says of the chunks that are worth a look."""
    commits = past_messages.similar_commits(query, sources.history)
    of_files = _signals_of_files(query, sources, commits)
    chunks = _candidates(query, of_files, sources)
    paths = dict.fromkeys(chunk.path for chunk in chunks)
    of_kind = {kind: kinds.files_of_kind(query, paths, kind) for kind in kinds.WORDS_OF_KIND}
    ages = sources.ages(chunks)
    of_chunks: dict[str, Sequence[float] | Floats] = {
        "chunk words": lexical.chunk_words(query, sources.index, chunks),
        "identifiers": lexical.chunk_identifiers(query, sources.index, chunks),
        "definitions": definitions.defined_words(query, chunks),
        "messages of places": past_messages.messages_of_places(query, sources.history, ages),
        "places of similar commits": past_messages.places_of_commits(commits, ages),
        "changed lately": line_ages.changes(ages, RECENT),
    }
    return Signals(chunks, {**of_files, **of_kind}, of_chunks, ages)


def _signals_of_files(
    query: ContextQuery, sources: Sources, commits: Mapping[int, float]
) -> dict[str, Mapping[str, float]]:
    index, history = sources.index, sources.history
    # The first search may find that files have changed; what is asked for after it is up to date.
    words = lexical.file_words(query, index, SEARCH_LIMIT)
    around = index.surroundings()
    return {
        "file words": words,
        "path": path_names.path_matches(query, around),
        "named": path_names.named_files(query, around),
        "scope": path_names.scoped_files(query, around),
        "similar commits": past_messages.files_of_commits(commits, history),
        "messages of file": past_messages.messages_of_files(query, history),
        **(signals_of_seeds(query.deliverables, sources) if query.deliverables else {}),
    }


def signals_of_seeds(seeds: Sequence[str], sources: Sources) -> dict[str, Mapping[str, float]]:
    """What speaks for the files around given ones.

    Args:
        seeds: Paths; they need not exist.
        sources: The index and the history.
    """
    around = sources.index.surroundings()
    return {
        "co-change": co_change.changed_together(seeds, sources.history),
        "imported": neighbours.imported(seeds, around),
        "importing": neighbours.importing(seeds, around),
        "namesake": neighbours.namesakes(seeds, around),
        "sibling": neighbours.siblings(seeds, around),
    }


def _candidates(
    query: ContextQuery, of_files: Mapping[str, Mapping[str, float]], sources: Sources
) -> list[Chunk]:
    """The chunks worth a closer look: all of a small workspace, the best of a large one."""
    index = sources.index
    if index.chunk_count() <= MOST_CHUNKS:
        return [chunk for chunks in index.chunks().values() for chunk in chunks]
    known = index.files()
    chosen: dict[Chunk, None] = {}
    for path in _best_files(of_files, sources):
        if path in known:  # what changed lately may be gone
            chosen.update(dict.fromkeys(index.chunks([path])[path]))
        if len(chosen) > MOST_CHUNKS - MOST_FOUND_CHUNKS:
            break
    chosen.update(dict.fromkeys(lexical.best_by_words(query, index, MOST_FOUND_CHUNKS)))
    chosen.update(dict.fromkeys(lexical.best_by_identifiers(query, index, MOST_FOUND_CHUNKS)))
    return sorted(chosen, key=attrgetter("path", "first_line"))


def _best_files(of_files: Mapping[str, Mapping[str, float]], sources: Sources) -> Iterator[str]:
    """Files by how high they stand with any signal; what changed lately among them."""
    ages = sources.history.ages
    recent = {path: -float(each[0]) for path, each in ages.items()}
    ranked = [_best(figures) for figures in (*of_files.values(), recent)]
    for rank in range(MOST_FOUND_FILES):
        yield from (paths[rank] for paths in ranked if rank < len(paths))


def _best(figures: Mapping[str, float]) -> list[str]:
    """The paths with the highest figures; of equals those that come first."""
    places = ((-figure, place, path) for place, (path, figure) in enumerate(figures.items()))
    return [path for _, _, path in nsmallest(MOST_FOUND_FILES, places)]
