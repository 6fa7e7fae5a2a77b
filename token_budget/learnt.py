"""What the estimator has learnt in a workspace: nothing is opened where there is no state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.storage_place import has_state, state_url

if TYPE_CHECKING:
    from pathlib import Path

    from estimators.adaptation import Adaptation


def learnt_in(workspace: Path) -> dict[str, Adaptation]:
    """What was learnt, by output format.

    Raises:
        StorageError: There is a state, and it cannot be used.
    """
    if not has_state(workspace):
        return {}
    from token_budget.estimator_store import EstimatorStore
    from token_budget.storage import Database

    database = Database(state_url(workspace))
    try:
        return EstimatorStore(database).load()
    finally:
        database.close()
