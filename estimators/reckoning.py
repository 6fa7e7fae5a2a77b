"""The point estimate of a phase: what the prior says of its files, and what was learnt since."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.adaptation import OFFSET_TOKENS, shift_of
from estimators.evidence import evidence
from estimators.groups import file_groups, phase_groups
from estimators.sizes import Share, shares
from estimators.unexplained import described_shift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from estimators.adaptation import Adaptation, Belief
    from estimators.groups import Group
    from estimators.phase_description import PhaseDescription
    from estimators.sizes import SizeModel

NOTABLE_SHIFT = math.log(1.1)
"""What was learnt is worth a word in the reason of a share if it moves it by a tenth."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The point estimate of a phase, with all that it was made of.

    Attributes:
        parts: The share of every deliverable, as adapted.
        file_groups: The groups of every deliverable.
        file_beliefs: What is believed of each of them.
        file_shifts: What was learnt of each deliverable, in logarithms.
        phase_groups: The chains of groups of the phase.
        phase_shifts: What was learnt of each chain, in logarithms.
        described_shift: What category, complexity and acceptance criteria are taken to add, in
            logarithms.
        by_model: The chance that a language model writes it.
    """

    parts: tuple[Share, ...]
    file_groups: tuple[tuple[Group, ...], ...]
    file_beliefs: tuple[tuple[Belief, ...], ...]
    file_shifts: tuple[float, ...]
    phase_groups: tuple[tuple[Group, ...], ...]
    phase_shifts: tuple[float, ...]
    described_shift: float
    by_model: float

    @property
    def whole(self) -> float:
        """The sum of the shares: tokens."""
        return sum(part.tokens for part in self.parts)

    @property
    def median(self) -> float:
        """The point estimate of the phase: tokens."""
        return self.whole * math.exp(sum(self.phase_shifts) + self.described_shift)


def reckon(phase: PhaseDescription, sizes: SizeModel, known: Adaptation) -> Reckoning:
    """The point estimate of a phase that has deliverables."""
    own = tuple(map(file_groups, phase.deliverables))
    beliefs = tuple(map(known.believed, own))
    shifts = tuple(map(shift_of, own, beliefs))
    by_model = chance_of_model(phase, known)
    found = shares(phase, sizes, by_model)
    groups = phase_groups(phase)
    return Reckoning(
        parts=tuple(map(_adapted, found, shifts)),
        file_groups=own,
        file_beliefs=beliefs,
        file_shifts=shifts,
        phase_groups=groups,
        phase_shifts=tuple(map(known.shift, groups)),
        described_shift=described_shift(
            phase.category, phase.complexity, phase.acceptance_criteria
        )[0],
        by_model=by_model,
    )


def chance_of_model(phase: PhaseDescription, known: Adaptation) -> float:
    """The chance that a language model writes a phase: where nothing tells, as earlier."""
    return known.model_share if phase.authorship is None else phase.authorship


def reason_of(part: Share, shift: float, chain: Sequence[Group], known: Adaptation) -> str:
    """Why a deliverable takes so many tokens: what it is, and what was learnt of files like it."""
    if abs(shift) < NOTABLE_SHIFT:
        return part.reason
    return f"{part.reason}, x{math.exp(shift):.2f} as observed ({evidence(chain, known)})"


def _adapted(part: Share, shift: float) -> Share:
    """A share with what was learnt of files like it."""
    if not shift:
        return part
    tokens = max((part.tokens + OFFSET_TOKENS) * math.exp(shift) - OFFSET_TOKENS, part.least, 1.0)
    return Share(part.deliverable, tokens, part.least, part.spread)
