from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from estimators.adaptation import Adaptation, Belief
from estimators.thinking import ThinkingEstimator
from token_budget.errors import AlreadyMerged, DamagedState
from token_budget.estimator_store import EstimatorStore
from token_budget.exported_state import ExportedState
from token_budget.learnt import Learnt
from token_budget.storage import Database
from token_budget.storage_place import state_url
from token_budget.storage_tables import estimator_state, thinking_state

KNOWN = Adaptation({"files": Belief(2.0, 0.5)}, phases=3)
THOUGHT = ThinkingEstimator().observe("claude-opus-5-5", "high", 500)


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


def teach(store):
    store.update(lambda _: {"ndjson": KNOWN})
    store.update_thinking(lambda _: THOUGHT)


@pytest.fixture
def others(tmp_path):
    """Stores of other workspaces."""
    opened = [Database(state_url(tmp_path / name)) for name in ("second", "third")]
    yield [EstimatorStore(one) for one in opened]
    for one in opened:
        one.close()


def carried(store):
    """An export that has been a file."""
    return ExportedState.from_text(json.dumps(store.exported().as_json()), "a.json")


def test_thinking_is_kept_beside_what_is_learnt_of_visible_output(tmp_path, store):
    teach(store)
    other = Database(state_url(tmp_path))
    assert EstimatorStore(other).learnt() == Learnt({"ndjson": KNOWN}, THOUGHT)
    other.close()


def test_learning_one_thing_leaves_the_other_alone(store):
    teach(store)
    store.update(lambda _: {})
    assert store.learnt() == Learnt({}, THOUGHT)
    store.update(lambda _: {"diff": KNOWN})
    store.update_thinking(lambda _: ThinkingEstimator())
    assert store.learnt() == Learnt({"diff": KNOWN})


def test_a_reset_forgets_thinking_and_mined_commits_where_it_is_told_so(store):
    teach(store)
    commits = store.commits("r")
    commits.put("c", {"row": 1})
    commits.flush()
    assert store.mined() == {"r": 1}
    store.reset(mined=True)
    assert (store.learnt(), store.mined()) == (Learnt(), {})


def test_an_export_merges_into_another_store(store, others):
    teach(store)
    others[0].merge(carried(store))
    assert others[0].learnt() == store.learnt()


def test_what_both_have_learnt_adds_up(store, others):
    teach(store)
    teach(others[0])
    others[0].merge(carried(store))
    merged = others[0].learnt()
    assert merged.adaptations["ndjson"].phases == 6
    assert merged.adaptations["ndjson"].beliefs["files"] == Belief(4.0, 0.5)
    assert merged.thinking.records["claude-opus-5-5", "high"].answers == 2


def test_nothing_is_merged_twice(store, others):
    teach(store)
    teach(others[0])
    others[0].merge(carried(store))
    merged = others[0].learnt()
    store.update_thinking(lambda known: known.observe("claude-opus-5-5", "high", 700))
    for state in (carried(store), carried(others[0])):
        with pytest.raises(AlreadyMerged, match=r"a\.json: merged before, or learnt here"):
            others[0].merge(state)
    assert others[0].learnt() == merged


def test_what_came_by_a_third_store_is_not_merged_again(store, others):
    teach(store)
    others[0].merge(carried(store))
    others[1].merge(carried(others[0]))
    for state in (carried(store), carried(others[0])):
        with pytest.raises(AlreadyMerged):
            others[1].merge(state)
    with pytest.raises(AlreadyMerged):
        store.merge(carried(others[1]))


def test_several_are_merged_together_or_not_at_all(store, others):
    teach(store)
    teach(others[0])
    with pytest.raises(AlreadyMerged):
        others[1].merge(carried(store), carried(others[0]), carried(store))
    assert others[1].learnt() == Learnt()
    others[1].merge(carried(store), carried(others[0]))
    assert others[1].load()["ndjson"].phases == 6


def test_after_a_reset_the_own_export_can_be_taken_back(store):
    teach(store)
    state = carried(store)
    store.reset()
    assert not store.origins() & state.origins
    store.merge(state)
    assert store.learnt() == Learnt({"ndjson": KNOWN}, THOUGHT)


@pytest.mark.parametrize("body", ["", "[]", '{"a": 1}', '{"a": {"huge": {}}}'])
def test_damaged_thinking_is_named(store, database, body):
    with database.writing() as connection:
        connection.execute(sa.insert(thinking_state), {"only": 1, "body": body})
    with pytest.raises(DamagedState, match="damaged"):
        store.learnt()


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"beliefs": 1}'])
def test_a_damaged_state_is_named(store, database, body):
    with database.writing() as connection:
        connection.execute(sa.insert(estimator_state), {"output_format": "ndjson", "body": body})
    with pytest.raises(DamagedState, match="damaged"):
        store.load()
