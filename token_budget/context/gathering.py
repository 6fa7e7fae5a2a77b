"""What every signal says of the files and chunks of a workspace, in its own figures.

First what needs no file to be read; from that the chunks that are worth a closer look; then what
reading those says.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

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

    from token_budget.context.query import ContextQuery
    from token_budget.context.sources import Sources
    from token_budget.context.values import Chunk

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


@dataclass(frozen=True, slots=True)
class Signals:
    """Raw figures of every signal, by its name.

    Attributes:
        files: Of signals that speak of files: by path.
        chunks: Of signals that speak of chunks.
        commits: How similar the messages of past commits are, by age.
        ages: The commits that wrote the lines of chunks, by age.
    """

    files: Mapping[str, Mapping[str, float]]
    chunks: Mapping[str, Mapping[Chunk, float]]
    commits: Mapping[int, float] = field(default_factory=dict)
    ages: Mapping[Chunk, tuple[int, ...]] = field(default_factory=dict)


def cheap_signals(query: ContextQuery, sources: Sources) -> Signals:
    """The signals that need no file to be read."""
    index, history = sources.index, sources.history
    around = index.surroundings()
    similar = past_messages.similar_commits(query, history)
    return Signals(
        files={
            "file words": lexical.file_words(query, index, SEARCH_LIMIT),
            "path": path_names.path_matches(query, around),
            "named": path_names.named_files(query, around),
            "scope": path_names.scoped_files(query, around),
            "similar commits": past_messages.files_of_commits(similar, history),
            "messages of file": past_messages.messages_of_files(query, history),
            **(signals_of_seeds(query.deliverables, sources) if query.deliverables else {}),
        },
        chunks={
            "chunk words": lexical.chunk_words(query, index, MOST_FOUND_CHUNKS),
            "identifiers": lexical.chunk_identifiers(query, index, MOST_FOUND_CHUNKS),
        },
        commits=similar,
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
    return replace(signals, chunks={**signals.chunks, **words})


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
    of_kind = {kind: kinds.files_of_kind(query, by_file, kind) for kind in kinds.WORDS_OF_KIND}
    more = {
        "definitions": definitions.defined_words(query, chunks),
        "messages of lines": said,
        "lines of similar commits": past_messages.lines_of_commits(signals.commits, ages),
        "written lately": line_ages.recently_written(ages, RECENT),
        "written in time": line_ages.recently_written(ages, LONG_AGO),
    }
    return replace(
        signals,
        files={**signals.files, **of_kind},
        chunks={**signals.chunks, **more},
        ages=ages,
    )
