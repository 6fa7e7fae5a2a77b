"""How long ago the lines of a chunk changed: what changed lately changes again."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from token_budget.context.change_history import ChangeHistory
    from token_budget.context.values import Chunk

Ages = tuple[int, ...]
"""The commits that changed something in the place of a chunk, newest first."""


def chunk_ages(chunks: Sequence[Chunk], history: ChangeHistory) -> list[Ages]:
    """The commits that changed each chunk of one file, or what stood in its place.

    Sweeps over many files are passed over.

    Args:
        chunks: All chunks of the file, in order.
        history: The commits.
    """
    touched = [one for one in history.touched(chunks[0].path) if history.paths(one.age)]
    firsts, lasts = [chunk.first_line for chunk in chunks], [chunk.last_line for chunk in chunks]
    starts = np.searchsorted(lasts, [one.first for one in touched]).tolist()
    ends = np.searchsorted(firsts, [one.last for one in touched], side="right").tolist()
    found: list[dict[int, None]] = [{} for _ in chunks]
    for one, start, end in zip(touched, starts, ends, strict=True):
        for ages in found[start:end]:
            ages[one.age] = None
    return [tuple(ages) for ages in found]


def changed_together(ages: Sequence[Ages], likely: Mapping[int, float]) -> list[float]:
    """How much one commit ties each chunk to the likely ones: it changed both.

    A commit that changed many chunks ties each of them less.

    Args:
        ages: Of every chunk, as `chunk_ages` says.
        likely: The places of the likely chunks, each with its likelihood.
    """
    breadth = Counter(age for each in ages for age in each)
    ties: dict[int, float] = defaultdict(float)
    for place, likelihood in likely.items():
        for age in ages[place]:
            ties[age] += likelihood / math.sqrt(len(ages[place]))
    ties = {age: tie / math.sqrt(breadth[age]) for age, tie in ties.items()}
    return [max(ties.get(age, 0.0) for age in each) if each else 0.0 for each in ages]


def changes(ages: Iterable[Ages], fading: float) -> list[float]:
    """The number of commits that changed each chunk, newer ones counting more.

    Args:
        ages: As `chunk_ages` says.
        fading: After this many commits one counts 1/e.
    """
    return [sum(math.exp(-age / fading) for age in each) if each else 0.0 for each in ages]
