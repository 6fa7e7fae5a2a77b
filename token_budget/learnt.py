"""What was learnt in a workspace: nothing is opened where there is no state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from estimators.thinking import ThinkingEstimator
from token_budget.storage_place import has_state, state_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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


def learnt_in(workspace: Path) -> Learnt:
    """What was learnt in a workspace.

    Raises:
        StorageError: There is a state, and it cannot be used.
    """
    if not has_state(workspace):
        return Learnt()
    from token_budget.estimator_store import EstimatorStore
    from token_budget.storage import Database

    database = Database(state_url(workspace))
    try:
        return EstimatorStore(database).learnt()
    finally:
        database.close()
