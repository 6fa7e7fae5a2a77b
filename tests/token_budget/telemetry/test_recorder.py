from __future__ import annotations

import pytest
import sqlalchemy as sa

from token_budget import BudgetPolicy, Phase
from token_budget.errors import LedgerValueError
from token_budget.estimator_store import EstimatorStore
from token_budget.ledger import Amount, Ledger, Usage
from token_budget.storage import Database
from token_budget.storage_place import state_url
from token_budget.telemetry import EndedAttempt, Estimated, RoundFacts, recorded, round_record
from token_budget.telemetry.tables import telemetry_phase, telemetry_round

PHASE = Phase(phase_id="one", run_id="run", deliverables=["src/new.py"], task_category="backend")
LONG = {"used": 90_000, "output": 40_000, "thinking": 9_000}


@pytest.fixture
def policy(tmp_path):
    return BudgetPolicy(tmp_path)


def ended(policy, *rounds, outcome="complete", **fields):
    return EndedAttempt(PHASE, policy.plan(PHASE), rounds, outcome, 1, **fields)


def rows(url, table):
    database = Database(url)
    with database.reading() as connection:
        found = connection.execute(sa.select(table)).all()
    database.close()
    return found


def medians(policy):
    estimate = policy.plan(PHASE).estimate
    return estimate.visible.median, estimate.thinking.median


def test_one_recorded_call_makes_the_next_plan_different(policy, tmp_path, make_round):
    visible, thinking = medians(policy)
    policy.record(ended(policy, make_round(**LONG)))
    after = medians(policy)
    assert after[0] > visible
    assert after[1] > thinking
    assert medians(BudgetPolicy(tmp_path)) == after
    assert "adapted to 1 phases" in policy.plan(PHASE).estimate.output.calibration


def test_what_was_recorded_can_be_read(policy, tmp_path, make_round):
    record = policy.record(ended(policy, make_round(**LONG)))
    [phase], [one] = (rows(state_url(tmp_path), t) for t in (telemetry_phase, telemetry_round))
    assert (phase.scope, phase.outcome, phase.category) == ("/run/phase/1", "complete", "backend")
    assert (phase.output, phase.thinking, phase.visible) == (40_000, 9_000, 31_000)
    assert phase.estimated_median == record.estimate.median
    assert one.output == 40_000


def test_the_context_of_an_attempt_is_recorded(policy, tmp_path, make_round, context_facts):
    record = policy.record(ended(policy, make_round(**LONG), context=context_facts))
    [phase] = rows(state_url(tmp_path), telemetry_phase)
    assert record.context == context_facts
    assert (phase.context_tokens, phase.context_mode) == (24_000, "partly embedded")


def test_an_attempt_is_learnt_once(policy, make_round):
    attempt = ended(policy, make_round(**LONG))
    policy.record(attempt)
    once = policy.learnt
    policy.record(attempt)
    assert policy.learnt == once


def test_a_second_attempt_is_learnt_too(policy, make_round):
    for number in "12":
        policy.record(ended(policy, make_round(**LONG, scope=("run", "one", number))))
    assert policy.learnt.adaptations["ndjson"].phases == 2


def test_a_cut_off_answer_is_learnt_as_a_lower_bound(policy, make_round):
    cut = make_round(**LONG, stop_reason="max_tokens")
    policy.record(ended(policy, cut, outcome="incomplete"))
    known = policy.learnt.adaptations["ndjson"]
    assert (known.phases, known.truncated) == (1, 1)


def test_a_failed_phase_is_recorded_and_teaches_no_size(policy, tmp_path, make_round):
    refused = make_round(**LONG, stop_reason="refusal", unused=31_000)
    before = medians(policy)
    record = policy.record(ended(policy, refused, outcome="failed"))
    assert medians(policy) == before
    assert record.wasted == 40_000
    assert len(rows(state_url(tmp_path), telemetry_phase)) == 1


def test_a_phase_of_which_nothing_was_sent_is_recorded(policy):
    record = policy.record(ended(policy, outcome="failed"))
    assert (record.scope, record.rounds, record.truncated) == (("run", "one"), 0, None)


def test_rounds_of_another_attempt_are_refused(policy, make_round):
    rounds = make_round(), make_round(scope=("run", "other"), round=2)
    with pytest.raises(LedgerValueError, match="run/phase/1"):
        policy.record(ended(policy, *rounds))


def test_with_a_ledger_the_record_stands_beside_the_debit(tmp_path, url):
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    with Ledger(url) as ledger:
        policy = BudgetPolicy(workspace, ledger=ledger)
        plan = policy.plan(PHASE)
        facts = RoundFacts(
            category="backend",
            estimate=Estimated.of(plan),
            ceiling=8_000,
            bound="contract",
            unused=0,
            stop_reason="end_turn",
            continues=False,
            operations_kept=1,
            operations_rejected=0,
            outcome="complete",
        )
        scope = ("run", "one", "1")
        with ledger.reserve(scope, Amount(50_000, 90_000)) as held:
            usage = Usage(2_000, 40_000, thinking=9_000)
            settled = held.settle(1, usage, model=plan.model, alongside=recorded(facts))
        one = round_record(settled, facts)
        policy.record(EndedAttempt(PHASE, plan, (one,), "complete", 1))
        policy.record(EndedAttempt(PHASE, plan, (one,), "complete", 1))
        spent = ledger.statement(scope).spent.output_tokens
    assert spent == 40_000
    assert [row.output for row in rows(url, telemetry_round)] == [40_000]
    assert [row.output for row in rows(url, telemetry_phase)] == [40_000]
    assert rows(state_url(workspace), telemetry_phase) == []
    assert policy.learnt.adaptations["ndjson"].phases == 1


def test_a_reset_forgets_recorded_answers_too(policy, tmp_path, make_round):
    policy.record(ended(policy, make_round(**LONG)))
    database = Database(state_url(tmp_path))
    store = EstimatorStore(database)
    assert store.observed() == 1
    store.reset()
    assert store.observed() == 0
    store.relearn(lambda known, answers: {**known, **dict.fromkeys(answers)})
    assert store.load() == {}
    database.close()
