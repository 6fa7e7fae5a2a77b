"""What an estimator has learnt in a workspace, of output and of thinking, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from estimators.thinking import ThinkingEstimator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from estimators.adaptation import Adaptation


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt; an immutable value.

    Attributes:
        adaptations: Of visible output, by output format.
        thinking: Of thinking, by model family and effort.
    """

    adaptations: Mapping[str, Adaptation] = field(default_factory=dict)
    thinking: ThinkingEstimator = field(default_factory=ThinkingEstimator)

    def merged(self, other: Learnt) -> Learnt:
        """What two learnt apart: all of both counts."""
        from estimators.adaptation import Adaptation

        mine, theirs, none = self.adaptations, other.adaptations, Adaptation()
        return Learnt(
            {n: mine.get(n, none).merged(theirs.get(n, none)) for n in {**mine, **theirs}},
            self.thinking.merged(other.thinking),
        )
