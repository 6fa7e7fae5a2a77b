"""What the state of a workspace knows: nothing is opened where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from token_budget.learnt import Learnt
from token_budget.storage_place import has_state, state_url

if TYPE_CHECKING:
    from pathlib import Path


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
