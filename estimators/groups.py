"""Files and phases that are alike, in chains from general to special.

How much a group weighs was chosen by leave-one-repository-out; between half and double of each
figure SMAPE differs by 0.2, so the more cautious ones were taken.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from estimators.classify import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.classify import Kind
    from estimators.deliverable import Deliverable
    from estimators.phase_description import PhaseDescription

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]+")
_PREFIX = re.compile(r"^\W*(\w+)(?:\([^)]*\))?!?:")
_PULL_REQUEST = re.compile(r"\(#\d+\)")
_MOST_PARTS_OF_A_SHAPE = 6
_CRITERIA_COUNTS = ((0, ""), (3, "1 to 3"), (7, "4 to 7"), (math.inf, "8 or more"))


@dataclass(frozen=True, slots=True)
class Group:
    """Files or phases that are alike.

    Attributes:
        key: Names the group.
        inertia: Observations that the next more general group counts for.
        memory: What an observation is worth after one more of this group.
    """

    key: str
    inertia: float
    memory: float


RECENT = Group("recent", 3, 0.85)
"""How far the last few phases were off, with all that was learnt before."""

ROUGHNESS = Group("roughness", 3, 0.95)
"""How far phases are off at all, lately: of absolute values."""

AUTHORSHIP = Group("written by a model", 10, 0.98)
"""The share of phases that a language model wrote, lately."""


def file_groups(one: Deliverable) -> tuple[Group, ...]:
    """The groups of a deliverable, from general to special; a rename counts as a change."""
    action = "modify" if one.action == "rename" else one.action or "unknown"
    return _groups_of_file(action, kind_of(one.path), (one.new_path or one.path or "").lower())


@lru_cache(maxsize=8192)
def _groups_of_file(action: str, kind: Kind, path: str) -> tuple[Group, ...]:
    folder, _, name = path.rpartition("/")
    extension = name.rpartition(".")[2]
    return (
        Group("files", 24, 0.99),
        Group(f"action {action}", 24, 0.99),
        Group(f"kind {action} {kind}", 24, 0.99),
        Group(f"extension {action} {extension}", 18, 0.985),
        Group(f"folder {action} {folder} {extension}", 8, 0.95),
        Group(f"name {action} {_DIGITS.sub('0', name)}", 8, 0.95),
        Group(f"path {action} {path}", 4, 0.85),
    )


def phase_groups(phase: PhaseDescription) -> tuple[tuple[Group, ...], ...]:
    """The groups of a phase: chains from general to special, whose shifts add up.

    Category, complexity and the number of acceptance criteria have chains of their own: a title
    that came before would otherwise silence them.
    """
    first = next(iter(phase.description.strip().lower().splitlines()), "")
    line = _PULL_REQUEST.sub("", first).strip()
    deliverables = phase.deliverables
    doubled = round(2 * math.log2(max(len(deliverables), 1)))
    named = (
        ("category", phase.category),
        ("complexity", phase.complexity),
        ("acceptance criteria", _criteria(phase.acceptance_criteria)),
    )
    return (
        (
            Group("phases", 30, 0.98),
            Group(f"size {min(doubled, _MOST_PARTS_OF_A_SHAPE)}", 30, 0.98),
            Group(f"verb {_verb(line)}", 20, 0.98),
            Group(f"shape {_shape(deliverables)}", 16, 0.97),
            Group(f"title {_DIGITS.sub('0', line)}", 4, 0.85),
        ),
        *((Group(f"{name} {value.strip().lower()}", 8, 0.98),) for name, value in named if value),
    )


def _criteria(number: int) -> str:
    """How many acceptance criteria there are, in a few steps; empty: none."""
    return next(name for most, name in _CRITERIA_COUNTS if number <= most)


def _verb(line: str) -> str:
    prefix = _PREFIX.match(line)
    if prefix:
        return prefix[1]
    return next(iter(_WORD.findall(line)), "")


def _shape(deliverables: Sequence[Deliverable]) -> str:
    """Which extensions are created, changed and deleted; of many, only how many."""
    parts = sorted(
        {f"{(one.action or '?')[0]}{(one.path or '').rpartition('.')[2]}" for one in deliverables}
    )
    return " ".join(parts) if len(parts) < _MOST_PARTS_OF_A_SHAPE else str(len(parts))
