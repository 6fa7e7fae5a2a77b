"""How long ago the lines of a chunk were written: what changed lately changes again."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from token_budget.context.change_history import ChangeHistory
    from token_budget.context.values import Chunk


def chunk_ages(
    chunks: Iterable[Chunk], keys: Sequence[int], history: ChangeHistory
) -> dict[Chunk, tuple[int, ...]]:
    """The commits that wrote lines of these chunks of one file; chunks without any are left out.

    A line that stands in the file several times counts as written when it was last added.

    Args:
        chunks: Chunks of the file.
        keys: `change_history.line_key` of every line of the file.
        history: The commits.
    """
    found = {}
    for chunk in chunks:
        known = history.line_ages.get(chunk.path)
        if not known:
            continue
        inside = keys[chunk.first_line - 1 : chunk.last_line]
        ages = {known[key] for key in inside if key in known and key}
        if ages:
            found[chunk] = tuple(sorted(ages))
    return found


def written_together(
    ages: Mapping[Chunk, Iterable[int]], likely: Mapping[Chunk, float]
) -> dict[Chunk, float]:
    """How much one commit ties each chunk to the likely ones: both have lines that it wrote.

    A commit that wrote lines of many chunks ties each of them less.

    Args:
        ages: As `chunk_ages` says.
        likely: The likely chunks, each with its likelihood.
    """
    breadth = Counter(age for each in ages.values() for age in each)
    ties: dict[int, float] = defaultdict(float)
    for chunk, likelihood in likely.items():
        each = tuple(ages.get(chunk, ()))
        for age in each:
            ties[age] += likelihood / math.sqrt(len(each))
    ties = {age: tie / math.sqrt(breadth[age]) for age, tie in ties.items()}
    found = {chunk: max(ties.get(age, 0.0) for age in each) for chunk, each in ages.items()}
    return {chunk: figure for chunk, figure in found.items() if figure}


def recently_written(ages: Mapping[Chunk, Iterable[int]], fading: float) -> dict[Chunk, float]:
    """The number of commits that wrote each chunk, newer ones counting more.

    Args:
        ages: As `chunk_ages` says.
        fading: After this many commits one counts 1/e.
    """
    return {chunk: sum(math.exp(-age / fading) for age in each) for chunk, each in ages.items()}
