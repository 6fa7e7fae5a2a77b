from __future__ import annotations

import random

import pytest
import sqlalchemy as sa

from estimators.deliverable import Deliverable
from estimators.phase_description import PhaseDescription
from estimators.prior import Prior
from token_budget.errors import DamagedState
from token_budget.estimator_store import EstimatorStore
from token_budget.observed_answers import ObservedAnswer, with_answers
from token_budget.storage import Database
from token_budget.storage_place import state_url
from token_budget.telemetry.tables import observed_answer


def answer(number, at=None, tokens=4_000, output_format="ndjson"):
    files = (Deliverable(f"src/m{number}.py", "create", 0, counts=(("tests", 3),)),)
    phase = PhaseDescription(files, "Add it", "backend", "low", 2, output_format)
    moment = float(number if at is None else at)
    return ObservedAnswer(
        f"/run/{number}", moment, phase, tokens, truncated=False, source=f"phase {number}"
    )


@pytest.fixture
def store(tmp_path):
    database = Database(state_url(tmp_path))
    yield EstimatorStore(database)
    database.close()


def answers(store):
    heard = []
    store.relearn(lambda known, found: heard.extend(found) or known)
    return heard


def test_answers_are_found_again_the_oldest_first(store):
    given = [answer(number) for number in range(5)]
    for one in random.Random(1).sample(given, 5):
        assert store.observe(one, lambda known: known)
    assert answers(store) == given
    assert store.observed() == 5


def test_an_attempt_that_was_observed_before_changes_nothing(store):
    assert store.observe(answer(1), lambda known: known)

    def never(known):
        raise AssertionError

    assert not store.observe(answer(1, tokens=9), never)
    assert [one.tokens for one in answers(store)] == [4_000]


def test_an_answer_is_kept_only_if_it_is_learnt(store):
    def broken(known):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.observe(answer(1), broken)
    assert store.observed() == 0


def test_a_damaged_answer_is_named(store):
    store.observe(answer(1), lambda known: known)
    with store.database.writing() as connection:
        connection.execute(sa.update(observed_answer).values(body='{"tokens": 1}'))
    with pytest.raises(DamagedState, match="phase"):
        answers(store)


def test_learning_answers_one_by_one_is_learning_them_together():
    prior = Prior.shipped()
    given = [answer(n, output_format=("ndjson", "diff")[n % 2]) for n in range(6)]
    known = {}
    for one in given:
        known = with_answers(prior, known, [one])
    assert with_answers(prior, {}, given) == known
    assert {name: one.phases for name, one in known.items()} == {"ndjson": 3, "diff": 3}
