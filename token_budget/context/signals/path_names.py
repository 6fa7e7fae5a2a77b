"""What paths say: their words, and whether the phase names them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from token_budget.context.signals.matching import matches
from token_budget.context.words import path_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from token_budget.context.query import ContextQuery

LENGTH_WEIGHT = 0.3
"""A deep path loses a little against a short one: the folder names are shared by many."""

WHOLE_PATH, FILE_NAME, STEM = 2.0, 1.5, 0.5
"""How sure it is that a file is meant when the text has its path, its name, or its name without
the ending (which may be a plain word)."""

SHORTEST_STEM = 4
"""Characters; a shorter name is too often a plain word."""


def path_matches(query: ContextQuery, paths: Sequence[str]) -> dict[str, float]:
    """BM25 of the words of paths over every word of the query."""
    documents = [_words(path) for path in paths]
    scores = matches(query.words, documents, length_weight=LENGTH_WEIGHT)
    return {path: score for path, score in zip(paths, scores, strict=True) if score > 0}


def named_files(query: ContextQuery, paths: Collection[str]) -> dict[str, float]:
    """Files that the phase names: by path, by file name, by name without its ending."""
    named = {path: _named(path.lower(), query.names) for path in paths}
    return {path: sure for path, sure in named.items() if sure}


def scoped_files(query: ContextQuery, paths: Collection[str]) -> dict[str, float]:
    """Files and folders that the phase says it is about: 1 for each file of them."""
    folders = tuple(f"{path}/" for path in query.scope)
    whole = "" in query.scope or "." in query.scope
    return {path: 1.0 for path in paths if whole or path in query.scope or path.startswith(folders)}


def _named(path: str, names: frozenset[str]) -> float:
    name = path.rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    if path in names:
        return WHOLE_PATH
    if name in names and "." in name:
        return FILE_NAME
    return STEM if stem in names and len(stem) >= SHORTEST_STEM else 0.0


@lru_cache(maxsize=100_000)
def _words(path: str) -> Mapping[str, int]:
    return path_words(path)
