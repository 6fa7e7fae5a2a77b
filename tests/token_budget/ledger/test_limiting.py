from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from token_budget.errors import BudgetExhausted, LedgerConflict
from token_budget.ledger import Amount, Limit, Usage

MODEL = "test-model"
NOW = datetime.fromtimestamp(1_800_000_000, UTC)
"""The moment at which the clock of these tests starts."""


def today(**limits):
    return Limit.daily(NOW.date(), **limits)


def test_limits_are_replaced_and_listed(ledger):
    ledger.set_limit(("run",), Limit(total_tokens=5, calls=2))
    ledger.set_limit(("run",), Limit(total_tokens=7))
    assert ledger.limits(("run",)) == (Limit(total_tokens=7),)
    assert ledger.limited_scopes() == (("run",),)
    ledger.set_limit(("run",), Limit())
    assert ledger.limits(("run",)) == ()
    assert ledger.limited_scopes() == ()


def test_a_limit_counts_what_happened_before_it_was_set(ledger):
    ledger.reserve(("run", "one"), Amount(10, 60), sending=1).settle(1, Usage(20, 5), model=MODEL)
    ledger.set_limit(("run",), Limit(total_tokens=30))
    with pytest.raises(BudgetExhausted) as error:
        ledger.reserve(("run", "two"), Amount(1, 6))
    assert (error.value.spent, error.value.left) == (25, 5)


def test_a_limit_below_what_is_spent_or_held_is_refused(ledger):
    ledger.set_limit(("run",), Limit(total_tokens=100))
    ledger.reserve(("run", "one"), Amount(10, 60))
    with pytest.raises(LedgerConflict, match="60 tokens are spent or held already"):
        ledger.set_limit(("run",), Limit(total_tokens=59))
    assert ledger.limits(("run",)) == (Limit(total_tokens=100),)
    ledger.set_limit(("run",), Limit(total_tokens=60))


def test_a_scope_that_was_stopped_goes_on_when_resumed_or_given_more(ledger):
    ledger.set_limit(("run",), Limit(total_tokens=100))
    for again in (
        lambda: ledger.resume(("run",)),
        lambda: ledger.set_limit(("run",), Limit(total_tokens=200)),
    ):
        ledger.stop(("run",), "enough")
        with pytest.raises(BudgetExhausted, match="stopped: enough"):
            ledger.reserve(("run", "one"), Amount(1, 1))
        again()
        ledger.reserve(("run", "one"), Amount(1, 1))


def test_a_scope_can_be_stopped_before_anything_happens_in_it(ledger):
    ledger.stop(("run",), "not yet")
    with pytest.raises(BudgetExhausted, match="not yet"):
        ledger.reserve(("run", "one"), Amount(1, 1))


def test_a_daily_limit_holds_for_its_day_and_is_named(ledger, clock):
    ledger.set_limit(("run",), today(total_tokens=50))
    ledger.reserve(("run", "one"), Amount(10, 50))
    with pytest.raises(BudgetExhausted, match="in the period from 2027-01-15 00:00") as error:
        ledger.reserve(("run", "two"), Amount(1, 1))
    assert error.value.scope == "run"
    clock.advance(86_400)
    ledger.reserve(("run", "two"), Amount(10, 50))


def test_a_period_begins_and_ends_at_its_moments(ledger, clock):
    period = {"starts": NOW + timedelta(hours=1), "ends": NOW + timedelta(hours=2)}
    ledger.set_limit(("run",), Limit(calls=0, **period))
    outcomes = []
    for _ in range(6):
        try:
            ledger.reserve(("run", "one"), Amount(1, 1))
            outcomes.append(True)
        except BudgetExhausted:
            outcomes.append(False)
        clock.advance(1800)
    assert outcomes == [True, True, False, False, True, True]


def test_a_limit_for_good_and_one_for_a_day_both_hold(ledger, clock):
    ledger.set_limit((), Limit(total_tokens=80))
    ledger.set_limit((), today(total_tokens=50))
    ledger.reserve(("a",), Amount(10, 50), ttl=2 * 86_400)
    clock.advance(86_400)
    with pytest.raises(BudgetExhausted) as error:
        ledger.reserve(("a",), Amount(10, 31))
    assert (error.value.scope, error.value.limit) == ("ledger", 80)


def test_a_round_counts_in_the_period_in_which_it_was_reserved(ledger, clock):
    ledger.set_limit((), today(total_tokens=50))
    reservation = ledger.reserve(("a",), Amount(10, 50), ttl=2 * 86_400, sending=1)
    clock.advance(86_400)
    reservation.settle(1, Usage(20, 10), model=MODEL)
    [state] = ledger.statement().limits
    assert (state.held, state.spent) == (Amount(), Amount(10, 30, 70, 1))


def test_a_limit_for_a_period_counts_what_happened_in_it_before_it_was_set(ledger, clock):
    clock.advance(-86_400)
    ledger.reserve(("run", "yesterday"), Amount(10, 90), ttl=10)
    clock.advance(86_400)
    for number, name in enumerate(("settled", "sent", "unknown", "held")):
        reservation = ledger.reserve(("run", name), Amount(10, 60))
        if name != "held":
            reservation.sending(number, Amount(5, 40))
        if name == "settled":
            reservation.settle(number, Usage(20, 5), model=MODEL)
        if name == "unknown":
            reservation.release()
    ledger.set_limit(("run",), today(total_tokens=1000))
    ledger.set_limit(("elsewhere",), today(total_tokens=1000))
    [state] = ledger.statement(("run",)).limits
    assert state.spent == Amount(5, 25, 45, 1)
    assert state.unknown == Amount(5, 40, 0, 1)
    assert state.held == Amount(5 + 10 + 10, 20 + 60 + 60, 0, 2)
    [state] = ledger.statement(("elsewhere",)).limits
    assert state.spent == state.held == Amount()
    ledger.settle(("run", "sent"), 1, Usage(10, 5), model=MODEL)
    ledger.settle(("run", "unknown"), 2, Usage(10, 5), model=MODEL)
    [state] = ledger.statement(("run",)).limits
    assert state.spent.total_tokens == 25 + 15 + 15
    assert state.unknown == Amount()


def test_a_limit_for_a_period_is_refused_as_a_whole_if_too_low(ledger):
    ledger.reserve(("run", "one"), Amount(10, 60))
    with pytest.raises(LedgerConflict):
        ledger.set_limit(("run",), today(total_tokens=59))
    assert ledger.limits(("run",)) == ()
