"""What paths say: their words, and whether the phase names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.context.bm25 import Bm25

if TYPE_CHECKING:
    from token_budget.context.query import ContextQuery
    from token_budget.context.surroundings import Surroundings

OF_PATHS = Bm25(length_weight=0.3)
"""A deep path loses a little against a short one: the folder names are shared by many."""

WHOLE_PATH, FILE_NAME, STEM = 2.0, 1.5, 0.5
"""How sure it is that a file is meant when the text has its path, its name, or its name without
the ending (which may be a plain word)."""

SHORTEST_STEM = 4
"""Characters; a shorter name is too often a plain word."""


def path_matches(query: ContextQuery, around: Surroundings) -> dict[str, float]:
    """BM25 of the words of paths over every word of the query."""
    return around.word_scores(query.words, OF_PATHS)


def named_files(query: ContextQuery, around: Surroundings) -> dict[str, float]:
    """Files that the phase names: by path, by file name, by name without its ending."""
    found: dict[str, float] = {}
    for name in sorted(query.names):
        if len(name) >= SHORTEST_STEM:
            found |= dict.fromkeys(around.by_stem.get(name, ()), STEM)
    for name in sorted(query.names):
        if "." in name:
            found |= dict.fromkeys(around.by_file_name.get(name, ()), FILE_NAME)
    for name in sorted(query.names):
        found |= dict.fromkeys(around.by_lower_path.get(name, ()), WHOLE_PATH)
    return found


def scoped_files(query: ContextQuery, around: Surroundings) -> dict[str, float]:
    """Files and folders that the phase says it is about: 1 for each file of them."""
    if not query.scope:
        return {}
    folders = tuple(f"{path}/" for path in query.scope)
    whole = "" in query.scope or "." in query.scope
    return {
        path: 1.0
        for path in around.paths
        if whole or path in query.scope or path.startswith(folders)
    }
