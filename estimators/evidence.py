"""Which earlier phases moved an estimate, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.adaptation import Adaptation, Belief
    from estimators.groups import Group

MOST_GROUPS = 2
"""So many groups are named: those that weigh the most."""

LEAST_LEVERAGE = 0.1
"""A group is worth a word if it makes a tenth of what was learnt."""


def evidence(chain: Sequence[Group], known: Adaptation) -> str:
    """The groups of a chain that moved an estimate the most, and the last phase of each.

    Such as ``path modify src/a.py: x0.71 in 4 phases, last 1a2b3c4d5e``; older phases count less,
    so that the number of phases is an effective one. Empty: nothing was learnt of the chain.
    """
    weighed = sorted(leverages(chain, known), key=lambda one: -one[1])[:MOST_GROUPS]
    return "; ".join(
        _told(group.key, known.belief(group))
        for group, leverage in weighed
        if leverage >= LEAST_LEVERAGE
    )


def leverages(chain: Sequence[Group], known: Adaptation) -> list[tuple[Group, float]]:
    """How much of what a chain says comes from each of its groups; in all at most 1."""
    found: list[tuple[Group, float]] = []
    left = 1.0
    for group in reversed(chain):
        weight = known.belief(group).weight
        own = weight / (weight + group.inertia)
        found.append((group, left * own))
        left *= 1 - own
    return found


def _told(key: str, belief: Belief) -> str:
    last = f", last {belief.last}" if belief.last else ""
    return f"{key}: x{math.exp(belief.mean):.2f} in {belief.weight:.1f} phases{last}"
