from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from estimators.adaptation import Adaptation, Belief
from token_budget.errors import DamagedState
from token_budget.estimator_store import WRITTEN_AT_ONCE, EstimatorStore
from token_budget.storage import Database, estimator_state
from token_budget.storage_place import state_url

KNOWN = Adaptation({"files": Belief(2.0, 0.5)}, phases=3)


@pytest.fixture
def database(tmp_path):
    opened = Database(state_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def store(database):
    return EstimatorStore(database)


def test_a_fresh_store_has_learnt_nothing(store):
    assert store.load() == {}


def test_what_was_learnt_is_found_again(tmp_path, store):
    store.update(lambda known: {**known, "ndjson": KNOWN})
    other = Database(state_url(tmp_path))
    assert EstimatorStore(other).load() == {"ndjson": KNOWN}
    other.close()


def test_a_change_that_fails_changes_nothing(store):
    store.update(lambda _: {"ndjson": KNOWN})

    def broken(known):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.update(broken)
    assert store.load() == {"ndjson": KNOWN}


def test_a_reset_forgets_what_was_learnt_and_keeps_what_was_mined(store):
    store.update(lambda _: {"ndjson": KNOWN})
    commits = store.commits("r")
    commits.put("c", {"row": 1})
    commits.flush()
    store.reset()
    assert store.load() == {}
    assert store.commits("r").get("c") == {"row": 1}


def test_an_export_merges_into_another_store(store, tmp_path):
    store.update(lambda _: {"ndjson": KNOWN})
    exported = json.loads(json.dumps(store.exported()))
    other = Database(state_url(tmp_path / "other"))
    theirs = EstimatorStore(other)
    theirs.merge(exported)
    assert theirs.load() == {"ndjson": KNOWN}
    theirs.merge(exported)
    assert theirs.load()["ndjson"].phases == 6
    assert theirs.load()["ndjson"].beliefs["files"] == Belief(4.0, 0.5)
    other.close()


@pytest.mark.parametrize("exported", [{}, {"version": 9}, {"version": 1, "formats": {"x": {}}}])
def test_a_foreign_export_is_refused_and_changes_nothing(store, exported):
    store.update(lambda _: {"ndjson": KNOWN})
    with pytest.raises(DamagedState):
        store.merge(exported)
    assert store.load() == {"ndjson": KNOWN}


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"beliefs": 1}'])
def test_a_damaged_state_is_named(store, database, body):
    with database.writing() as connection:
        connection.execute(sa.insert(estimator_state), {"output_format": "ndjson", "body": body})
    with pytest.raises(DamagedState, match="damaged"):
        store.load()


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
