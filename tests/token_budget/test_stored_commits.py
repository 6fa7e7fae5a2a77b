from __future__ import annotations

import pytest

from token_budget.estimator_store import EstimatorStore
from token_budget.storage import Database
from token_budget.storage_place import state_url
from token_budget.stored_commits import WRITTEN_AT_ONCE


@pytest.fixture
def store(tmp_path):
    opened = Database(state_url(tmp_path))
    yield EstimatorStore(opened)
    opened.close()


def test_mined_commits_are_kept_by_repository_and_replaced(store):
    commits = store.commits("r")
    assert commits.get("c") is None
    commits.put("c", {"row": 1})
    commits.put("c", {"row": 2})
    commits.flush()
    commits.put("c", {"row": 3})
    commits.flush()
    assert store.commits("r").get("c") == {"row": 3}
    assert store.commits("other").get("c") is None


def test_mined_commits_are_written_in_lots(store):
    commits = store.commits("r")
    for number in range(WRITTEN_AT_ONCE + 1):
        commits.put(str(number), {"row": number})
    again = store.commits("r")
    assert again.get("0") == {"row": 0}
    assert again.get(str(WRITTEN_AT_ONCE)) is None
