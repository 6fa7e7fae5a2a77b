"""What the messages of past commits say: of the files they changed, and of the lines they left."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from heapq import nlargest
from typing import TYPE_CHECKING

from token_budget.context.signals.matching import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from token_budget.context.change_history import ChangeHistory
    from token_budget.context.query import ContextQuery
    from token_budget.context.signals.line_ages import Ages

NEAREST_COMMITS = 60
"""How many similar commits are heard."""

SHARPNESS = 3
"""A commit counts as its share of the best score to this power: the few that say nearly the same
count far more than the many that share a word."""

MESSAGE_LENGTH_WEIGHT = 0.75
"""b of BM25 over messages; the usual value."""

MOST_REPEATS = 2
"""A word counts at most this often in one message."""


def similar_commits(query: ContextQuery, history: ChangeHistory) -> dict[int, float]:
    """The ages of the commits with the most similar messages, and how similar: 0 to 1."""
    scores = matches(query.words, history.words, length_weight=MESSAGE_LENGTH_WEIGHT)
    best = max(scores, default=0.0)
    nearest = nlargest(NEAREST_COMMITS, ((score, -age) for age, score in enumerate(scores)))
    return {-negative: (score / best) ** SHARPNESS for score, negative in nearest if score > 0}


def files_of_commits(commits: Mapping[int, float], history: ChangeHistory) -> dict[str, float]:
    """The files that these commits changed: the wider a commit, the less it says of each."""
    found: dict[str, float] = defaultdict(float)
    for age, figure in commits.items():
        paths = list(history.paths(age))
        for path in paths:
            found[path] += figure / math.sqrt(len(paths))
    return dict(found)


def places_of_commits(commits: Mapping[int, float], ages: Iterable[Ages]) -> list[float]:
    """How much of these commits changed something in the place of each chunk.

    Args:
        commits: How much each counts, by age.
        ages: The commits that changed each chunk, as `line_ages.chunk_ages` says.
    """
    return [sum(commits.get(age, 0.0) for age in each) if each else 0.0 for each in ages]


def messages_of_files(query: ContextQuery, history: ChangeHistory) -> dict[str, float]:
    """BM25 over what was said of each file when it was changed."""
    said = {path: _said(query, history, ages) for path, ages in history.ages.items()}
    scores = matches(query.words, list(said.values()))
    return {path: score for path, score in zip(said, scores, strict=True) if score > 0}


def messages_of_places(
    query: ContextQuery, history: ChangeHistory, ages: Sequence[Ages]
) -> list[float]:
    """BM25 over what was said when each chunk, or what stood in its place, was changed.

    Args:
        query: What is looked for.
        history: The commits.
        ages: The commits that changed each chunk, as `line_ages.chunk_ages` says.
    """
    return matches(
        query.words, [_said(query, history, each, most=1) if each else {} for each in ages]
    )


def _said(
    query: ContextQuery, history: ChangeHistory, ages: Iterable[int], most: int = MOST_REPEATS
) -> Counter[str]:
    """The words of the query in the messages of these commits."""
    heard: Counter[str] = Counter()
    for age in ages:
        words = history.words[age]
        for word in query.words:
            if word in words:
                heard[word] += min(words[word], most)
    return heard
