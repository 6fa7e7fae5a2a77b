from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from token_budget import BudgetPolicy, Phase
from token_budget.errors import BudgetExhausted
from token_budget.ledger import Amount, Limit, Usage
from token_budget.remaining import UNLIMITED, Balance

MODEL = "test-model"
RUN = ("run",)


def spend(ledger, scope, prompt, answer, number=1):
    reservation = ledger.reserve(scope, Amount(answer, prompt + answer, prompt + 5 * answer))
    return reservation.settle(number, Usage(prompt, answer), model=MODEL)


def test_a_scope_without_limits_is_unlimited(ledger):
    spend(ledger, ("run", "one"), 10, 10)
    assert ledger.remaining(RUN) == ledger.remaining(("never", "seen")) == UNLIMITED


def test_a_balance_says_what_is_left_of_every_limit(ledger):
    ledger.set_limit(RUN, Limit(100, 1000, 5000))
    spend(ledger, ("run", "one"), 200, 20)
    ledger.reserve(("run", "two"), Amount(30, 50, 700))
    expected = Balance(limit=1000, spent=220, held=50, output_left=50, micro_usd_left=4000)
    assert ledger.remaining(RUN) == expected
    assert ledger.remaining(("run", "two")) == UNLIMITED


def test_an_unknown_round_is_held_and_an_overrun_is_spent(ledger):
    ledger.set_limit(RUN, Limit(total_tokens=1000))
    ledger.reserve(("run", "one"), Amount(0, 100), sending=1).release()
    ledger.reserve(("run", "two"), Amount(0, 100)).settle(1, Usage(100, 30), model=MODEL)
    balance = ledger.remaining(RUN)
    assert (balance.limit, balance.spent, balance.held) == (1000, 130, 100)


@pytest.mark.parametrize("how", ["stopped", "calls"])
def test_where_nothing_may_be_sent_no_output_is_left(ledger, how):
    ledger.set_limit(RUN, Limit(total_tokens=1000, calls=1))
    if how == "stopped":
        ledger.stop(RUN, "enough")
    else:
        spend(ledger, ("run", "one"), 1, 1)
    assert ledger.remaining(RUN).output_left == 0


def test_the_tightest_of_several_periods_is_the_balance(ledger):
    ledger.set_limit(RUN, Limit(total_tokens=1000, output_tokens=5))
    day = datetime.fromtimestamp(1_800_000_000, UTC).date()
    ledger.set_limit(RUN, Limit.daily(day, total_tokens=10))
    assert ledger.remaining(RUN) == Balance(limit=10, output_left=5)


def test_a_follow_up_call_needs_its_prompt_and_the_smallest_answer(ledger):
    ledger.set_limit(RUN, Limit(total_tokens=1500))
    ledger.guard(("run", "one"), 1000)
    with pytest.raises(BudgetExhausted) as error:
        ledger.guard(("run", "one"), 1001)
    assert (error.value.scope, error.value.left, error.value.asked) == ("run", 1500, 1501)


@pytest.mark.parametrize(
    ("limit", "unit"),
    [(Limit(output_tokens=499), "output tokens"), (Limit(calls=0), "calls"),
     (Limit(micro_usd=0), "millionths of a US dollar")],
)  # fmt: skip
def test_the_guard_names_the_limit_that_fired(ledger, limit, unit):
    ledger.set_limit(("run", "phase"), limit)
    ledger.guard(("run",))
    with pytest.raises(BudgetExhausted) as error:
        ledger.guard(("run", "phase", "one"))
    assert (error.value.scope, error.value.unit) == ("run/phase", unit)


def test_the_floor_is_configured(open_ledger):
    ledger = open_ledger(floor=10)
    ledger.set_limit((), Limit(total_tokens=15))
    ledger.guard((), 5)
    with pytest.raises(BudgetExhausted):
        ledger.guard((), 6)


def test_a_guard_refuses_a_stopped_scope(ledger):
    ledger.stop((), "enough")
    with pytest.raises(BudgetExhausted, match="enough"):
        ledger.guard(("run",))


def test_history_is_of_a_scope_and_under_it_the_last_first(ledger, clock):
    for number, scope in enumerate([("a", "x"), ("ab", "x"), ("a", "y"), ("a/b", "z")]):
        spend(ledger, scope, 1, 1, number)
        clock.advance(1)
    assert [one.scope for one in ledger.history(("a",))] == [("a", "y"), ("a", "x")]
    assert [one.round for one in ledger.history(limit=3)] == [3, 2, 1]


def test_a_statement_of_what_never_happened_is_empty(ledger):
    statement = ledger.statement(("never",))
    assert (statement.spent, statement.by_kind, statement.limits) == (Amount(), {}, ())


def test_an_export_has_every_row_as_plain_objects(ledger):
    ledger.set_limit(RUN, Limit(total_tokens=1000))
    spend(ledger, ("run", "one"), 10, 20)
    rows = json.loads(json.dumps(ledger.export()))
    tables = [row["table"] for row in rows]
    assert {name: tables.count(name) for name in set(tables)} == {
        "account": 3,
        "reservation": 1,
        "round": 1,
    }
    [entered] = [row for row in rows if row["table"] == "round"]
    assert (entered["scope"], entered["output"]) == (["run", "one"], 20)


@pytest.fixture
def planned(ledger, tmp_path):
    policy = BudgetPolicy(tmp_path, ledger=ledger)
    return lambda: policy.plan(Phase(phase_id="one", run_id="run", deliverables=["new.py"]))


@pytest.mark.parametrize(
    ("scope", "bound"), [((), "ledger"), (("run",), "run"), (("run", "one"), "phase")]
)
def test_a_plan_stays_within_what_the_ledger_leaves(ledger, planned, scope, bound):
    free = planned()
    ledger.set_limit(scope, Limit(output_tokens=700))
    plan = planned()
    assert (plan.ceiling.bound, plan.ceiling.tokens) == (bound, 700)
    assert free.ceiling.tokens > 700
    ledger.reserve(("run", "one", "attempt"), Amount(300, 300))
    assert planned().exhausted.scope == bound


def test_what_a_plan_reserves_fits_in_the_ledger(ledger, planned):
    ledger.set_limit(("run",), Limit(total_tokens=40_000))
    plan = planned()
    scope = (plan.run_id, plan.phase_id, "1")
    reservation = ledger.reserve(scope, Amount(total_tokens=plan.reservation))
    reservation.sending(1, Amount(total_tokens=plan.prompt_tokens + plan.ceiling.tokens))
    assert planned().ceiling.tokens < plan.ceiling.tokens
