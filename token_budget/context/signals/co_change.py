"""Files that commits change together with given ones."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from token_budget.context.change_history import ChangeHistory

FADING = 300
"""After this many commits being changed together counts 1/e of what it counts now."""

WIDEST_COMMIT = 20
"""A commit that changed more files says little about which belong together."""

DOUBT = 1.0
"""Commits that would have to speak for a pair before they count half; keeps one commit from being
proof (additive smoothing)."""


def changed_together(seeds: Collection[str], history: ChangeHistory) -> dict[str, float]:
    """How likely each file changes when one of ``seeds`` does: the highest share over the seeds.

    The share of a pair is its commits among those of the seed; wide commits count less.
    """
    wanted = set(seeds)
    pairs: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    alone: dict[str, float] = defaultdict(float)
    for age in sorted({age for seed in wanted for age in history.ages.get(seed, ())}):
        paths = set(history.paths(age))
        weight = math.exp(-age / FADING)
        for seed in paths & wanted:
            alone[seed] += weight
            if len(paths) <= WIDEST_COMMIT:
                for path in paths - wanted:
                    pairs[seed][path] += weight / math.sqrt(len(paths) - 1)
    found: dict[str, float] = {}
    for seed, others in pairs.items():
        for path, weight in others.items():
            found[path] = max(found.get(path, 0.0), weight / (alone[seed] + DOUBT))
    return found
