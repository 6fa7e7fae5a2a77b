from __future__ import annotations

import pytest

from continuation.response import Response
from tests.phases import phase_of
from token_budget.attempts.kept import KeptAttempt, KeptAttempts, digest_of
from token_budget.errors import DamagedState
from token_budget.storage import Database
from token_budget.storage_place import state_url

PHASE = phase_of()
BODY = {"request": {"messages": ["a\u2028b\n"]}, "responses": []}


def digest(phase=PHASE, model="claude-opus-5-5"):
    return digest_of(phase, model, "ndjson")


@pytest.fixture
def store(tmp_path):
    return KeptAttempts(tmp_path)


def test_nothing_is_kept_at_first(store):
    assert store.find(PHASE, digest()) is None


@pytest.mark.parametrize("finished", [True, False])
def test_what_is_kept_is_found(store, tmp_path, finished):
    store.keep(PHASE, digest(), KeptAttempt(finished=finished, body=BODY))
    found = KeptAttempts(tmp_path).find(PHASE, digest())
    assert found == KeptAttempt(finished=finished, body=BODY)


def test_the_last_attempt_replaces_the_one_before(store):
    store.keep(PHASE, digest(), KeptAttempt(finished=False, body=BODY))
    store.keep(PHASE, digest(), KeptAttempt(finished=True, body={}))
    assert store.find(PHASE, digest()) == KeptAttempt(finished=True, body={})


def test_phases_and_runs_are_told_apart(store):
    store.keep(PHASE, digest(), KeptAttempt(finished=False, body=BODY))
    for other in (phase_of(phase_id="two"), phase_of(run_id="other")):
        assert store.find(other, digest()) is None


def test_a_phase_that_was_changed_is_a_new_one(store):
    store.keep(PHASE, digest(), KeptAttempt(finished=True, body=BODY))
    changed = phase_of(description="Write other files.")
    assert store.find(changed, digest(changed)) is None
    assert store.find(PHASE, digest(model="claude-haiku-5-5")) is None


def test_forgetting_leaves_other_phases_alone(store):
    other = phase_of(phase_id="two")
    for one in (PHASE, other):
        store.keep(one, digest(one), KeptAttempt(finished=False, body=BODY))
    store.forget(PHASE)
    assert store.find(PHASE, digest()) is None
    assert store.find(other, digest(other)) is not None


def test_a_damaged_row_is_named(store, tmp_path):
    store.keep(PHASE, digest(), KeptAttempt(finished=False, body=BODY))
    database = Database(state_url(tmp_path))
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE kept_attempt SET body = '{'")
    database.close()
    with pytest.raises(DamagedState, match="the attempt at 'one' is no JSON"):
        store.find(PHASE, digest())


def test_a_response_survives_being_kept(store):
    said = Response(({"type": "text", "text": "é\u2028"},), None, interrupted=True)
    body = {"responses": [said.as_json()]}
    store.keep(PHASE, digest(), KeptAttempt(finished=False, body=body))
    [kept] = store.find(PHASE, digest()).body["responses"]
    assert Response.from_json(kept) == said
