from __future__ import annotations

from estimators.thinking import ThinkingEstimator
from token_budget.estimator_store import EstimatorStore
from token_budget.learnt import Learnt
from token_budget.storage import Database
from token_budget.storage_place import state_url
from token_budget.workspace_state import learnt_in

THOUGHT = ThinkingEstimator().observe("claude-opus-5-5", "high", 500)


def test_a_workspace_without_a_state_has_learnt_nothing_and_gets_none(tmp_path):
    assert learnt_in(tmp_path) == Learnt()
    assert not list(tmp_path.iterdir())


def test_what_was_learnt_in_a_workspace_is_found(tmp_path):
    database = Database(state_url(tmp_path))
    EstimatorStore(database).update_thinking(lambda _: THOUGHT)
    database.close()
    assert learnt_in(tmp_path) == Learnt({}, THOUGHT)
